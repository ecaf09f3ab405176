"""The browsable API docs, and the built documentation pages under `/docs/`."""

from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.static import serve
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.headers import DOCS

_generating = Lock()
NOT_BUILT = "The documentation is not built. Run `make docs`, then load this page again.\n"


class ApiSchema(SpectacularAPIView):
    """GET /api/schema: YAML, or JSON with `?format=json`."""

    # The only view that negotiates its format.
    content_negotiation_class = DefaultContentNegotiation

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        # The generator must not run in two threads at the same time.
        with _generating:
            content = _rendered_schema(renderer.format)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        name = f"{spectacular_settings.TITLE}.{renderer.format}"
        return HttpResponse(
            content,
            content_type=f"{request.accepted_media_type}{charset}",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )


class ApiDocs(SpectacularSwaggerSplitView):
    """GET /api/docs: the split view loads its script as a file, as the policy requires."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = DOCS
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer without a body: the renderer of this view renders only the page."""
        return HttpResponse()


class Documentation(APIView):
    """GET /docs/…: a page, or a file that a page loads. Needs no key."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, page: str = "") -> HttpResponseBase:
        if not (settings.DOCS_DIR / "index.html").is_file():
            return HttpResponse(NOT_BUILT, status=404, content_type="text/plain; charset=utf-8")
        path = f"{page}index.html" if page.endswith("/") or not page else page
        try:
            response = serve(request, path, document_root=str(settings.DOCS_DIR))
        except OSError as error:
            # The name is too long for a file, or the file cannot be read.
            raise Http404 from error
        response.headers["Content-Security-Policy"] = DOCS
        return response


@cache
def _rendered_schema(form: str) -> bytes:
    renderer = OpenApiJsonRenderer() if form == "json" else OpenApiYamlRenderer()
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    content: str | bytes = renderer.render(schema, renderer.media_type, {})
    return content.encode() if isinstance(content, str) else content
