"""The browsable API docs, and the built documentation pages under `/docs/`."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.static import serve
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.headers import DOCS

NOT_BUILT = "The documentation is not built. Run `make docs`, then load this page again.\n"


class ApiDocs(SpectacularSwaggerSplitView):
    """GET /api/docs: the split view loads its script as a file, as the policy requires."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = DOCS
        return response


class Documentation(APIView):
    """GET /docs/…: a page, or a file that a page loads. Needs no key."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, page: str = "") -> HttpResponseBase:
        if not (settings.DOCS_DIR / "index.html").is_file():
            return HttpResponse(NOT_BUILT, status=404, content_type="text/plain; charset=utf-8")
        path = f"{page}index.html" if page.endswith("/") or not page else page
        response = serve(request, path, document_root=str(settings.DOCS_DIR))
        response.headers["Content-Security-Policy"] = DOCS
        return response
