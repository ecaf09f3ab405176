"""The audit's admin pages, which are read-only for all users."""

import re

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voiceprints.admin.library_admin import LibraryAdmin
from voiceprints.models import AuditEntry

IDENTIFIER = re.compile(r"\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


@admin.register(AuditEntry)
class AuditAdmin(LibraryAdmin):
    """The list of audited actions: time, actor, action, person and transcript."""

    list_display = ["at", "actor", "action_name", "person", "transcript", "details"]
    list_display_links = None
    list_filter = ["action"]
    date_hierarchy = "at"
    search_fields = ["actor", "person_id", "transcript_id"]
    search_help_text = "Search by actor, or by the identifier of a person or transcript."
    ordering = ["-id"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the filters in links from the pages of people and transcripts."""
        return lookup in {"person_id", "transcript_id"} or super().lookup_allowed(
            lookup, value, request
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    @admin.display(description="action", ordering="action")
    def action_name(self, entry: AuditEntry) -> str:
        return entry.get_action_display()

    @admin.display(description="person")
    def person(self, entry: AuditEntry) -> SafeString | str:
        return _link("person", entry.person_id)

    @admin.display(description="transcript")
    def transcript(self, entry: AuditEntry) -> SafeString | str:
        return _link("transcript", entry.transcript_id)

    @admin.display(description="detail")
    def details(self, entry: AuditEntry) -> str:
        pairs = ((name.replace("_", " "), value) for name, value in entry.detail.items())
        return ", ".join(f"{name}: {_shorten(value)}" for name, value in pairs)


def _shorten(value: object) -> str:
    """Return the value with identifiers cut to their first eight digits."""
    return IDENTIFIER.sub(r"\1…", str(value))


def _link(model: str, key: object) -> SafeString | str:
    """Return a link with an identifier, not a name: erased people have none."""
    if key is None:
        return ""
    url = reverse(f"admin:voiceprints_{model}_change", args=[key])
    return format_html('<a href="{}" title="{}">{}…</a>', url, key, str(key)[:8])
