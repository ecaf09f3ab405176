"""The page that lists the same voice in other transcripts, before it is named there too."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from voiceprints.admin.entries import actor_of, may
from voiceprints.admin.speaker_page import speaker_in
from voiceprints.matching.speaker_voices import voice_if_any
from voiceprints.models import TranscriptSpeaker
from voiceprints.storage.locks import PersonGone
from voiceprints.transcripts.speaker_naming import Similar, name_similar, similar_speakers

if TYPE_CHECKING:
    from voiceprints.admin.transcripts import TranscriptAdmin


def view(admin: "TranscriptAdmin") -> Callable[..., HttpResponse]:
    """The page, of that admin."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not may(request, "view_person"):
            raise PermissionDenied
        speaker = speaker_in(transcript_id, speaker_id)
        back = reverse("admin:voiceprints_transcript_change", args=[transcript_id])
        similar = _similar(speaker)
        if speaker.person is None or not similar:
            return HttpResponseRedirect(back)
        if request.method == "POST":
            _name(request, speaker, similar)
            return HttpResponseRedirect(back)
        return admin.page(
            request,
            "transcript/elsewhere.html",
            title=f"{speaker.name} in other transcripts",
            speaker=speaker,
            nameless=[one for one in similar if one.nameless],
            named=[one for one in similar if not one.nameless],
        )

    return show


def _similar(speaker: TranscriptSpeaker) -> list[Similar]:
    voice = voice_if_any(speaker)
    if voice is None:
        return []
    return similar_speakers(voice.vector, voice.space, besides=speaker.transcript_id)


def _name(request: HttpRequest, speaker: TranscriptSpeaker, similar: list[Similar]) -> None:
    """Only those that were listed: nothing else can be chosen by a form of one's own."""
    listed = {str(one.speaker_id): one.speaker_id for one in similar if one.nameless}
    chosen = [listed[given] for given in request.POST.getlist("speaker") if given in listed]
    if not chosen or speaker.person_id is None:
        messages.info(request, "Nobody was chosen, so no other transcript was changed.")
        return
    try:
        named = name_similar(chosen, speaker.person_id, actor=actor_of(request))
    except PersonGone:
        messages.error(request, "This person is not there any more. Nothing was changed.")
        return
    messages.success(request, f"Named in other transcripts too: {len(named)}.")
