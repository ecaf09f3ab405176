"""Long recordings are cut into chunks in their pauses."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_django import Settings

from audio.context import ClientLeft
from audio.media.chunk_files import chunk_files, cut_chunks, quietest
from audio.media.decoding import SAMPLE_RATE
from audio.media.recording import Recording
from tests.recordings import square_wave, wav

Samples = NDArray[np.float32]


def sound(seconds: float, level: float = 0.25) -> Samples:
    """A tone of one level."""
    return np.full(round(seconds * SAMPLE_RATE), level, dtype=np.float32)


def in_blocks(samples: Samples) -> Iterator[Samples]:
    yield from np.array_split(samples, max(1, len(samples) // 100_000))


def with_pauses_at(seconds: float, *pauses: float) -> Samples:
    """Sound with half a second of silence around each of these times."""
    samples = sound(seconds)
    for pause in pauses:
        middle = round(pause * SAMPLE_RATE)
        samples[middle - SAMPLE_RATE // 4 : middle + SAMPLE_RATE // 4] = 0
    return samples


def seconds_of(path: Path) -> float:
    with wave.open(str(path)) as file:
        return float(file.getnframes() / file.getframerate())


def test_a_recording_is_cut_in_the_quietest_pause_near_the_planned_position(
    tmp_path: Path,
) -> None:
    samples = with_pauses_at(260.0, 93.0, 120.0, 204.0)

    first, second, last = cut_chunks(in_blocks(samples), 100.0, tmp_path)

    assert first.stop == pytest.approx(93.0, abs=0.11)
    assert second.stop == pytest.approx(204.0, abs=0.11)
    assert last.stop == 260.0


def test_one_chunk_owns_every_moment_and_neighbours_share_ten_seconds(
    tmp_path: Path,
) -> None:
    first, second, _ = cut_chunks(in_blocks(with_pauses_at(260.0, 93.0, 204.0)), 100.0, tmp_path)

    assert first.begin == 0.0
    assert second.begin == first.stop
    assert first.end - second.start == pytest.approx(10.0)
    assert first.end - first.stop == pytest.approx(5.0)


def test_a_chunk_is_a_file_of_its_whole_time(tmp_path: Path) -> None:
    chunks = list(cut_chunks(in_blocks(sound(250.0)), 100.0, tmp_path))

    assert [seconds_of(chunk.path) for chunk in chunks] == [
        pytest.approx(chunk.end - chunk.start) for chunk in chunks
    ]


def test_a_short_rest_is_joined_to_the_last_chunk(tmp_path: Path) -> None:
    [only] = cut_chunks(in_blocks(sound(159.0)), 100.0, tmp_path)

    assert (only.begin, only.stop, only.start, only.end) == (0.0, 159.0, 0.0, 159.0)


def test_even_sound_is_cut_at_the_planned_position(tmp_path: Path) -> None:
    first, *_ = cut_chunks(in_blocks(sound(250.0)), 100.0, tmp_path)

    assert first.stop == pytest.approx(100.0, abs=0.4)


def test_one_quiet_frame_inside_a_word_is_not_a_pause() -> None:
    samples = np.full(10 * SAMPLE_RATE, 1000, dtype=np.int16)
    samples[2 * SAMPLE_RATE : 2 * SAMPLE_RATE + 320] = 0
    samples[7 * SAMPLE_RATE : 7 * SAMPLE_RATE + 4800] = 10

    assert quietest(samples) / SAMPLE_RATE == pytest.approx(7.15, abs=0.03)


def test_an_empty_recording_is_one_chunk_without_length(tmp_path: Path) -> None:
    [only] = cut_chunks(iter([]), 100.0, tmp_path)

    assert only.end == 0.0


def test_the_files_are_deleted_after_the_block(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOADS_DIR = str(tmp_path / "uploads")
    recording = tmp_path / "a.wav"
    recording.write_bytes(wav(square_wave(4000, 170.0)))

    with chunk_files(Recording(recording), 100.0) as chunks:
        assert [chunk.path.exists() for chunk in chunks] == [True, True]

    assert list((tmp_path / "uploads").rglob("*.wav")) == []


def test_no_further_chunk_is_made_when_the_client_has_left(
    tmp_path: Path, settings: Settings
) -> None:
    settings.UPLOADS_DIR = str(tmp_path / "uploads")
    recording = tmp_path / "a.wav"
    recording.write_bytes(wav(square_wave(4000, 250.0)))
    made: list[str] = []

    def leave() -> None:
        made.extend(path.name for path in tmp_path.rglob("chunks-*/*.wav"))
        raise ClientLeft

    with pytest.raises(ClientLeft), chunk_files(Recording(recording), 100.0, after_each=leave):
        pass

    assert made == ["0.wav"]
    assert list((tmp_path / "uploads").rglob("*.wav")) == []
