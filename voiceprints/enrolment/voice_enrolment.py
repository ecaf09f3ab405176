"""How does a voice become a print? From recordings, from a transcript, or from numbers.

The engine works first, while nothing is locked. Then, in one transaction and with the person
locked, it is asked again whether the person is there and agrees, and whether the voice is
anybody else's; so whoever was forgotten or merged meanwhile is told about, and not brought back.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from django.db import transaction

from audio.media.recording import Recording
from audio.merge.naming.voice_similarity import unit
from audio.merge.values import Embedding, Span
from voiceprints.enrolment.voice_extraction import NEEDED_S, ExtractedVoice, extract_voice
from voiceprints.enrolment.voiceprint_store import NewVoiceprint, store_voiceprint
from voiceprints.matching.speaker_lookup import SpeakerReference, find_speaker
from voiceprints.matching.speaker_voices import usable_voice
from voiceprints.models import DIMENSION, Space, TranscriptSpeaker, Voiceprint
from voiceprints.models.voiceprints import VoiceprintSource
from voiceprints.people.consent import (
    Consent,
    check_consent,
    check_consent_by_name,
    get_or_create_consenting_person,
)
from voiceprints.people.enrolment_errors import AnotherVoice, TooLittleSpeech, UnusableEmbedding
from voiceprints.storage.locks import lock_person, lock_transcripts


def enrol_recordings(
    person_id: UUID, recordings: Sequence[Recording], *, actor: str
) -> Voiceprint:
    """Learn a voice from recordings in which only this person speaks.

    Raises
    ------
    EnrolmentRefused, PersonGone, UnusableAudio, EngineError
    """
    check_consent(person_id)
    learned = _learned(extract_voice(recordings), VoiceprintSource.ENROLMENT)
    return store_voiceprint(person_id, learned, actor=actor)


def enrol_named(
    name: str,
    recordings: Sequence[Recording],
    *,
    consent: Consent | None,
    actor: str,
    dry_run: bool = False,
) -> Voiceprint:
    """The same for somebody by name, whom `consent` makes known where nobody is called so.

    Raises
    ------
    EnrolmentRefused, UnusableAudio, EngineError
    ValueError
        When that is no name.
    """
    check_consent_by_name(name, consent)
    learned = _learned(extract_voice(recordings), VoiceprintSource.ENROLMENT)
    with transaction.atomic():
        person = get_or_create_consenting_person(name, consent, actor=actor)
        kept = replace(learned, samples=None) if dry_run else learned
        voiceprint = store_voiceprint(person.id, kept, actor=actor)
        transaction.set_rollback(dry_run)
        return voiceprint


def enrol_span(
    person_id: UUID, recording: Recording, span: Span, *, speaker: SpeakerReference, actor: str
) -> Voiceprint:
    """Learn a voice from a span of the recording that a stored transcript is of.

    Raises
    ------
    EnrolmentRefused, PersonGone, NoSuchSpeaker, UnusableAudio, EngineError
    """
    check_consent(person_id)
    find_speaker(speaker)
    heard = extract_voice([recording], within=span)
    with transaction.atomic():
        found = _locked_speaker(person_id, speaker)
        _check_likeness(heard, found)
        learned = _learned(heard, VoiceprintSource.TRANSCRIPT, found)
        return store_voiceprint(person_id, learned, actor=actor)


@transaction.atomic
def enrol_speaker(person_id: UUID, speaker: SpeakerReference, *, actor: str) -> Voiceprint:
    """Learn a voice from the fingerprint that a stored transcript has of a speaker.

    What was learned before is not learned again.

    Raises
    ------
    EnrolmentRefused, PersonGone, NoSuchSpeaker
    """
    found = _locked_speaker(person_id, speaker)
    check_consent(person_id)
    voice = usable_voice(found)
    known = found.voiceprints.filter(person=person_id, sample_start_s=None).first()
    if known is not None:
        return known
    if found.speech_s < NEEDED_S:
        raise TooLittleSpeech(found.speech_s, NEEDED_S)
    learned = NewVoiceprint(
        space=voice.space,
        vector=voice.vector,
        source=VoiceprintSource.TRANSCRIPT,
        speech_s=found.speech_s,
        speaker=found,
    )
    return store_voiceprint(person_id, learned, actor=actor)


def enrol_embedding(person_id: UUID, vector: Embedding, space: str, *, actor: str) -> Voiceprint:
    """Keep a fingerprint that the caller has, in the space that its engine calls so.

    Raises
    ------
    EnrolmentRefused, PersonGone
    """
    if not space.partition("@")[0].strip():
        raise UnusableEmbedding("space: expected the name of the embedding model.")
    if vector.shape != (DIMENSION,):
        raise UnusableEmbedding(f"vector: expected {DIMENSION} numbers, got {vector.size}.")
    if not np.isfinite(vector).all() or not vector.any():
        raise UnusableEmbedding("vector: expected finite numbers that are not all zero.")
    check_consent(person_id)
    learned = NewVoiceprint(
        space=Space.for_engine(space),
        # Scaled first: the square of a very large or very small number is no number any more.
        vector=unit(vector / np.abs(vector).max()),
        source=VoiceprintSource.CALLER,
    )
    return store_voiceprint(person_id, learned, actor=actor)


def _learned(
    heard: ExtractedVoice, source: VoiceprintSource, speaker: TranscriptSpeaker | None = None
) -> NewVoiceprint:
    return NewVoiceprint(
        space=heard.space,
        vector=heard.vector,
        source=source,
        speech_s=heard.speech_s,
        quality=heard.quality,
        span=heard.span,
        samples=heard.samples,
        speaker=speaker,
    )


def _locked_speaker(person_id: UUID, speaker: SpeakerReference) -> TranscriptSpeaker:
    lock_person(person_id)
    lock_transcripts([speaker.transcript_id])
    return find_speaker(speaker)


def _check_likeness(heard: ExtractedVoice, speaker: TranscriptSpeaker) -> None:
    if speaker.embedding is None or speaker.space != heard.space:
        return
    similarity = float(heard.vector @ usable_voice(speaker).vector)
    if similarity < heard.space.threshold:
        raise AnotherVoice(similarity)
