"""Transcripts of synthetic meetings in the library's tables."""

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
BATCH = 500
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
    """The people who speak in turn, and the text of each block."""

    number: int
    people: Sequence[Person]
    said: Sequence[str]

    @property
    def id(self) -> UUID:
        return UUID(int=self.number)

    def speaker(self, place: int) -> int:
        """Return the identifier of the speaker of a block."""
        return self.number * len(self.people) + place % len(self.people)


def store_transcripts(random: Generator, casts: Sequence[Sequence[Person]], blocks: int) -> None:
    """Store one transcript of this number of blocks for each group of people."""
    drop_index(Block, WORDS)
    # References are valid by construction; checking them row by row would double the time.
    execute("SET session_replication_role = replica")
    for first in range(0, len(casts), BATCH):
        some = casts[first : first + BATCH]
        said = texts(random, blocks * len(some))
        _keep(
            [
                Meeting(first + place, people, said[place * blocks : (place + 1) * blocks])
                for place, people in enumerate(some)
            ]
        )
    # The made-up words have no case, accents or marks: Postgres' lexemes are those of the product.
    execute("UPDATE voiceprints_block SET search = to_tsvector('simple', text)")
    execute("SET session_replication_role = DEFAULT")
    build_index(Block, WORDS)
    execute("VACUUM ANALYZE")


def _keep(meetings: Sequence[Meeting]) -> None:
    copy(Transcript, TRANSCRIPT, map(_transcript, meetings))
    copy(TranscriptSpeaker, SPEAKER, (row for one in meetings for row in _speakers(one)))
    copy(Block, BLOCK, (row for one in meetings for row in _blocks(one)))


def _transcript(meeting: Meeting) -> tuple[object, ...]:
    seconds = len(meeting.said) * BLOCK_MS / 1000
    models = Jsonb({"diarization": "benchmark", "embedding": "benchmark"})
    result = Jsonb(_result(meeting))
    recording = f"meeting {meeting.number}.flac"
    kept = (meeting.id, recording, "ab" * 32, seconds, "en", "mono", models, Jsonb([]))
    return (*kept, result, "benchmark", timezone.now())


def _result(meeting: Meeting) -> dict[str, object]:
    return {
        "mode": "mono",
        "duration": len(meeting.said) * BLOCK_MS / 1000,
        "speakers": [
            {"cluster": f"Speaker_{place}", "name": person.name, "source": "voiceprint"}
            for place, person in enumerate(meeting.people)
        ],
        "segments": [
            {
                "start_ms": place * BLOCK_MS,
                "end_ms": (place + 1) * BLOCK_MS,
                "speaker": meeting.people[place % len(meeting.people)].name,
                "text": text,
            }
            for place, text in enumerate(meeting.said)
        ],
        "models": {"diarization": "benchmark", "embedding": "benchmark"},
    }


def _speakers(meeting: Meeting) -> Iterator[tuple[object, ...]]:
    share_s = len(meeting.said) * BLOCK_MS / 1000 / len(meeting.people)
    for place, person in enumerate(meeting.people):
        called = (meeting.speaker(place), meeting.id, f"Speaker_{place}", person.name, person.id)
        yield (*called, "voiceprint", share_s, Jsonb([]))


def _blocks(meeting: Meeting) -> Iterator[tuple[object, ...]]:
    for place, text in enumerate(meeting.said):
        start = place * BLOCK_MS
        yield (meeting.id, meeting.speaker(place), place, start, start + BLOCK_MS, text)
