"""Transcripts of made-up meetings in the library's tables, as they are when they are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from numpy.random import Generator
from psycopg.types.json import Jsonb

from benchmarks.synthetic.library_tables import build_index, copy, drop_index, execute
from benchmarks.synthetic.voice_library import texts
from voiceprints.models import Block, Person, Transcript, TranscriptSpeaker

BLOCK_MS = 3_000
AT_ONCE = 500
WORDS = "block_by_words"
TRANSCRIPT = {
    **{"id": "uuid", "recording_name": "text", "sha256": "text", "duration": "float8"},
    **{"language": "text", "mode": "text", "engine_models": "jsonb", "warnings": "jsonb"},
    **{"result": "jsonb", "created_by": "text", "created_at": "timestamptz"},
}
SPEAKER = {
    **{"id": "int8", "transcript_id": "uuid", "label": "text", "name": "text"},
    **{"person_id": "uuid", "source": "text", "speech_s": "float8", "samples": "jsonb"},
}
BLOCK = {
    **{"transcript_id": "uuid", "speaker_id": "int8", "position": "int4"},
    **{"start_ms": "int8", "end_ms": "int8", "text": "text"},
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who speaks in turn, and what is said block by block."""

    number: int
    people: Sequence[Person]
    said: Sequence[str]

    @property
    def id(self) -> UUID:
        return UUID(int=self.number)

    def speaker(self, place: int) -> int:
        """The identifier of the one who speaks then."""
        return self.number * len(self.people) + place % len(self.people)


def keep_meetings(random: Generator, casts: Sequence[Sequence[Person]], blocks: int) -> None:
    """One transcript of so many blocks for each cast."""
    drop_index(Block, WORDS)
    # What refers to what is right by making; checked row by row it would take as long again.
    execute("SET session_replication_role = replica")
    for first in range(0, len(casts), AT_ONCE):
        some = casts[first : first + AT_ONCE]
        said = texts(random, blocks * len(some))
        _keep(
            [
                Meeting(first + place, people, said[place * blocks : (place + 1) * blocks])
                for place, people in enumerate(some)
            ]
        )
    execute("SET session_replication_role = DEFAULT")
    build_index(Block, WORDS)
    execute("VACUUM ANALYZE")


def _keep(meetings: Sequence[Meeting]) -> None:
    copy(Transcript, TRANSCRIPT, map(_transcript, meetings))
    copy(TranscriptSpeaker, SPEAKER, (row for one in meetings for row in _speakers(one)))
    copy(Block, BLOCK, (row for one in meetings for row in _blocks(one)))


def _transcript(met: Meeting) -> tuple[object, ...]:
    seconds = len(met.said) * BLOCK_MS / 1000
    models = Jsonb({"diarization": "benchmark", "embedding": "benchmark"})
    result = Jsonb(_result(met))
    recording = f"meeting {met.number}.flac"
    kept = (met.id, recording, "ab" * 32, seconds, "en", "mono", models, Jsonb([]))
    return (*kept, result, "benchmark", timezone.now())


def _result(met: Meeting) -> dict[str, object]:
    return {
        "mode": "mono",
        "duration": len(met.said) * BLOCK_MS / 1000,
        "speakers": [
            {"cluster": f"Speaker_{place}", "name": person.name, "source": "voiceprint"}
            for place, person in enumerate(met.people)
        ],
        "segments": [
            {
                "start_ms": place * BLOCK_MS,
                "end_ms": (place + 1) * BLOCK_MS,
                "speaker": met.people[place % len(met.people)].name,
                "text": text,
            }
            for place, text in enumerate(met.said)
        ],
        "models": {"diarization": "benchmark", "embedding": "benchmark"},
    }


def _speakers(met: Meeting) -> Iterator[tuple[object, ...]]:
    share_s = len(met.said) * BLOCK_MS / 1000 / len(met.people)
    for place, person in enumerate(met.people):
        called = (met.speaker(place), met.id, f"Speaker_{place}", person.name, person.id)
        yield (*called, "voiceprint", share_s, Jsonb([]))


def _blocks(met: Meeting) -> Iterator[tuple[object, ...]]:
    for place, text in enumerate(met.said):
        start = place * BLOCK_MS
        yield (met.id, met.speaker(place), place, start, start + BLOCK_MS, text)
