"""What becomes of a transcript that is to be kept?

The result is kept as it was given, without its fingerprints: those are kept with the speakers
only, where forgetting finds them. Speakers are linked to the people their names mean.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from audio.formats.cues import Cue, transcript_cues
from audio.formats.native_json import named_json, without_embeddings
from audio.library import Provenance
from audio.merge.naming.voice_similarity import unit
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
from voiceprints.people.person_names import find_people_by_name
from voiceprints.storage.locks import lock_existing_people, lock_transcripts
from voiceprints.transcripts.name_replacement import (
    json_without_nul,
    name_replacer,
    replace_names,
    without_nul,
)

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who is meant by the names of a transcript, and which names may not be kept."""

    people: Mapping[str, Person]
    forgotten: Mapping[str, str]
    space: Space | None

    def name(self, shown: str) -> str:
        return without_nul(self.forgotten.get(shown, shown)) or "?"

    def voice(self, speaker: NamedSpeaker) -> Embedding | None:
        """What may be kept of a voice: nothing after a no."""
        person = self.people.get(speaker.name)
        has_ended = person is not None and person.has_consent_ended(timezone.now())
        given = speaker.embedding
        if has_ended or speaker.name in self.forgotten or self.space is None or given is None:
            return None
        return unit(given) if given.shape == (DIMENSION,) and given.any() else None


@transaction.atomic
def store_transcript(heard: NamedTranscript, provenance: Provenance) -> Transcript:
    """Keep who said what; what is kept under the same key already stays as it is.

    Whoever was forgotten while it was worked on stays forgotten.
    """
    cast = _cast(heard)
    new = _described(heard, cast, provenance)
    kept = _inserted(new)
    if kept is new:
        _keep_blocks(kept, heard, _keep_speakers(kept, heard, cast))
        who, speakers = provenance.created_by, len(heard.speakers)
        audit.record(who, Action.TRANSCRIPT_STORED, transcript=kept.id, speakers=speakers)
    return kept


def _described(heard: NamedTranscript, cast: _Cast, provenance: Provenance) -> Transcript:
    result = replace_names(without_embeddings(named_json(heard)), name_replacer(cast.forgotten))
    result = json_without_nul(result)
    return Transcript(
        recording_name=without_nul(provenance.recording_name),
        sha256=provenance.sha256,
        duration=heard.duration,
        language=without_nul(heard.language or ""),
        mode=heard.mode,
        engine_models=result["models"],
        warnings=result.get("warnings", []),
        result=result,
        created_by=provenance.created_by,
        retain_until=provenance.retain_until,
        key=provenance.key,
    )


def _inserted(new: Transcript) -> Transcript:
    """The new one, or the one that has its key already."""
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        there = Transcript.objects.filter(key=new.key).first() if new.key else None
        if there is None:
            raise
        return there
    return new


@transaction.atomic
def edit_transcript(
    transcript_id: UUID, changes: Mapping[str, str | datetime | None], *, actor: str
) -> Transcript | None:
    """Change descriptive fields of a transcript; return None if it does not exist."""
    for transcript in lock_transcripts([transcript_id]):
        for field, value in changes.items():
            setattr(transcript, field, value)
        transcript.save(update_fields=[*changes])
        if changes:
            audit.record(actor, Action.TRANSCRIPT_CHANGED, transcript=transcript_id)
        return transcript
    return None


@transaction.atomic
def delete_transcript(transcript_id: UUID, *, actor: str) -> bool:
    """Delete a transcript with all that was said in it; whether it was there."""
    for transcript in lock_transcripts([transcript_id]):
        transcript.delete()
        audit.record(actor, Action.TRANSCRIPT_DELETED, transcript=transcript_id)
        return True
    return False


def _cast(heard: NamedTranscript) -> _Cast:
    names = {speaker.name for speaker in heard.speakers if speaker.source != "unmatched"}
    meant = find_people_by_name(names)
    # Held, so that nobody is forgotten between here and the last row.
    there = {person.id: person for person in lock_existing_people(meant.values())}
    people = {name: there[person] for name, person in meant.items() if person in there}
    embedding = heard.models.get("embedding", "")
    space = Space.for_engine(embedding) if embedding else None
    return _Cast(people, _forgotten(heard, people), space)


def _forgotten(heard: NamedTranscript, people: Mapping[str, Person]) -> dict[str, str]:
    """Names that came from the library, which knows them no more, and what to write instead."""
    own = {speaker.name for speaker in heard.speakers if speaker.source == "mic_channel"}
    lost = dict.fromkeys(
        speaker.name
        for speaker in heard.speakers
        if speaker.source == "voiceprint" and speaker.name not in {*people, *own}
    )
    taken = {speaker.name for speaker in heard.speakers}
    free = (name for name in map("Unknown_{}".format, count()) if name not in taken)
    return {name: next(free) for name in lost}


def _keep_speakers(
    kept: Transcript, heard: NamedTranscript, cast: _Cast
) -> dict[str, TranscriptSpeaker]:
    """By shown name, the first who bears it: the one whose blocks they are."""
    said = transcript_cues(heard)
    first: dict[str, TranscriptSpeaker] = {}
    rows = []
    for speaker in (*heard.speakers, *_nobodys(heard, said)):
        row = _speaker_row(kept, speaker, cast)
        if first.setdefault(speaker.name, row) is row:
            spoken = [cue for cue in said if cue.speaker == speaker.name]
            row.speech_s = sum(cue.end - cue.start for cue in spoken)
            row.samples = _longest(spoken)
        rows.append(row)
    TranscriptSpeaker.objects.bulk_create(rows)
    return first


def _nobodys(heard: NamedTranscript, said: Iterable[Cue]) -> list[NamedSpeaker]:
    """Words outside every turn have a speaker that nobody detected."""
    detected = {speaker.name for speaker in heard.speakers}
    names = dict.fromkeys(cue.speaker for cue in said if cue.speaker not in detected)
    return [NamedSpeaker(name, name, "unmatched") for name in names]


def _speaker_row(kept: Transcript, speaker: NamedSpeaker, cast: _Cast) -> TranscriptSpeaker:
    voice = cast.voice(speaker)
    return TranscriptSpeaker(
        transcript=kept,
        label=without_nul(speaker.speaker),
        name=cast.name(speaker.name),
        person=cast.people.get(speaker.name),
        source="unmatched" if speaker.name in cast.forgotten else speaker.source,
        overlap_confidence=speaker.overlap_confidence,
        match_similarity=speaker.match_similarity,
        embedding=None if voice is None else voice.tolist(),
        space=None if voice is None else cast.space,
    )


def _keep_blocks(
    kept: Transcript, heard: NamedTranscript, speakers: Mapping[str, TranscriptSpeaker]
) -> None:
    Block.objects.bulk_create(
        Block(
            transcript=kept,
            speaker=speakers[cue.speaker],
            position=position,
            start_ms=round(cue.start * 1000),
            end_ms=round(cue.end * 1000),
            text=without_nul(cue.text),
        )
        for position, cue in enumerate(transcript_cues(heard))
    )


def _longest(spoken: Iterable[Cue]) -> list[dict[str, float]]:
    longest = sorted(spoken, key=lambda cue: cue.start - cue.end)[:SAMPLES]
    return [{"start_s": cue.start, "end_s": cue.end} for cue in longest]
