"""Synthesize a meeting of any length with eight voices of the speech engine, and its reference.

    .venv/bin/python -m spark_control.laptop --no-database --data var/long -- \\
        .venv/bin/python -m benchmarks.synthetic.long_meeting --minutes 60

The same seed makes the same meeting. Each person has a stock of sentences, synthesized once and
stored in `sentences/`, so that a second run continues where the first was stopped. Writes
`mono.wav`, `reference.json` and `reference.rttm`, as `benchmarks.figures` reads them.
"""

import argparse
import hashlib
import json
import os
import sys
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from audio.media.decoding import SAMPLE_RATE, sample_blocks
from audio.media.recording import Recording
from benchmarks.recorded_meetings import Utterance
from benchmarks.synthetic.sentences import sentences, short_answers

FOLDER = Path("var/long/meeting")
LONGEST_WAIT_S = 120.0
# The people, and how often they speak: as in real meetings, a few say most.
PEOPLE = {
    "bm_george": ("George Hall", 1.0),
    "bf_emma": ("Emma Brook", 0.9),
    "am_michael": ("Michael Reyes", 0.8),
    "af_heart": ("Hannah Cole", 0.7),
    "am_adam": ("Adam Lund", 0.6),
    "af_alloy": ("Alice Ward", 0.5),
    "am_fenrir": ("Frank Moss", 0.4),
    "af_nicole": ("Nicole Stone", 0.3),
}
SHORT_ANSWERS = 2
SHORT_SHARE, OVERLAP_SHARE, REPLY_SHARE = 0.15, 0.08, 0.4
# The pause between two sentences of a turn; the engine adds some.
BREATH_S = (0.05, 0.35)
OVERLAP_S = (0.3, 1.2)
NOISE_LEVEL = 0.001
# Frames above this share of the loudest one are speech; shorter pauses count as speech too.
GATE, PAUSE_S, FRAME_S = 0.02, 0.25, 0.01

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence, its samples, and its spans without pauses, in seconds."""

    text: str
    samples: Samples
    speech: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """The sentences of one person."""

    name: str
    readiness: float
    sentences: Sequence[Spoken]
    short: Sequence[Spoken]


@dataclass(frozen=True, slots=True)
class Placed:
    """One sentence in the meeting: its first sample and its gain."""

    at: int
    spoken: Spoken
    gain: float


def main() -> int:
    """Synthesize the missing sentences, then write the meeting."""
    options = _options()
    folder: Path = options.folder
    (folder / "sentences").mkdir(parents=True, exist_ok=True)
    random = default_rng(options.seed)
    stocks = list(_stocks(options.seed, options.sentences, folder / "sentences"))
    seconds = sum(len(s.samples) for one in stocks for s in (*one.sentences, *one.short))
    placed, told = _meeting(random, stocks, options.minutes * 60)
    _write_sound(random, folder / "mono.wav", placed)
    _write_reference(folder, told)
    print(
        f"{folder}: {told[-1].end / 60:.1f} min, {len(told)} turns of {len(stocks)} people, "
        f"drawn from {seconds / SAMPLE_RATE / 60:.1f} min of distinct speech"
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--sentences", type=int, default=5, help="sentences of each person (5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"output folder ({FOLDER})")
    return parser.parse_args()


def _stocks(seed: int, count: int, folder: Path) -> Iterator[Stock]:
    """Yield the sentences of each person; a larger count begins with the same ones."""
    with httpx.Client(base_url=os.environ["KOKORO_URL"], timeout=LONGEST_WAIT_S) as engine:
        for number, (voice, (name, readiness)) in enumerate(PEOPLE.items()):
            print(f"sentences of {name}", file=sys.stderr, flush=True)
            random = default_rng((seed, number))
            short = [
                _spoken(engine, voice, text, folder)
                for text in short_answers(random, SHORT_ANSWERS)
            ]
            long = [_spoken(engine, voice, text, folder) for text in sentences(random, count)]
            yield Stock(name, readiness, long, short)


def _spoken(engine: httpx.Client, voice: str, text: str, folder: Path) -> Spoken:
    path = folder / f"{hashlib.sha256(f'{voice} {text}'.encode()).hexdigest()[:16]}.wav"
    if not path.exists():
        wish = {"model": "kokoro", "input": text, "voice": voice, "response_format": "wav"}
        answer = engine.post("/v1/audio/speech", json=wish).raise_for_status()
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(answer.content)
        unfinished.rename(path)
    samples = np.concatenate(list(sample_blocks(Recording(path))))
    return Spoken(text, samples, _speech(samples))


def _speech(samples: Samples) -> tuple[tuple[float, float], ...]:
    frame = round(FRAME_S * SAMPLE_RATE)
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    level = np.sqrt(np.square(frames).mean(axis=1))
    loud = np.flatnonzero(level > GATE * level.max())
    cuts = np.flatnonzero(np.diff(loud) * FRAME_S > PAUSE_S)
    firsts, lasts = [0, *(cuts + 1).tolist()], [*cuts.tolist(), len(loud) - 1]
    return tuple(
        (float(loud[first]) * FRAME_S, float(loud[last] + 1) * FRAME_S)
        for first, last in zip(firsts, lasts, strict=True)
    )


def _meeting(
    random: Generator, stocks: Sequence[Stock], seconds: float
) -> tuple[list[Placed], list[Utterance]]:
    """Return turns until the time is filled."""
    placed: list[Placed] = []
    told: list[Utterance] = []
    decks = [_Deck(random, stock) for stock in stocks]
    order: list[int] = []
    start = 0.5
    while start < seconds:
        order.append(_next_talker(random, stocks, order))
        turn = list(_turn(random, decks[order[-1]], round(start * SAMPLE_RATE)))
        placed += turn
        told.append(_utterance(stocks[order[-1]].name, turn))
        start = told[-1].end + _pause(random, told[-1])
    return placed, told


class _Deck:
    """A person's sentences; none repeats before all were drawn."""

    def __init__(self, random: Generator, stock: Stock) -> None:
        self._random, self._stock = random, stock
        self._left: list[Spoken] = []

    def draw(self) -> Spoken:
        if not self._left:
            order = self._random.permutation(len(self._stock.sentences))
            self._left = [self._stock.sentences[place] for place in order]
        return self._left.pop()

    def short(self) -> Spoken:
        return self._stock.short[int(self._random.integers(len(self._stock.short)))]


