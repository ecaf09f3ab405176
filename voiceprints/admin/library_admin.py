"""What all pages of the library have in common."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voiceprints.models import AuditEntry, Person
from voiceprints.people.enrolment_errors import EnrolmentRefused, VoiceTaken


def actor_of(request: HttpRequest) -> str:
    """Who does this, as the audit calls them."""
    return f"admin:{request.user.get_username()}"


def may(request: HttpRequest, *permissions: str) -> bool:
    """Whether somebody has all of these permissions for the library."""
    return request.user.has_perms([f"voiceprints.{permission}" for permission in permissions])


def sent(request: HttpRequest) -> tuple[QueryDict | None, MultiValueDict[str, Any] | None]:
    """Fields and files of a form; None twice where none was sent."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def reason_of(request: HttpRequest, refusal: EnrolmentRefused, person: Person) -> SafeString:
    """Why a voice was not learned; who has it already, for those who may see people."""
    told = format_html("The voice was not learned. {}", str(refusal))
    if not isinstance(refusal, VoiceTaken) or not may(request, "view_person"):
        return told
    return format_html(
        '{} It is most like <a href="{}">{}</a>. <a href="{}">Merge the two</a>',
        told,
        reverse("admin:voiceprints_person_change", args=[refusal.person_id]),
        refusal.name,
        reverse("admin:voiceprints_person_merge", args=[person.pk]),
    )


class LibraryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic when it runs
    """Pages whose changes the audit notes.

    Django's own log would keep names of people beside it, and whoever is forgotten is to be
    forgotten there too.
    """

    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def page(
        self, request: HttpRequest, template: str, *, title: str, **context: object
    ) -> TemplateResponse:
        """A page of our own, in the frame of all others."""
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/voiceprints/{template}", frame | context)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry | None:  # type: ignore[override]
        return None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry | None:  # type: ignore[override]
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        return []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the audit says; of people and transcripts it notes the identifier."""
        audit = reverse("admin:voiceprints_auditentry_changelist")
        about = f"{self.opts.model_name}_id"
        noted = about in {field.name for field in AuditEntry._meta.get_fields()}
        return HttpResponseRedirect(f"{audit}?{about}={object_id}" if noted else audit)
