"""The library's admin site: its name, the order of its models, and its content policy."""

from contextlib import nullcontext
from itertools import chain
from typing import Any
from urllib.parse import unquote

from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control

from voiceprints.admin.waiting import list_waiting
from voiceprints.models import AuditEntry
from voiceprints.people.erasure_marks import work_marked

# Only scripts from our own files: names and transcripts can never run as code.
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
MODEL_ORDER = ["Person", "Transcript", "Voiceprint", "Job", "Space", "Vocabulary", "AuditEntry"]
MAX_LATEST = 8
WORDS_AGE_S = 3600


class LibrarySite(AdminSite):
    """The admin with the voice library first, then accounts."""

    site_header = "Spark Control"
    site_title = "Spark Control"
    index_title = "Voice library"
    site_url = None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Add the content policy, and refuse null characters, which Postgres cannot compare."""
        checked = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            values = chain.from_iterable(values for _, values in request.GET.lists())
            if any("\x00" in unquote(value) for value in values):
                raise BadRequest("A parameter contains a null character.")
            # A form may name a person who is erased while it is processed.
            with work_marked() if request.method == "POST" else nullcontext():
                return with_policy(checked(request, *args, **kwargs))

        return guarded

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return with_policy(super().login(request, extra_context))

    def i18n_javascript(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Let browsers keep the words of Django's scripts: pages wait for them."""
        response: HttpResponse = super().i18n_javascript(request, extra_context)
        patch_cache_control(response, private=True, max_age=WORDS_AGE_S)
        return response

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Add what waits, and the latest audit entries, for users who may see them."""
        may_see = request.user.has_perm("voiceprints.view_auditentry")
        latest = AuditEntry.objects.all()[:MAX_LATEST] if may_see else None
        context = {"latest": latest, "waiting": list_waiting(request)}
        return super().index(request, context | (extra_context or {}))

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        all_apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        # The pages of jobs already show the state of the queue's tasks.
        apps = [app for app in all_apps if app["app_label"] != "procrastinate"]
        apps.sort(key=lambda app: app["app_label"] != "voiceprints")
        for app in apps:
            app["models"].sort(key=_position)
        return apps


def _position(model: dict[str, Any]) -> int:
    name = model["object_name"]
    return MODEL_ORDER.index(name) if name in MODEL_ORDER else len(MODEL_ORDER)


def with_policy(response: HttpResponse) -> HttpResponse:
    """Return the response with the admin's content policy."""
    response.headers["Content-Security-Policy"] = POLICY
    return response
