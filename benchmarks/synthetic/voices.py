"""Recordings of many voices: the clinic's three, and up to eighteen of the speech engine.

Each voice has two recordings with different texts: one to enrol, one to identify. Synthetic speech
is stored, so that it is made only once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from numpy.typing import NDArray

from audio.media.decoding import SAMPLE_RATE, clips, sample_blocks
from audio.media.recording import Recording
from audio.merge.values import Span
from benchmarks.recorded_meetings import CLINIC, LOCAL_USER, Meeting
from spark_control.laptop.step_progress import progress

# Without `bm_george`, `bf_emma` and `am_michael`, the voices of the clinic.
SYNTHETIC = (
    *("af_alloy", "af_bella", "af_heart", "af_nicole", "af_nova", "af_sarah"),
    *("am_adam", "bf_alice", "bm_daniel", "am_echo", "bf_isabella", "bm_fable"),
    *("am_eric", "bf_lily", "bm_lewis", "am_fenrir", "am_liam", "am_onyx"),
)
SENTENCES = (
    "The ferry leaves the harbour at a quarter past six, whatever the weather.",
    "My neighbour grows tomatoes on the roof and gives most of them away.",
    "Could you read the second paragraph again, a little slower this time?",
    "We measured the bridge twice and found no movement in either pillar.",
    "There is fresh bread on the table, and the butter is next to it.",
    "Nobody had told the new driver about the detour through the valley.",
    "The museum keeps its oldest maps in a dark and very dry room.",
    "If the battery is cold, wait ten minutes before you charge it.",
    "Her brother repairs clocks, but he has never been on time himself.",
    "Please put the yellow folder back where you found it yesterday.",
    "A thin layer of ice covered the pond until the end of March.",
    "They moved the meeting to Thursday because the heating had failed.",
    "The choir needs two more voices for the concert at midsummer.",
    "Turn left at the chapel and follow the river for about a mile.",
    "I would rather pay a fair price once than a cheap one every year.",
    "The engineer drew a small square and wrote the number seven in it.",
    "Most of the shops in this street open after nine on Mondays.",
    "What surprised us was how quietly the whole machine was running.",
    "He poured the tea, sat down by the window and began to explain.",
    "Every child in the village knows the story of the missing bell.",
)
ENROLMENT_SENTENCES, TEST_SENTENCES = 4, 3
# For the clinic's people, whose recordings are longer.
ENROLMENT_S = 16.0
LONGEST_WAIT_S = 300.0

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Speech:
    """A person's recordings for enrolment and for identification, both at 16 kHz."""

    person: str
    enrolment: Samples
    test: Samples


def speech_of_people(kokoro: str, folder: Path, synthetic: int) -> Iterator[Speech]:
    """Yield the clinic's people and this number of synthetic ones.

    `folder` stores the speech of the engine at `kokoro`.
    """
    yield from _clinic()
    folder.mkdir(parents=True, exist_ok=True)
    for number, voice in enumerate(SYNTHETIC[:synthetic]):
        said = list(_lines(number))
        with progress(f"speech of {voice}"):
            paths = [
                _spoken(kokoro, voice, " ".join(lines), folder / f"{voice}-{part}.flac")
                for part, lines in enumerate(
                    (said[:ENROLMENT_SENTENCES], said[ENROLMENT_SENTENCES:])
                )
            ]
        yield Speech(voice, *map(_samples, paths))


def _lines(number: int) -> Iterator[str]:
    """Yield a voice's sentences: neighbours share few, and none repeats."""
    for place in range(ENROLMENT_SENTENCES + TEST_SENTENCES):
        yield SENTENCES[(number * 3 + place) % len(SENTENCES)]


def _spoken(kokoro: str, voice: str, text: str, path: Path) -> Path:
    if not path.exists():
        asked = {"input": text, "voice": voice, "response_format": "flac"}
        answer = httpx.post(f"{kokoro}/v1/audio/speech", json=asked, timeout=LONGEST_WAIT_S)
        answer.raise_for_status()
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(answer.content)
        unfinished.rename(path)
    return path


def _samples(path: Path) -> Samples:
    return np.concatenate(list(sample_blocks(Recording(path))))


def _clinic() -> Iterator[Speech]:
    spans: dict[str, list[Span]] = {}
    for utterance in Meeting(CLINIC).utterances:
        spans.setdefault(utterance.name, []).extend(Span(*one) for one in utterance.speech)
    for person, spoken in spans.items():
        track = "mic" if person == LOCAL_USER else "system"
        said = np.concatenate(clips(Recording(CLINIC / f"{track}.flac"), spoken))
        cut = int(ENROLMENT_S * SAMPLE_RATE)
        yield Speech(person, said[:cut], said[cut:])
