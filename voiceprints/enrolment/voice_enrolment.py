"""Enrolment: a voice from recordings, a transcript or numbers becomes a voiceprint of a person.

The engine works first, without any lock. Then one transaction locks the person and checks again
that the person exists and consents, and that no other person has the voice. A person who was
erased or merged meanwhile is reported as missing and not created again.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from django.db import transaction

from audio.media.recording import Recording
from audio.merge.naming.voices.voice_similarity import unit
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
from voiceprints.people.erasure_marks import work_marked
from voiceprints.storage.locks import lock_person, lock_transcripts


def enrol_recordings(
    person_id: UUID, recordings: Sequence[Recording], *, actor: str
) -> Voiceprint:
    """Enrol a voice from recordings in which only this person speaks.

    Raises
    ------
    EnrolmentRefused, PersonNotFound, UnusableAudio, EngineError
    """
    check_consent(person_id)
    new = _new_voiceprint(extract_voice(recordings), VoiceprintSource.ENROLMENT)
    return store_voiceprint(person_id, new, actor=actor)


def enrol_named(
    name: str,
    recordings: Sequence[Recording],
    *,
    consent: Consent | None,
    actor: str,
    dry_run: bool = False,
) -> Voiceprint:
    """Enrol a voice for a person by name; `consent` is stored, and a missing person is created.

    Raises
    ------
    EnrolmentRefused, UnusableAudio, EngineError
    ValueError
        When the name is invalid.
    """
    with work_marked():
        check_consent_by_name(name, consent)
        new = _new_voiceprint(extract_voice(recordings), VoiceprintSource.ENROLMENT)
        return _store_named(name, new, consent=consent, actor=actor, dry_run=dry_run)


def _store_named(
    name: str, new: NewVoiceprint, *, consent: Consent | None, actor: str, dry_run: bool
) -> Voiceprint:
    with transaction.atomic():
        person = get_or_create_consenting_person(name, consent, actor=actor)
        to_store = replace(new, samples=None) if dry_run else new
        voiceprint = store_voiceprint(person.id, to_store, actor=actor)
        transaction.set_rollback(dry_run)
        return voiceprint


def enrol_span(
    person_id: UUID, recording: Recording, span: Span, *, speaker: SpeakerReference, actor: str
) -> Voiceprint:
    """Enrol a voice from a span of the recording of a stored transcript.

    Raises
    ------
    EnrolmentRefused, PersonNotFound, SpeakerNotFound, UnusableAudio, EngineError
    """
    check_consent(person_id)
    find_speaker(speaker)
    voice = extract_voice([recording], within=span)
    with transaction.atomic():
        found = _locked_speaker(person_id, speaker)
        _check_similarity(voice, found)
        new = _new_voiceprint(voice, VoiceprintSource.TRANSCRIPT, found)
        return store_voiceprint(person_id, new, actor=actor)


@transaction.atomic
def enrol_speaker(person_id: UUID, speaker: SpeakerReference, *, actor: str) -> Voiceprint:
    """Enrol a voice from the embedding of a transcript's speaker.

    Returns the existing voiceprint if this speaker was enrolled before.

    Raises
    ------
    EnrolmentRefused, PersonNotFound, SpeakerNotFound
    """
    found = _locked_speaker(person_id, speaker)
    check_consent(person_id)
    voice = usable_voice(found)
    existing = found.voiceprints.filter(person=person_id, sample_start_s=None).first()
    if existing is not None:
        return existing
    if found.speech_s < NEEDED_S:
        raise TooLittleSpeech(found.speech_s, NEEDED_S)
    new = NewVoiceprint(
        space=voice.space,
        vector=voice.vector,
        source=VoiceprintSource.TRANSCRIPT,
        speech_s=found.speech_s,
        speaker=found,
    )
    return store_voiceprint(person_id, new, actor=actor)


def enrol_embedding(person_id: UUID, vector: Embedding, space: str, *, actor: str) -> Voiceprint:
    """Enrol an embedding that the caller sends, in the space with this engine name.

    Raises
    ------
    EnrolmentRefused, PersonNotFound
    """
    if not space.partition("@")[0].strip():
        raise UnusableEmbedding("space: expected the name of the embedding model.")
    if vector.shape != (DIMENSION,):
        raise UnusableEmbedding(f"vector: expected {DIMENSION} numbers, got {vector.size}.")
    if not np.isfinite(vector).all() or not vector.any():
        raise UnusableEmbedding("vector: expected finite numbers that are not all zero.")
    check_consent(person_id)
    new = NewVoiceprint(
        space=Space.for_engine(space),
        # Scaled first, because squares of very large or very small numbers overflow or underflow.
        vector=unit(vector / np.abs(vector).max()),
        source=VoiceprintSource.CALLER,
    )
    return store_voiceprint(person_id, new, actor=actor)


def _new_voiceprint(
    voice: ExtractedVoice, source: VoiceprintSource, speaker: TranscriptSpeaker | None = None
) -> NewVoiceprint:
    return NewVoiceprint(
        space=voice.space,
        vector=voice.vector,
        source=source,
        speech_s=voice.speech_s,
        quality=voice.quality,
        span=voice.span,
        samples=voice.samples,
        speaker=speaker,
    )


def _locked_speaker(person_id: UUID, speaker: SpeakerReference) -> TranscriptSpeaker:
    lock_person(person_id)
    lock_transcripts([speaker.transcript_id])
    return find_speaker(speaker)


def _check_similarity(voice: ExtractedVoice, speaker: TranscriptSpeaker) -> None:
    if speaker.embedding is None or speaker.space != voice.space:
        return
    similarity = float(voice.vector @ usable_voice(speaker).vector)
    if similarity < voice.space.same_voice_threshold:
        raise AnotherVoice(similarity)
