"""The pages that enrol a person's voice, merge two people, and erase a person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from audio.api.serializers.recordings import AudioField
from audio.engines.failures import EngineError
from audio.media.decoding import DecodingUnavailable, UnusableAudio
from voiceprints.admin.library_admin import LibraryAdmin, actor_of, may, reason_of, sent
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


class SeveralFiles(forms.ClearableFileInput):
    """A choice of one file or more."""

    allow_multiple_selected = True


class RecordingsField(forms.FileField):
    """One recording or more."""

    widget = SeveralFiles(attrs={"accept": "audio/*,video/*", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[bytes]"]:
        """Each file by itself."""
        given = data if isinstance(data, list | tuple) and data else [None]
        return [super(RecordingsField, self).clean(one, initial) for one in given]


class EnrolForm(forms.Form):
    """What to learn from."""

    recordings = RecordingsField(
        label="Recordings",
        help_text=f"In which only this person speaks, together at least {NEEDED_S:.0f} seconds.",
    )


def enrol_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """The page, of that admin."""

    def show(request: HttpRequest, person_id: UUID) -> HttpResponse:
        if not may(request, "view_person", "add_voiceprint"):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=person_id)
        form = EnrolForm(*sent(request))
        if request.method == "POST" and form.is_valid() and _enrol(request, person, form):
            return HttpResponseRedirect(
                reverse("admin:voiceprints_person_change", args=[person.pk])
            )
        return admin.page(
            request,
            "person/enrol.html",
            title=f"Learn the voice of {person.name}",
            person=person,
            form=form,
            consents=person.has_consent(),
            is_configured=bool(settings.PARAKEET_URL),
        )

    return show


def _enrol(request: HttpRequest, person: Person, form: EnrolForm) -> bool:
    recordings = [
        AudioField().to_internal_value(upload) for upload in form.cleaned_data["recordings"]
    ]
    try:
        learned = enrol_recordings(person.pk, recordings, actor=actor_of(request))
    except EnrolmentRefused as refusal:
        form.add_error("recordings", reason_of(request, refusal, person))
    except UnusableAudio as unreadable:
        form.add_error("recordings", str(unreadable).partition(": ")[2])
    except (EngineError, DecodingUnavailable, PersonNotFound) as failure:
        form.add_error(None, str(failure))
    else:
        messages.success(
            request, f"The voice was learned from {learned.speech_s or 0:.0f} s of speech."
        )
        return True
    return False


SHOWN = 20
LIKE_EACH_OTHER = 5


class MergeForm(forms.Form):
    """Into whom."""

    into = forms.UUIDField(error_messages={"required": "Choose who this person is."})


def merge_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """The page, of that admin."""

    def show(request: HttpRequest, person_id: UUID) -> HttpResponse:
        if not may(request, "change_person", "delete_person"):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=person_id)
        form = MergeForm(sent(request)[0])
        if request.method == "POST" and form.is_valid():
            return _merged(request, person, form.cleaned_data["into"])
        sought = request.GET.get("q", "").strip()
        return admin.page(
            request,
            "person/merge.html",
            title=f"Merge {person.name} with another person",
            person=person,
            form=form,
            sought=sought,
            alike=[] if sought else _alike(person),
            people=search_people(sought).exclude(pk=person.pk).order_by("name")[:SHOWN],
        )

    return show


def _merged(request: HttpRequest, person: Person, into: UUID) -> HttpResponse:
    try:
        done = merge_people(person.pk, into, actor=actor_of(request))
    except (PersonNotFound, ValueError):
        messages.error(request, "One of the two is not there any more. Nothing was changed.")
        return HttpResponseRedirect(reverse("admin:voiceprints_person_changelist"))
    messages.success(
        request,
        f"Merged. Voiceprints moved: {done.prints}. Transcripts renamed: {done.transcripts}.",
    )
    return HttpResponseRedirect(reverse("admin:voiceprints_person_change", args=[into]))


def _alike(person: Person) -> list[tuple[UUID, str, float]]:
    """Who sounds most like the newest print; nobody where that may not be compared."""
    if not person.has_consent():
        return []
    newest = person.voiceprints.select_related("space").order_by("-created_at").first()
    if newest is None:
        return []
    near = nearest_people(np.asarray(newest.vector), newest.space, limit=LIKE_EACH_OTHER + 1)
    return [
        (one.person_id, one.name, one.similarity) for one in near if one.person_id != person.pk
    ]


class ForgetForm(forms.Form):
    """Under which name what was said stays."""

    replacement = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label="Shown in transcripts instead",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )


def forget_view(admin: LibraryAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Ask, and forget when that is confirmed."""
    person = get_object_or_404(_with_figures(), pk=_id(object_id))
    if not admin.has_delete_permission(request, person):
        raise PermissionDenied
    form = ForgetForm(sent(request)[0])
    if request.method == "POST" and form.is_valid() and _forget(request, person, form):
        return HttpResponseRedirect(reverse("admin:voiceprints_person_changelist"))
    return admin.page(
        request,
        "person/forget.html",
        title=f"Forget {person.name}?",
        person=person,
        pseudonym=pseudonym(person),
        form=form,
    )


def _forget(request: HttpRequest, person: Person, form: ForgetForm) -> bool:
    given = form.cleaned_data["replacement"] or None
    try:
        done = erase_person(person.pk, actor=actor_of(request), replacement=given)
    except PersonNotFound:
        messages.warning(request, "Somebody else had forgotten this person already.")
        return True
    except ValueError as error:
        form.add_error("replacement", str(error).removeprefix("replacement: ").capitalize())
        return False
    messages.success(
        request,
        f"Forgotten. Voiceprints deleted: {done.prints}. Transcripts that now say "
        f"“{done.replacement}”: {done.transcripts}.",
    )
    return True


def _with_figures() -> QuerySet[Person]:
    return Person.objects.annotate(
        prints=Count("voiceprints", distinct=True),
        transcripts=Count("appearances__transcript", distinct=True),
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
