"""People: who is known, with whose consent, and when they were last heard."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voiceprints.admin.colours import tint_of
from voiceprints.admin.library_admin import LibraryAdmin, actor_of, may
from voiceprints.admin.person_actions import enrol_view, forget_view, merge_view
from voiceprints.admin.person_page import PersonForm, page_of
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.models import Person, Transcript, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.people.people_search import ALIASES_TEXT
from voiceprints.people.registration import rename_speakers
from voiceprints.storage.locks import PersonNotFound

CONSENT_FIELDS = {"consent_given_at", "consent_how", "consent_until"}


class ConsentFilter(admin.SimpleListFilter):
    """By whether the voice may be used now."""

    title = "consent"
    parameter_name = "consent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("given", "given"), ("ended", "ended"), ("none", "never given")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        now = timezone.now()
        match self.value():
            case "given":
                return queryset.filter(pk__in=Person.objects.consenting(now))
            case "ended":
                return queryset.filter(pk__in=Person.objects.consent_ended(now))
            case "none":
                return queryset.filter(consent_given_at=None)
        return queryset


@admin.register(Person)
class PersonAdmin(LibraryAdmin):
    """People and what may be done with their voices."""

    form = PersonForm
    list_display = ["who", "consent", "prints", "last_heard", "also_called"]
    list_filter = [ConsentFilter]
    search_fields = ["name", "called_also"]
    search_help_text = "Search by name or alias."
    ordering = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "aliases", "notes", "seen_version"]}),
        ("Consent", {"fields": ["consent_given_at", "consent_how", "consent_until"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        prints = Voiceprint.objects.order_by().filter(person=OuterRef("pk")).values("person")
        heard = Transcript.objects.order_by().filter(speakers__person=OuterRef("pk"))
        newest = heard.values("speakers__person").annotate(at=Max("created_at")).values("at")
        people: QuerySet[Person] = super().get_queryset(request)
        return people.annotate(
            called_also=ALIASES_TEXT,
            print_count=Coalesce(Subquery(prints.annotate(n=Count("pk")).values("n")), 0),
            heard_at=Subquery(newest),
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Person | None:
        """Hold the person while somebody saves it, so that no other change is lost."""
        if request.method == "POST" and _is_id(object_id):
            Person.objects.select_for_update().filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    @admin.display(description="name", ordering="name")
    def who(self, person: Person) -> SafeString:
        """With the colour that the person has everywhere."""
        return format_html('<span class="dot {}"></span>{}', tint_of(person.pk), person.name)

    @admin.display(description="voiceprints", ordering="print_count")
    def prints(self, person: Person) -> int:
        return person.print_count  # type: ignore[attr-defined, no-any-return]  # annotated

    @admin.display(description="last heard", ordering="heard_at")
    def last_heard(self, person: Person) -> datetime | None:
        return person.heard_at  # type: ignore[attr-defined, no-any-return]  # annotated

    @admin.display(description="also called")
    def also_called(self, person: Person) -> str:
        return ", ".join(person.aliases)

    @admin.display(description="consent", ordering="consent_until")
    def consent(self, person: Person) -> SafeString:
        state, words = consent_of(person, timezone.now())
        return format_html('<span class="badge {}">{}</span>', state, words)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        merge, enrol = view(merge_view(self)), view(enrol_view(self))
        return [
            path("<uuid:person_id>/merge/", merge, name="voiceprints_person_merge"),
            path("<uuid:person_id>/enrol/", enrol, name="voiceprints_person_enrol"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        shown = page_of(object_id, may_see_transcripts=may(request, "view_transcript"))
        context = {
            "page": shown,
            "tint": tint_of(object_id),
            "show_delete": False,
            "may_merge": may(request, "change_person", "delete_person"),
            "may_enrol": may(request, "add_voiceprint"),
            "may_delete_print": may(request, "delete_voiceprint"),
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def save_model(
        self, request: HttpRequest, obj: Person, form: "ModelForm[Person]", change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        changed = set(form.changed_data)
        if change and "name" in changed:
            rename_speakers(obj)
        if not change:
            audit.record(actor_of(request), Action.PERSON_CREATED, person=obj.pk)
        elif changed - CONSENT_FIELDS:
            audit.record(actor_of(request), Action.PERSON_CHANGED, person=obj.pk)
        if any(name.startswith("consent_") for name in changed):
            audit.record(
                actor_of(request), Action.CONSENT_CHANGED, person=obj.pk, holds=obj.has_consent()
            )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Forgetting, which is more than deleting."""
        return forget_view(self, request, object_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person in queryset.values_list("pk", flat=True):
            try:
                erase_person(person, actor=actor_of(request))
            except PersonNotFound:
                continue  # somebody else was as quick

    def get_deleted_objects(
        self, objs: Iterable[Person], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What the bulk action says before it is confirmed."""
        people = list(objs)
        lacking = set() if self.has_delete_permission(request) else {"person"}
        told = [
            f"{person.name}: voiceprints, samples and fingerprints are deleted; "
            "in transcripts another name is shown"
            for person in people
        ]
        return told, {"people": len(people)}, lacking, []

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The bulk action, under its right name."""
        actions: dict[str, Any] = super().get_actions(request)
        if "delete_selected" in actions:
            function, name, _ = actions["delete_selected"]
            actions["delete_selected"] = (function, name, "Forget the selected people")
        return actions


def consent_of(person: Person, now: datetime) -> tuple[str, str]:
    """A word for the style sheet, and words for people."""
    if person.consent_given_at is None:
        return "none", "none"
    if person.has_consent_ended(now):
        return "expired", f"ended {person.consent_until:%-d %b %Y}"
    if person.consent_given_at > now:
        return "none", f"from {person.consent_given_at:%-d %b %Y}"
    if person.consent_until is not None:
        return "until", f"until {person.consent_until:%-d %b %Y}"
    return "given", "given"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
