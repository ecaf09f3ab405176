"""The page on which a speaker of a transcript gets a name, and the voice is learned."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from voiceprints.admin.colours import tints_in
from voiceprints.admin.entries import actor_of, may, sent
from voiceprints.admin.learning import learn_from
from voiceprints.admin.naming_form import NamingForm
from voiceprints.matching.speaker_voices import voice_if_any
from voiceprints.matching.voice_matching import Identified, identify_voice
from voiceprints.models import Block, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.storage.locks import PersonGone
from voiceprints.transcripts.speaker_naming import NoSuchSpeaker, name_speaker

if TYPE_CHECKING:
    from voiceprints.admin.transcripts import TranscriptAdmin

SUGGESTIONS = 6
QUOTES = 3


def view(admin: "TranscriptAdmin") -> Callable[..., HttpResponse]:
    """The page, of that admin."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not may(request, "view_person"):
            raise PermissionDenied
        speaker = speaker_in(transcript_id, speaker_id)
        suggestions = _suggestions(request, speaker)
        form = NamingForm(sent(request)[0], request=request, candidates=suggestions)
        if request.method == "POST" and form.is_valid():
            answer = _named(request, speaker, form)
            if answer is not None:
                return answer
        return admin.page(
            request,
            "transcript/speaker.html",
            title=f"Who is {speaker.name}?",
            speaker=speaker,
            tint=tints_in(speaker.transcript.speakers.all())[speaker.name],
            quotes=_quotes(speaker),
            identified=suggestions,
            form=form,
        )

    return show


def speaker_in(transcript_id: UUID, speaker_id: int) -> TranscriptSpeaker:
    """The speaker, of that transcript only."""
    speakers = TranscriptSpeaker.objects.select_related("transcript", "person", "space")
    return get_object_or_404(speakers, pk=speaker_id, transcript=transcript_id)


def _suggestions(request: HttpRequest, speaker: TranscriptSpeaker) -> Identified | None:
    """Whose voice it may be; None where there is no voice to compare."""
    voice = voice_if_any(speaker)
    if voice is None:
        return None
    found = identify_voice(voice.vector, voice.space, limit=SUGGESTIONS)
    if request.method == "GET":
        audit.record(
            actor_of(request),
            Action.IDENTIFIED,
            transcript=speaker.transcript_id,
            speakers=1,
            space=str(voice.space),
        )
    return found


def _quotes(speaker: TranscriptSpeaker) -> list[Block]:
    """The first things said at some length."""
    said = Block.objects.filter(transcript=speaker.transcript_id, speaker__name=speaker.name)
    telling = said.filter(text__regex=r"^.{20}")[:QUOTES]
    return list(telling) or list(said[:QUOTES])


def _named(
    request: HttpRequest, speaker: TranscriptSpeaker, form: NamingForm
) -> HttpResponse | None:
    """Where to go on; None where something was refused, which the form then says."""
    actor = actor_of(request)
    try:
        with transaction.atomic():
            person = form.chosen(actor)
            name_speaker(speaker.transcript_id, speaker.label, person.pk, actor=actor)
    except PersonGone:
        form.add_error(None, "This person is not there any more.")
        return None
    except NoSuchSpeaker:
        messages.error(request, "This speaker is not there any more.")
        return HttpResponseRedirect(reverse("admin:voiceprints_transcript_changelist"))
    messages.success(request, f"{speaker.name} is now {person.name}.")
    if form.cleaned_data["learn"]:
        learn_from(request, speaker, person)
    return HttpResponseRedirect(
        reverse("admin:voiceprints_transcript_elsewhere", args=[speaker.transcript_id, speaker.pk])
    )
