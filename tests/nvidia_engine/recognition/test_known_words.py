"""Every word of a long recording, at its time, whatever the cuts."""

from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from nvidia_engine.device import Device
from nvidia_engine.diarization.geometry import SORTFORMER
from nvidia_engine.engine import Engine, Recording
from nvidia_engine.features import SAMPLE_RATE, Samples, mel_filters
from nvidia_engine.inference.units import Request, Unit
from nvidia_engine.inference.worker import Ready
from nvidia_engine.sessions import DiarizerFacts, Recognizer
from tests.nvidia_engine.recognition.known_graphs import (
    BANDS,
    PIECES,
    TONES,
    bands_of,
    write_graphs,
)

FRAME_S = 0.08
FADE = 320


def tones(seconds: int) -> tuple[Samples, list[tuple[int, float]]]:
    """Make tones of 0.3 to 0.6 s on whole frames, and return which begins when."""
    rng, at, words = np.random.default_rng(3), 10, []
    samples = (rng.standard_normal(seconds * SAMPLE_RATE) * 5e-3).astype(np.float32)
    tone = 0
    while at * FRAME_S < seconds - 2:
        tone = (tone + int(rng.integers(1, TONES))) % TONES
        length = int(rng.integers(4, 8))
        centre = int(np.argmax(mel_filters(BANDS)[bands_of(tone).start + 4])) * SAMPLE_RATE / 512
        first, last = (round(frame * FRAME_S * SAMPLE_RATE) for frame in (at, at + length))
        times = np.arange(last - first) / SAMPLE_RATE
        wave = 0.3 * np.sin(2 * np.pi * centre * times)
        # A tone that begins suddenly sounds in every band.
        wave[:FADE] *= np.linspace(0, 1, FADE)
        wave[-FADE:] *= np.linspace(1, 0, FADE)
        samples[first:last] += wave.astype(np.float32)
        words.append((tone, at * FRAME_S))
        at += length + int(rng.integers(1, 6))
    return samples, words


@pytest.fixture(scope="module")
def engine_and_submit(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Any]:
    encoder, decoder = write_graphs(tmp_path_factory.mktemp("graphs"))
    recognizer = Recognizer(encoder, decoder, Device("cpu", threads=1))
    recognizer.check_vocabulary(len(PIECES))
    facts = DiarizerFacts(SORTFORMER, 4, BANDS, np.zeros(1, np.float32))

    def submit(unit: Unit) -> "Future[Any]":
        [tokens] = recognizer([unit.payload])
        unit.future.set_result(tokens)
        return unit.future

    return Engine(Ready("cpu", facts, BANDS, 80), PIECES), submit


@pytest.mark.parametrize("seconds", [5, 23, 25, 49, 240])
def test_no_word_is_lost_or_doubled_and_each_has_its_time(
    engine_and_submit: tuple[Engine, Any], seconds: int
) -> None:
    engine, submit = engine_and_submit
    samples, expected = tones(seconds)

    heard = engine.transcribe(
        Recording(samples, Request(seconds), submit, lambda future: future.result())
    )

    assert [word.text for word in heard] == [f"word{tone}" for tone, _ in expected]
    differences = [abs(w.start - at) for w, (_, at) in zip(heard, expected, strict=True)]
    assert max(differences) <= FRAME_S + 1e-6
