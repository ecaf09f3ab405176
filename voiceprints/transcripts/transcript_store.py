"""Storing, editing and deleting transcripts.

The result is stored unchanged, but without embeddings: these are stored only with the speakers,
where erasure finds them. Speakers are linked to the people with their names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from audio.formats.cues import Cue, transcript_cues
from audio.formats.native_json import named_json, without_embeddings
from audio.library import Provenance
from audio.merge.name_spelling import name_key
from audio.merge.naming.voices.voice_similarity import unit
from audio.merge.values import Embedding, NamedSpeaker, NamedTranscript
from voiceprints.models import (
    DIMENSION,
    Block,
    Person,
    Space,
    Transcript,
    TranscriptSpeaker,
    audit,
)
from voiceprints.models.audit import Action
from voiceprints.people.erasure_marks import lock_names, work_marked
from voiceprints.people.person_names import find_people_by_name
from voiceprints.recordings.kept_audio import delete_audio
from voiceprints.storage.locks import lock_existing_people, lock_transcripts
from voiceprints.transcripts.block_words import lowest_confidence, words_of_engine
from voiceprints.transcripts.forgotten_names import forget_mentions, forget_names
from voiceprints.transcripts.result_names import (
    json_without_nul,
    name_replacer,
    replace_names,
    without_nul,
)

# The longest blocks of a speaker, for listening to the voice.
SAMPLE_BLOCKS = 3


@dataclass(frozen=True, slots=True)
class _SpeakerLinks:
    """The people linked by name, replacements of erased names, and the embedding space."""

    people: Mapping[str, Person]
    erased: Mapping[str, str]
    space: Space | None

    def stored_name(self, shown: str) -> str:
        """Return the name as the library spells it, if it is that of the person, else as shown."""
        person = self.people.get(shown)
        if person is not None and name_key(person.name) == name_key(shown):
            return person.name
        return without_nul(self.erased.get(shown, shown)) or "?"

    def stored_embedding(self, speaker: NamedSpeaker) -> Embedding | None:
        """Return the embedding to store: none for an erased person, or after consent ended."""
        person = self.people.get(speaker.name)
        has_ended = person is not None and person.has_consent_ended(timezone.now())
        embedding = speaker.embedding
        if has_ended or speaker.name in self.erased or self.space is None or embedding is None:
            return None
        is_usable = embedding.shape == (DIMENSION,) and embedding.any()
        return unit(embedding) if is_usable else None


@transaction.atomic
def store_transcript(transcript: NamedTranscript, provenance: Provenance) -> Transcript:
    """Store a transcript, or return the one that is already stored under the same key.

    A person who was erased while the transcript was made stays erased.

    Raises
    ------
    LibraryUnavailable
        If the work began too long ago.
    """
    erased = lock_names()
    transcript = forget_names(transcript, erased)
    links = _link_speakers(transcript)
    name = forget_mentions(provenance.recording_name, erased)
    new = _new_row(transcript, links, replace(provenance, recording_name=name))
    row = _insert_or_find(new)
    if row is new:
        _store_blocks(row, transcript, _store_speakers(row, transcript, links))
        actor, speakers = provenance.created_by, len(transcript.speakers)
        audit.record(actor, Action.TRANSCRIPT_STORED, transcript=row.id, speakers=speakers)
    return row


def _new_row(
    transcript: NamedTranscript, links: _SpeakerLinks, provenance: Provenance
) -> Transcript:
    plain = without_embeddings(named_json(transcript))
    result = json_without_nul(replace_names(plain, name_replacer(links.erased)))
    return Transcript(
        recording_name=without_nul(provenance.recording_name),
        sha256=provenance.sha256,
        duration=transcript.duration,
        language=without_nul(transcript.language or ""),
        mode=transcript.mode,
        engine_models=result["models"],
        warnings=result.get("warnings", []),
        result=result,
        created_by=provenance.created_by,
        retain_until=provenance.retain_until,
        key=provenance.key,
    )


def _insert_or_find(new: Transcript) -> Transcript:
    """Insert the row, or return the stored row with the same key."""
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        existing = Transcript.objects.filter(key=new.key).first() if new.key else None
        if existing is None:
            raise
        return existing
    return new


@work_marked()
@transaction.atomic
def edit_transcript(
    transcript_id: UUID, changes: Mapping[str, str | datetime | None], *, actor: str
) -> Transcript | None:
    """Change descriptive fields of a transcript; return None if it does not exist."""
    erased = lock_names()
    transcript = _lock_transcript(transcript_id)
    if transcript is None:
        return None
    for field, value in changes.items():
        setattr(
            transcript, field, forget_mentions(value, erased) if isinstance(value, str) else value
        )
    transcript.save(update_fields=[*changes])
    if changes:
        Transcript.objects.filter(pk=transcript_id).count_version()
        audit.record(actor, Action.TRANSCRIPT_CHANGED, transcript=transcript_id)
    return transcript


@transaction.atomic
def delete_transcript(transcript_id: UUID, *, actor: str) -> bool:
    """Delete a transcript with its speakers, blocks and audio; return whether it existed."""
    transcript = _lock_transcript(transcript_id)
    if transcript is None:
        return False
    delete_audio([transcript_id])
    transcript.delete()
    audit.record(actor, Action.TRANSCRIPT_DELETED, transcript=transcript_id)
    return True


def _lock_transcript(transcript_id: UUID) -> Transcript | None:
    return next(iter(lock_transcripts([transcript_id])), None)


def _link_speakers(transcript: NamedTranscript) -> _SpeakerLinks:
    names = {speaker.name for speaker in transcript.speakers if speaker.source != "unmatched"}
    found = find_people_by_name(names)
    # Locked, so that no person is erased before the last row is stored.
    existing = {person.id: person for person in lock_existing_people(found.values())}
    people = {name: existing[person] for name, person in found.items() if person in existing}
    embedding = transcript.models.get("embedding", "")
    space = Space.for_engine(embedding) if embedding else None
    return _SpeakerLinks(people, _erased_names(transcript, people), space)


def _erased_names(transcript: NamedTranscript, people: Mapping[str, Person]) -> dict[str, str]:
    """Return replacements for names that voices gave and the library no longer has."""
    local = {speaker.name for speaker in transcript.speakers if speaker.source == "mic_channel"}
    erased = dict.fromkeys(
        speaker.name
        for speaker in transcript.speakers
        if speaker.source == "voiceprint" and speaker.name not in {*people, *local}
    )
    taken = {speaker.name for speaker in transcript.speakers}
    free = (name for name in map("Unknown_{}".format, count()) if name not in taken)
    return {name: next(free) for name in erased}


def _store_speakers(
    row: Transcript, transcript: NamedTranscript, links: _SpeakerLinks
) -> dict[str, TranscriptSpeaker]:
    """Store the speakers; return the first speaker of each name, who gets the blocks."""
    cues = transcript_cues(transcript)
    first: dict[str, TranscriptSpeaker] = {}
    rows = []
    for speaker in (*transcript.speakers, *_undetected(transcript, cues)):
        speaker_row = _speaker_row(row, speaker, links)
        if first.setdefault(speaker.name, speaker_row) is speaker_row:
            own_cues = [cue for cue in cues if cue.speaker == speaker.name]
            speaker_row.speech_s = sum(cue.end - cue.start for cue in own_cues)
            speaker_row.samples = _longest(own_cues)
        rows.append(speaker_row)
    TranscriptSpeaker.objects.bulk_create(rows)
    return first


def _undetected(transcript: NamedTranscript, cues: Iterable[Cue]) -> list[NamedSpeaker]:
    """Return speakers for words outside every turn, which have no detected speaker."""
    detected = {speaker.name for speaker in transcript.speakers}
    names = dict.fromkeys(cue.speaker for cue in cues if cue.speaker not in detected)
    return [NamedSpeaker(name, name, "unmatched") for name in names]


def _speaker_row(
    row: Transcript, speaker: NamedSpeaker, links: _SpeakerLinks
) -> TranscriptSpeaker:
    embedding = links.stored_embedding(speaker)
    return TranscriptSpeaker(
        transcript=row,
        label=without_nul(speaker.speaker),
        name=links.stored_name(speaker.name),
        person=links.people.get(speaker.name),
        source="unmatched" if speaker.name in links.erased else speaker.source,
        overlap_confidence=speaker.overlap_confidence,
        match_similarity=speaker.match_similarity,
        embedding=None if embedding is None else embedding.tolist(),
        space=None if embedding is None else links.space,
    )


def _store_blocks(
    row: Transcript, transcript: NamedTranscript, speakers: Mapping[str, TranscriptSpeaker]
) -> None:
    cues = transcript_cues(transcript)
    words = [words_of_engine(block) for block in transcript.blocks] or [[] for _ in cues]
    blocks = [
        Block(
            transcript=row,
            speaker=speakers[cue.speaker],
            position=position,
            start_ms=round(cue.start * 1000),
            end_ms=round(cue.end * 1000),
            text=without_nul(cue.text),
            words=own,
        )
        for position, (cue, own) in enumerate(zip(cues, words, strict=True))
    ]
    for block in blocks:
        block.lowest_confidence = lowest_confidence(block)
    Block.objects.bulk_create(blocks)


def _longest(cues: Iterable[Cue]) -> list[dict[str, float]]:
    longest = sorted(cues, key=lambda cue: cue.start - cue.end)[:SAMPLE_BLOCKS]
    return [{"start_s": cue.start, "end_s": cue.end} for cue in longest]
