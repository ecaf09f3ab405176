"""The base class of the library's admin pages, and functions that several pages share."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminSplitDateTime
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
    """Return the user, as the audit names them."""
    return f"admin:{request.user.get_username()}"


def has_permissions(request: HttpRequest, *permissions: str) -> bool:
    """Return whether the user has all of these permissions for the library."""
    return request.user.has_perms([f"voiceprints.{permission}" for permission in permissions])


def submitted_data(
    request: HttpRequest,
) -> tuple[QueryDict | None, MultiValueDict[str, Any] | None]:
    """Return the fields and files of a submitted form; None and None for a GET."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def explain_refusal(request: HttpRequest, refusal: EnrolmentRefused, person: Person) -> SafeString:
    """Return why a voice was not enrolled, and whose voice it is if the user may see people."""
    message = format_html("The voice was not enrolled. {}", str(refusal))
    if not isinstance(refusal, VoiceTaken) or not has_permissions(request, "view_person"):
        return message
    return format_html(
        '{} It is most similar to <a href="{}">{}</a>. <a href="{}">Merge the two people</a>',
        message,
        reverse("admin:voiceprints_person_change", args=[refusal.person_id]),
        refusal.name,
        reverse("admin:voiceprints_person_merge", args=[person.pk]),
    )


class LibraryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic when it runs
    """Admin pages whose changes the audit records.

    Django's own log is not written: it would store names of people, which outlive their erasure.
    """

    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Label both fields of a date and time, of which Django labels neither."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, AdminSplitDateTime):
            for widget, part in zip(field.widget.widgets, ("date", "time"), strict=True):
                widget.attrs["aria-label"] = f"{field.label}: {part}"
        return field

    def page(
        self, request: HttpRequest, template: str, *, title: str, **context: object
    ) -> TemplateResponse:
        """Return a page of the library in the admin's layout."""
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
        """Redirect to the audit, filtered by object where its entries name one."""
        audit = reverse("admin:voiceprints_auditentry_changelist")
        reference = f"{self.opts.model_name}_id"
        has_entries = reference in {field.name for field in AuditEntry._meta.get_fields()}
        return HttpResponseRedirect(f"{audit}?{reference}={object_id}" if has_entries else audit)
