"""The page on which a voice is learned from recordings."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from audio.api.serializers.recordings import AudioField
from audio.engines.failures import EngineError
from audio.media.decoding import DecodingUnavailable, UnusableAudio
from voiceprints.admin.entries import actor_of, may, sent
from voiceprints.admin.learning import reason_of
from voiceprints.enrolment.voice_enrolment import enrol_recordings
from voiceprints.enrolment.voice_extraction import NEEDED_S
from voiceprints.models import Person
from voiceprints.people.refusals import EnrolmentRefused
from voiceprints.storage.locks import PersonGone

if TYPE_CHECKING:
    from voiceprints.admin.people import PersonAdmin


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


def view(admin: "PersonAdmin") -> Callable[..., HttpResponse]:
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
            consents=person.consents(),
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
    except (EngineError, DecodingUnavailable, PersonGone) as failure:
        form.add_error(None, str(failure))
    else:
        messages.success(
            request, f"The voice was learned from {learned.speech_s or 0:.0f} s of speech."
        )
        return True
    return False