def _next_talker(random: Generator, stocks: Sequence[Stock], order: Sequence[int]) -> int:
    """Return the next person: often the one before the last, as in a dialogue; never the last."""
    if len(order) > 1 and order[-2] != order[-1] and random.random() < REPLY_SHARE:
        return order[-2]
    ready = np.array([stock.readiness for stock in stocks])
    ready[order[-1:]] = 0.0
    return int(random.choice(len(stocks), p=ready / ready.sum()))


def _turn(random: Generator, deck: _Deck, at: int) -> Iterator[Placed]:
    gain = 10 ** (random.uniform(-2.0, 2.0) / 20)
    if random.random() < SHORT_SHARE:
        yield Placed(at, deck.short(), gain)
        return
    for _ in range(min(4, random.geometric(0.45))):
        spoken = deck.draw()
        yield Placed(at, spoken, gain)
        at += len(spoken.samples) + round(random.uniform(*BREATH_S) * SAMPLE_RATE)


def _utterance(name: str, turn: Sequence[Placed]) -> Utterance:
    speech = [
        (one.at / SAMPLE_RATE + start, one.at / SAMPLE_RATE + end)
        for one in turn
        for start, end in one.spoken.speech
    ]
    text = " ".join(one.spoken.text for one in turn)
    return Utterance(name, speech[0][0], speech[-1][1], text, tuple(speech))


def _pause(random: Generator, last: Utterance) -> float:
    """Return the seconds to the next turn; negative where it begins before this one ends."""
    overlap = random.uniform(*OVERLAP_S)
    if random.random() < OVERLAP_SHARE and last.end - last.start > 3 * overlap:
        return -overlap
    return 0.15 + random.exponential(0.5)


def _write_sound(random: Generator, path: Path, placed: Sequence[Placed]) -> None:
    """Mix the meeting in memory: 60 min take 0.5 GiB."""
    length = max(one.at + len(one.spoken.samples) for one in placed) + SAMPLE_RATE
    mix = random.standard_normal(length, dtype=np.float32) * np.float32(NOISE_LEVEL)
    for one in placed:
        mix[one.at : one.at + len(one.spoken.samples)] += one.gain * one.spoken.samples
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(mix, -1.0, 1.0) * 32767).round().astype("<i2").tobytes())


def _write_reference(folder: Path, told: Sequence[Utterance]) -> None:
    entries = [
        {
            "i": number,
            "spk": one.name,
            "start": round(one.start, 3),
            "end": round(one.end, 3),
            "text": one.text,
            "speech": [[round(start, 3), round(end, 3)] for start, end in one.speech],
        }
        for number, one in enumerate(told)
    ]
    (folder / "reference.json").write_text(json.dumps(entries, indent=1))
    lines = [
        f"SPEAKER meeting 1 {start:.3f} {end - start:.3f} <NA> <NA> "
        f"{one.name.replace(' ', '_')} <NA> <NA>\n"
        for one in told
        for start, end in one.speech
    ]
    (folder / "reference.rttm").write_text("".join(lines))


if __name__ == "__main__":
    sys.exit(main())
