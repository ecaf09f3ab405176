"""Tests of recordings as Opus: length, parts of it, waveform, and silence."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audio.media.decoding import clips
from audio.media.opus_files import PEAKS_PER_S, opus_file, read_span
from audio.media.recording import Recording
from audio.merge.values import Span


@pytest.fixture(scope="module")
def recording(mic: Path) -> Recording:
    return Recording(mic, ".wav")


@pytest.fixture(scope="module")
def opus(recording: Recording) -> Iterator[Path]:
    with opus_file(recording) as made:
        yield made.path


@pytest.mark.parametrize("span", [Span(0, 1.5), Span(11.25, 13.0), Span(24.0, 26.0)])
def test_a_part_of_the_file_is_that_part_of_the_recording(
    recording: Recording, opus: Path, span: Span
) -> None:
    [heard] = clips(recording, [span])

    with opus.open("rb") as file:
        part = read_span(file, span)

    assert len(part) == len(heard) == round((span.end - span.start) * 16_000)
    assert np.corrcoef(part, heard)[0, 1] > 0.9


def test_beyond_the_end_is_silence(opus: Path) -> None:
    with opus.open("rb") as file:
        part = read_span(file, Span(10_000, 10_001))

    assert len(part) == 16_000
    assert not part.any()


def test_a_person_is_silent_in_the_spans_and_nowhere_else(recording: Recording) -> None:
    with opus_file(recording, silent=[Span(11, 13)]) as opus, opus.path.open("rb") as file:
        inside, outside = read_span(file, Span(11.1, 12.9)), read_span(file, Span(14, 16))

    assert np.abs(inside.astype(int)).max() < 50 < np.abs(outside.astype(int)).max()


def test_the_waveform_has_a_peak_for_each_twentieth_of_a_second(recording: Recording) -> None:
    with opus_file(recording, silent=[Span(11, 13)]) as opus:
        peaks = np.frombuffer(opus.peaks, np.uint8)

    assert len(peaks) == np.ceil(opus.seconds * PEAKS_PER_S)
    assert not peaks[11 * PEAKS_PER_S : 13 * PEAKS_PER_S].any()
    assert peaks[14 * PEAKS_PER_S : 16 * PEAKS_PER_S].any()
