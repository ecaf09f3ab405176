"""The page that gives a speaker's name to the same voice in other transcripts."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from voiceprints.admin.library_admin import LibraryAdmin, actor_of, has_permissions
from voiceprints.admin.transcript.speaker_page import get_speaker
from voiceprints.matching.speaker_voices import find_usable_voice
from voiceprints.models import TranscriptSpeaker
from voiceprints.storage.locks import PersonNotFound
from voiceprints.transcripts.speaker_naming import (
    SimilarSpeaker,
    name_similar_speakers,
    similar_speakers,
)


def elsewhere_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """Return the view of the page that names the same voice in other transcripts."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not has_permissions(request, "view_person"):
            raise PermissionDenied
        speaker = get_speaker(transcript_id, speaker_id)
        back = reverse("admin:voiceprints_transcript_change", args=[transcript_id])
        similar = _find_similar(speaker)
        if speaker.person is None or not similar:
            return HttpResponseRedirect(back)
        if request.method == "POST":
            _name_similar(request, speaker, similar)
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


def _find_similar(speaker: TranscriptSpeaker) -> list[SimilarSpeaker]:
    voice = find_usable_voice(speaker)
    if voice is None:
        return []
    return similar_speakers(voice.vector, voice.space, exclude=speaker.transcript_id)


def _name_similar(
    request: HttpRequest, speaker: TranscriptSpeaker, similar: list[SimilarSpeaker]
) -> None:
    """Name the chosen speakers; a forged form can choose only those that were listed."""
    listed = {str(one.speaker_id): one.speaker_id for one in similar if one.nameless}
    chosen = [listed[key] for key in request.POST.getlist("speaker") if key in listed]
    if not chosen or speaker.person_id is None:
        messages.info(request, "No speaker was chosen, so no other transcript was changed.")
        return
    try:
        named = name_similar_speakers(chosen, speaker.person_id, actor=actor_of(request))
    except PersonNotFound:
        messages.error(request, "This person no longer exists. Nothing was changed.")
        return
    messages.success(request, f"Speakers named in other transcripts: {len(named)}.")
