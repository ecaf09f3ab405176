"""Standard error rates of diarization (DER) and of transcripts by speaker (cpWER)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import meeteval
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

from benchmarks.measures.transcript_scores import Said, normal_words


@dataclass(frozen=True, slots=True)
class Comparison:
    """The reference and the hypothesis of one recording, and its length."""

    reference: Annotation
    heard: Annotation
    seconds: float


def reference_turns(rttm: Path) -> Annotation:
    """Return the turns of an RTTM file."""
    turns = Annotation()
    for number, line in enumerate(rttm.read_text().splitlines()):
        _, _, _, start, duration, _, _, speaker, *_ = line.split()
        turns[Segment(float(start), float(start) + float(duration)), number] = speaker
    return turns


def hypothesis_turns(segments: Iterable[Mapping[str, Any]]) -> Annotation:
    """Return the turns of a diarize-chunk answer."""
    turns = Annotation()
    for number, turn in enumerate(segments):
        turns[Segment(turn["start_s"], turn["end_s"]), number] = turn["speaker"]
    return turns


def diarization_error(talks: Iterable[Comparison], collar_s: float) -> float:
    """Return the DER over all recordings, overlaps included; labels belong to one recording."""
    # pyannote counts the collar on both sides together.
    rate = DiarizationErrorRate(collar=2 * collar_s)
    for talk in talks:
        rate(talk.reference, talk.heard, uem=Timeline([Segment(0.0, talk.seconds)]))
    return float(abs(rate))


def cpwer(pairs: Iterable[tuple[Sequence[Said], Sequence[Said]]]) -> float:
    """Return the word error rate by speaker, under each recording's best assignment of names.

    `pairs` holds the reference and the transcript of each recording.
    """
    rates = [_session(reference, transcript) for reference, transcript in pairs]
    return float(sum(rate.errors for rate in rates) / sum(rate.length for rate in rates))


def _session(reference: Sequence[Said], transcript: Sequence[Said]) -> Any:
    sides = [meeteval.io.SegLST(_segments(side)) for side in (reference, transcript)]
    return meeteval.wer.cpwer(*sides)["meeting"]


def _segments(side: Sequence[Said]) -> list[dict[str, object]]:
    """Number the segments: cpWER joins each speaker's words and ignores all other times."""
    return [
        {
            "session_id": "meeting",
            "speaker": said.name,
            "words": " ".join(normal_words(said.text)),
            "start_time": number,
            "end_time": number + 1,
        }
        for number, said in enumerate(side)
    ]
