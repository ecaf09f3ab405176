"""The page on which a speaker of a transcript gets a name, with clips and people by voice."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from audio.merge.naming.voices.open_set_identification import Identification
from voiceprints.admin.colours import read_palette
from voiceprints.admin.library_admin import (
    LibraryAdmin,
    actor_of,
    explain_refusal,
    has_permissions,
    submitted_data,
)
from voiceprints.admin.transcript.naming_form import NamingForm
from voiceprints.admin.transcript.transcript_page import kept_tracks
from voiceprints.enrolment.voice_enrolment import enrol_speaker
from voiceprints.matching.speaker_lookup import SpeakerNotFound, SpeakerReference
from voiceprints.matching.speaker_voices import find_usable_voice
from voiceprints.matching.voice_matching import KnownPerson, identify_voice
from voiceprints.models import Block, Person, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.people.enrolment_errors import EnrolmentRefused, NameErased
from voiceprints.storage.locks import PersonNotFound
from voiceprints.transcripts.speaker_naming import name_speaker

MAX_CANDIDATES = 6
# The share of the threshold below which a person is no suggestion: two voices are that similar
# by chance.
FLOOR = 0.5
MAX_QUOTES = 3
# Shorter blocks say little about their speaker.
MIN_QUOTE_CHARACTERS = 20


def naming_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """Return the view of the page that names a speaker."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not has_permissions(request, "view_person"):
            raise PermissionDenied
        speaker = get_speaker(transcript_id, speaker_id)
        identified = _identify(request, speaker)
        form = NamingForm(submitted_data(request)[0], request=request, candidates=identified)
        if request.method == "POST" and form.is_valid():
            response = _name_speaker(request, speaker, form)
            if response is not None:
                return response
        return admin.page(
            request,
            "transcript/speaker.html",
            title=f"Who is {speaker.name}?",
            speaker=speaker,
            tint=read_palette().tints_in(speaker.transcript.speakers.all())[speaker.name],
            quotes=_quotes(speaker),
            identified=identified,
            form=form,
            clip_track=_clip_track(speaker),
            next_nameless=_next_nameless(speaker),
        )

    return show


def get_speaker(transcript_id: UUID, speaker_id: int) -> TranscriptSpeaker:
    """Return the speaker of this transcript, or raise Http404."""
    speakers = TranscriptSpeaker.objects.select_related("transcript", "person", "space")
    return get_object_or_404(speakers, pk=speaker_id, transcript=transcript_id)


def _clip_track(speaker: TranscriptSpeaker) -> str:
    """Return the kept track on which the speaker is heard, or an empty string."""
    tracks = kept_tracks(speaker.transcript)
    wanted = "mic" if speaker.source == "mic_channel" else "system"
    return wanted if wanted in tracks else next(iter(tracks), "")


def _next_nameless(speaker: TranscriptSpeaker) -> int | None:
    """Return the next speaker of the transcript without a name, from the first one on again."""
    nameless = speaker.transcript.speakers.filter(source="unmatched").exclude(pk=speaker.pk)
    keys = sorted(nameless.values_list("pk", flat=True), key=lambda pk: (pk < speaker.pk, pk))
    return keys[0] if keys else None


def _identify(
    request: HttpRequest, speaker: TranscriptSpeaker
) -> Identification[KnownPerson] | None:
    """Return the candidates for the voice, or None for a speaker without a usable embedding."""
    voice = find_usable_voice(speaker)
    if voice is None:
        return None
    found = identify_voice(voice.vector, voice.space, limit=MAX_CANDIDATES)
    floor = FLOOR * voice.space.threshold
    if request.method == "GET":
        audit.record(
            actor_of(request),
            Action.IDENTIFIED,
            transcript=speaker.transcript_id,
            speakers=1,
            space=str(voice.space),
        )
    similar = tuple(one for one in found.candidates if one.similarity >= floor)
    return replace(found, candidates=similar)


def _quotes(speaker: TranscriptSpeaker) -> list[Block]:
    """Return the first long blocks of the speaker, or the first of any length."""
    blocks = Block.objects.filter(transcript=speaker.transcript_id, speaker__name=speaker.name)
    long_blocks = blocks.filter(text__regex=rf"^.{{{MIN_QUOTE_CHARACTERS}}}")[:MAX_QUOTES]
    return list(long_blocks) or list(blocks[:MAX_QUOTES])


def _name_speaker(
    request: HttpRequest, speaker: TranscriptSpeaker, form: NamingForm
) -> HttpResponse | None:
    """Name the speaker and return the next page; None where the form now has an error."""
    actor = actor_of(request)
    try:
        with transaction.atomic():
            person = form.save_person(actor)
            name_speaker(speaker.transcript_id, speaker.label, person.pk, actor=actor)
    except PersonNotFound:
        form.add_error(None, "This person no longer exists.")
        return None
    except NameErased as refusal:
        form.add_error("name", str(refusal).removeprefix("name: ").capitalize())
        return None
    except SpeakerNotFound:
        messages.error(request, "This speaker no longer exists.")
        return HttpResponseRedirect(reverse("admin:voiceprints_transcript_changelist"))
    messages.success(request, f"{speaker.name} is now {person.name}.")
    if form.cleaned_data["enrol"]:
        _enrol_speaker(request, speaker, person)
    return HttpResponseRedirect(
        reverse("admin:voiceprints_transcript_elsewhere", args=[speaker.transcript_id, speaker.pk])
    )


def _enrol_speaker(request: HttpRequest, speaker: TranscriptSpeaker, person: Person) -> None:
    """Enrol the speaker's voice for the person, and add a message with the outcome."""
    reference = SpeakerReference(speaker.transcript_id, speaker.label)
    try:
        enrol_speaker(person.pk, reference, actor=actor_of(request))
    except (PersonNotFound, SpeakerNotFound) as missing:
        messages.warning(request, f"The voice was not enrolled. {missing}")
    except EnrolmentRefused as refusal:
        messages.warning(request, explain_refusal(request, refusal, person))
    else:
        messages.success(request, f"The voice of {person.name} was enrolled.")
