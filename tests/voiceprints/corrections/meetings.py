"""A stored meeting of three speakers with voices, as the tests of corrections need it."""

from dataclasses import dataclass
from typing import Any

from django.forms.models import model_to_dict

from audio.library import Provenance
from audio.merge.values import Block, NamedSpeaker, NamedTranscript, Word
from tests.voiceprints.people import SHA256, SPACE, axis
from voiceprints.models import Transcript, TranscriptSpeaker, Voiceprint
from voiceprints.transcripts.transcript_store import store_transcript

ACTOR = "desk"
NOT_EDITABLE = ("pk", "words", "lowest_confidence", "search")
LINES = [
    ("Ana", "Good mourning to all of you."),
    ("Unknown_0", "Hello Ana, shall we begin?"),
    ("Unknown_1", "今天早上好"),
    ("Ana", "Yes, of course."),
    ("Unknown_0", "Fine."),
]


def allow(_: Transcript) -> None:
    """Refuse nothing."""


@dataclass(frozen=True)
class State:
    """Everything of a transcript that corrections change, to be compared."""

    blocks: list[dict[str, Any]]
    speakers: list[dict[str, Any]]
    voiceprints: list[tuple[Any, ...]]


def store_meeting(lines: list[tuple[str, str]] = LINES, *, word_s: int = 1) -> Transcript:
    """Store a meeting with timed words, each line as long as ten words.

    The engine is less confident of each word of a line than of the one before.
    """
    speakers = tuple(
        NamedSpeaker(f"Speaker_{n}", name, "visual" if name == "Ana" else "unmatched", axis(n))
        for n, name in enumerate(dict.fromkeys(name for name, _ in lines))
    )
    blocks = tuple(_block(n, *line, word_s) for n, line in enumerate(lines))
    meeting = NamedTranscript(
        "mono", 10.0 * word_s * len(lines), speakers, blocks, models={"embedding": SPACE}
    )
    return store_transcript(meeting, Provenance(sha256=SHA256, created_by=ACTOR))


def state_of(meeting: Transcript) -> State:
    """Return what corrections can change: blocks, speakers with embeddings, all voiceprints."""
    blocks = [
        {**model_to_dict(one), **{name: str(getattr(one, name)) for name in NOT_EDITABLE}}
        for one in meeting.blocks.order_by("position")
    ]
    speakers = TranscriptSpeaker.objects.filter(transcript=meeting).order_by("pk")
    vectors = Voiceprint.objects.order_by("pk").values_list("pk", "person", "vector")
    return State(
        blocks,
        [{**model_to_dict(one), "embedding": list(one.embedding or ())} for one in speakers],
        [(*rest, tuple(vector)) for *rest, vector in vectors],
    )


def texts(meeting: Transcript) -> list[str]:
    """Return the texts of the blocks in order."""
    return list(meeting.blocks.order_by("position").values_list("text", flat=True))


def _block(n: int, name: str, text: str, word_s: int) -> Block:
    spellings = text.split() if text.isascii() else list(text)
    starts = [float(word_s * (10 * n + at)) for at in range(len(spellings))]
    words = [
        Word(start, start + word_s, word, confidence=1 - 0.1 * at)
        for at, (start, word) in enumerate(zip(starts, spellings, strict=True))
    ]
    end = word_s * (10 * n + len(words))
    return Block(10_000 * word_s * n, 1000 * end, name, text, tuple(words))
