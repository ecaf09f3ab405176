"""The pages that enrol a person's voice, merge two people, and erase a person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from audio.api.serializers.recordings import AudioField
from audio.engines.failures import EngineError
from audio.engines.roles import is_configured
from audio.media.decoding import DecodingUnavailable, UnusableAudio
from voiceprints.admin.library_admin import (
    LibraryAdmin,
    actor_of,
    explain_refusal,
    has_permissions,
    submitted_data,
)
from voiceprints.enrolment.voice_enrolment import enrol_recordings
from voiceprints.enrolment.voice_extraction import NEEDED_S
from voiceprints.erasure.person_erasure import erase_person, pseudonym
from voiceprints.erasure.person_merge import merge_people
from voiceprints.matching.voice_matching import nearest_people
from voiceprints.models import Person
from voiceprints.people.consent import LONGEST_NAME
from voiceprints.people.enrolment_errors import EnrolmentRefused
from voiceprints.people.people_search import search_people
from voiceprints.storage.locks import PersonNotFound

MAX_PEOPLE = 20
MAX_SIMILAR = 5


class MultipleFileInput(forms.ClearableFileInput):
    """A file input that accepts several files."""

    allow_multiple_selected = True


class RecordingsField(forms.FileField):
    """One or more recordings."""

    widget = MultipleFileInput(attrs={"accept": "audio/*,video/*", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[bytes]"]:
        """Clean each file by itself."""
        files = data if isinstance(data, list | tuple) and data else [None]
        return [super(RecordingsField, self).clean(file, initial) for file in files]


class EnrolForm(forms.Form):
    """The recordings of one person's voice."""

    recordings = RecordingsField(
        label="Recordings",
        help_text=f"Only this person may speak in them, for at least {NEEDED_S:.0f} s in total.",
    )


def enrol_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """Return the view of the page that enrols a voice from recordings."""

    def show(request: HttpRequest, person_id: UUID) -> HttpResponse:
        if not has_permissions(request, "view_person", "add_voiceprint"):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=person_id)
        form = EnrolForm(*submitted_data(request))
        if request.method == "POST" and form.is_valid() and _enrol(request, person, form):
            return HttpResponseRedirect(
                reverse("admin:voiceprints_person_change", args=[person.pk])
            )
        return admin.page(
            request,
            "person/enrol.html",
            title=f"Enrol the voice of {person.name}",
            person=person,
            form=form,
            has_consent=person.has_consent(),
            is_configured=is_configured("turns") and is_configured("voices"),
        )

    return show


def _enrol(request: HttpRequest, person: Person, form: EnrolForm) -> bool:
    recordings = [
        AudioField().to_internal_value(upload) for upload in form.cleaned_data["recordings"]
    ]
    try:
        voiceprint = enrol_recordings(person.pk, recordings, actor=actor_of(request))
    except EnrolmentRefused as refusal:
        form.add_error("recordings", explain_refusal(request, refusal, person))
    except UnusableAudio as error:
        form.add_error("recordings", str(error).partition(": ")[2])
    except (EngineError, DecodingUnavailable, PersonNotFound) as failure:
        form.add_error(None, str(failure))
    else:
        messages.success(
            request, f"The voice was enrolled from {voiceprint.speech_s or 0:.0f} s of speech."
        )
        return True
    return False


class MergeForm(forms.Form):
    """The person to merge into."""

    into = forms.UUIDField(error_messages={"required": "Choose who this person is."})


def merge_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """Return the view of the page that merges one person into another."""

    def show(request: HttpRequest, person_id: UUID) -> HttpResponse:
        if not has_permissions(request, "change_person", "delete_person"):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=person_id)
        form = MergeForm(submitted_data(request)[0])
        if request.method == "POST" and form.is_valid():
            return _merge(request, person, form.cleaned_data["into"])
        search = request.GET.get("q", "").strip()
        return admin.page(
            request,
            "person/merge.html",
            title=f"Merge {person.name} with another person",
            person=person,
            form=form,
            search=search,
            similar=[] if search else _similar_people(person),
            people=search_people(search).exclude(pk=person.pk).order_by("name")[:MAX_PEOPLE],
        )

    return show


def _merge(request: HttpRequest, person: Person, into: UUID) -> HttpResponse:
    try:
        done = merge_people(person.pk, into, actor=actor_of(request))
    except (PersonNotFound, ValueError):
        messages.error(request, "One of the two people no longer exists. Nothing was changed.")
        return HttpResponseRedirect(reverse("admin:voiceprints_person_changelist"))
    messages.success(
        request,
        f"Merged. Voiceprints moved: {done.voiceprints}. Transcripts renamed: {done.transcripts}.",
    )
    return HttpResponseRedirect(reverse("admin:voiceprints_person_change", args=[into]))


def _similar_people(person: Person) -> list[tuple[UUID, str, float]]:
    """Return the people nearest to the newest voiceprint; none without valid consent."""
    if not person.has_consent():
        return []
    newest = person.voiceprints.select_related("space").order_by("-created_at").first()
    if newest is None:
        return []
    near = nearest_people(np.asarray(newest.vector), newest.space, limit=MAX_SIMILAR + 1)
    return [
        (one.person_id, one.name, one.similarity) for one in near if one.person_id != person.pk
    ]


class EraseForm(forms.Form):
    """The name that replaces the erased one in transcripts."""

    replacement = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label="Replacement name in transcripts",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )


def erase_view(admin: LibraryAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Ask for confirmation, and erase the person once it is given."""
    person = get_object_or_404(_people_with_counts(), pk=_parse_id(object_id))
    if not admin.has_delete_permission(request, person):
        raise PermissionDenied
    form = EraseForm(submitted_data(request)[0])
    if request.method == "POST" and form.is_valid() and _erase(request, person, form):
        return HttpResponseRedirect(reverse("admin:voiceprints_person_changelist"))
    return admin.page(
        request,
        "person/erase.html",
        title=f"Erase {person.name}?",
        person=person,
        pseudonym=pseudonym(person),
        form=form,
    )


def _erase(request: HttpRequest, person: Person, form: EraseForm) -> bool:
    replacement = form.cleaned_data["replacement"] or None
    try:
        done = erase_person(person.pk, actor=actor_of(request), replacement=replacement)
    except PersonNotFound:
        messages.warning(request, "This person was already erased by another user.")
        return True
    except ValueError as error:
        form.add_error("replacement", str(error).removeprefix("replacement: ").capitalize())
        return False
    messages.success(
        request,
        f"Erased. Voiceprints deleted: {done.voiceprints}. Transcripts that now show "
        f"“{done.replacement}”: {done.transcripts}.",
    )
    return True


def _people_with_counts() -> QuerySet[Person]:
    return Person.objects.annotate(
        voiceprint_count=Count("voiceprints", distinct=True),
        transcript_count=Count("appearances__transcript", distinct=True),
    )


def _parse_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
