"""The admin pages of people: their consent, and when they last spoke in a transcript."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voiceprints.admin.colours import read_palette
from voiceprints.admin.library_admin import LibraryAdmin, actor_of, has_permissions
from voiceprints.admin.person.person_actions import enrol_view, erase_view, merge_view
from voiceprints.admin.person.person_page import PersonForm, build_person_page
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.models import Person, Transcript, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.people.consent import ENDS_SOON
from voiceprints.people.enrolment_errors import NameErased
from voiceprints.people.people_search import ALIASES_TEXT
from voiceprints.people.person_names import refuse_erased
from voiceprints.people.registration import rename_speakers
from voiceprints.storage.locks import PersonNotFound, lock_person

CONSENT_FIELDS = {"consent_given_at", "consent_how", "consent_until"}


class ConsentFilter(admin.SimpleListFilter):
    """A filter by the current state of consent."""

    title = "consent"
    parameter_name = "consent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("given", "given"),
            ("ending", f"ends within {ENDS_SOON.days} days"),
            ("ended", "ended"),
            ("none", "never given"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        now = timezone.now()
        match self.value():
            case "given":
                return queryset.filter(pk__in=Person.objects.consenting(now))
            case "ending":
                return queryset.filter(pk__in=Person.objects.consent_ending(now, ENDS_SOON))
            case "ended":
                return queryset.filter(pk__in=Person.objects.consent_ended(now))
            case "none":
                return queryset.filter(consent_given_at=None)
        return queryset


@admin.register(Person)
class PersonAdmin(LibraryAdmin):
    """The list of people, and the page of each."""

    form = PersonForm
    list_display = ["person_name", "consent", "voiceprint_count", "last_heard", "other_names"]
    list_filter = [ConsentFilter]
    search_fields = ["name", "alias_text"]
    search_help_text = "Search by name or alias."
    ordering = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "aliases", "notes", "seen_version"]}),
        ("Consent", {"fields": ["consent_given_at", "consent_how", "consent_until"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        voiceprints = Voiceprint.objects.order_by().filter(person=OuterRef("pk")).values("person")
        spoken = Transcript.objects.order_by().filter(speakers__person=OuterRef("pk"))
        newest = spoken.values("speakers__person").annotate(at=Max("created_at")).values("at")
        people: QuerySet[Person] = super().get_queryset(request)
        return people.annotate(
            alias_text=ALIASES_TEXT,
            counted_voiceprints=Coalesce(
                Subquery(voiceprints.annotate(n=Count("pk")).values("n")), 0
            ),
            last_heard_at=Subquery(newest),
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Person | None:
        """Lock the person while it is saved, so that no other change is lost."""
        if request.method == "POST" and _is_id(object_id):
            Person.objects.select_for_update().filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        palette, changes.result_list = read_palette(), list(changes.result_list)
        for person in changes.result_list:
            person.tint = palette.tint_of(person.pk)
        return changes

    @admin.display(description="name", ordering="name")
    def person_name(self, person: Person) -> SafeString:
        """Return the name with the person's colour."""
        return format_html(
            '<span class="dot {}"></span>{}', getattr(person, "tint", ""), person.name
        )

    @admin.display(description="voiceprints", ordering="counted_voiceprints")
    def voiceprint_count(self, person: Person) -> int:
        return person.counted_voiceprints  # type: ignore[attr-defined, no-any-return]  # annotated

    @admin.display(description="last transcript", ordering="last_heard_at")
    def last_heard(self, person: Person) -> datetime | None:
        return person.last_heard_at  # type: ignore[attr-defined, no-any-return]  # annotated

    @admin.display(description="other names")
    def other_names(self, person: Person) -> str:
        return ", ".join(person.aliases)

    @admin.display(description="consent", ordering="consent_until")
    def consent(self, person: Person) -> SafeString:
        state, description = describe_consent(person, timezone.now())
        return format_html('<span class="badge {}">{}</span>', state, description)

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
        may_see_transcripts = has_permissions(request, "view_transcript")
        context = {
            "page": build_person_page(object_id, may_see_transcripts=may_see_transcripts),
            "tint": read_palette().tint_of(UUID(object_id)) if _is_id(object_id) else "",
            "show_delete": False,
            "may_merge": has_permissions(request, "change_person", "delete_person"),
            "may_enrol": has_permissions(request, "add_voiceprint"),
            "may_delete_voiceprint": has_permissions(request, "delete_voiceprint"),
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Return to the list if the person was erased after the form was sent."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (PersonNotFound, NameErased) as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:voiceprints_person_changelist"))

    def save_model(
        self, request: HttpRequest, obj: Person, form: "ModelForm[Person]", change: bool
    ) -> None:
        refuse_erased(obj.name, *obj.aliases)
        if change:
            # Otherwise saving a person who was erased meanwhile would insert the row again.
            lock_person(obj.pk)
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
        """Erase the person, which also removes the name from transcripts."""
        return erase_view(self, request, object_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person in queryset.values_list("pk", flat=True):
            try:
                erase_person(person, actor=actor_of(request))
            except PersonNotFound:
                continue  # another request erased the person first

    def get_deleted_objects(
        self, objs: Iterable[Person], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what the confirmation page of the bulk action lists."""
        people = list(objs)
        lacking = set() if self.has_delete_permission(request) else {"person"}
        consequences = [
            f"{person.name}: voiceprints, samples and embeddings are deleted, and the name is "
            "replaced in transcripts"
            for person in people
        ]
        return consequences, {"people": len(people)}, lacking, []

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Rename the bulk action, which erases."""
        actions: dict[str, Any] = super().get_actions(request)
        if "delete_selected" in actions:
            function, name, _ = actions["delete_selected"]
            actions["delete_selected"] = (function, name, "Erase the selected people")
        return actions


def describe_consent(person: Person, now: datetime) -> tuple[str, str]:
    """Return the CSS class of a consent state, and its description."""
    if person.consent_given_at is None:
        return "none", "none"
    if person.has_consent_ended(now):
        return "expired", f"ended {person.consent_until:%-d %b %Y}"
    if person.consent_given_at > now:
        return "none", f"from {person.consent_given_at:%-d %b %Y}"
    if person.consent_until is not None:
        is_soon = person.consent_until <= now + ENDS_SOON
        return "until" if is_soon else "given", f"until {person.consent_until:%-d %b %Y}"
    return "given", "given"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
