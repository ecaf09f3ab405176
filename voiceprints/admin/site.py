"""The admin's frame: its name, what stands first, and what its pages may load."""

from itertools import chain
from typing import Any
from urllib.parse import unquote

from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from voiceprints.models import AuditEntry

# No script but our own files: whatever a name or a transcript holds, it stays text.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
FIRST = ["Person", "Transcript", "Voiceprint", "Job", "Space", "AuditEntry"]
LATEST = 8


class LibrarySite(AdminSite):
    """The voice library first, then accounts."""

    site_header = "Spark Control"
    site_title = "Spark Control"
    index_title = "Voice library"
    site_url = None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Also say what the page may load, and refuse what the database could not look for."""
        checked = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            values = chain.from_iterable(values for _, values in request.GET.lists())
            if any("\x00" in unquote(value) for value in values):
                raise BadRequest("A parameter has a null character.")
            return with_policy(checked(request, *args, **kwargs))

        return guarded

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return with_policy(super().login(request, extra_context))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """With what was done last, for those who may see the audit."""
        may_see = request.user.has_perm("voiceprints.view_auditentry")
        latest = AuditEntry.objects.all()[:LATEST] if may_see else None
        return super().index(request, {"latest": latest, **(extra_context or {})})

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        every: list[dict[str, Any]] = super().get_app_list(request, app_label)
        # What workers take up is told with the jobs, in words.
        apps = [app for app in every if app["app_label"] != "procrastinate"]
        apps.sort(key=lambda app: app["app_label"] != "voiceprints")
        for app in apps:
            app["models"].sort(key=_place)
        return apps


def _place(model: dict[str, Any]) -> int:
    name = model["object_name"]
    return FIRST.index(name) if name in FIRST else len(FIRST)


def with_policy(response: HttpResponse) -> HttpResponse:
    """The answer, which may load what the admin's pages may."""
    response.headers["Content-Security-Policy"] = POLICY
    return response
