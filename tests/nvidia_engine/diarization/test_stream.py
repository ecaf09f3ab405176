"""A graph whose answer is known: speaker i speaks where band i sounds."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from nvidia_engine.device import Device
from nvidia_engine.diarization.stream import StepInput, StepOutput, stream_activity
from nvidia_engine.features import SAMPLE_RATE, mel_filters, mel_rows
from nvidia_engine.sessions import StreamingDiarizer
from tests.nvidia_engine.models_folder import TINY

FRAME = 1280


def tones(minutes: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Build turns of 0.8 to 6 s on whole frames, a third of them overlapped, and who speaks."""
    rng, frames = np.random.default_rng(5), minutes * 60 * 100 // 8
    truth = np.zeros((frames, 4), bool)
    at = 5
    while at < frames - 60:
        speaker, length = int(rng.integers(4)), int(rng.integers(10, 75))
        truth[at : at + length, speaker] = True
        if rng.random() < 0.33:
            truth[at + length // 2 : at + length // 2 + 12, (speaker + 1) % 4] = True
        at += length + int(rng.integers(2, 20))
    return sum_of_tones(truth), truth


def sum_of_tones(truth: NDArray[np.bool_]) -> NDArray[np.float32]:
    times = np.arange(len(truth) * FRAME) / SAMPLE_RATE
    samples = np.zeros(len(times), np.float32)
    fade = np.hanning(161) / np.hanning(161).sum()
    for speaker in range(4):
        pitch = int(np.argmax(mel_filters(128)[speaker * 32 + 16])) * SAMPLE_RATE / 512
        gate = np.convolve(np.repeat(truth[:, speaker].astype(np.float32), FRAME), fade, "same")
        samples += (0.2 * np.sin(2 * np.pi * pitch * times) * gate).astype(np.float32)
    return samples


@pytest.fixture(scope="module")
def tone_diarizer(cpu: Device) -> StreamingDiarizer:
    return StreamingDiarizer(TINY / "tone.onnx", cpu)


def activity_of(diarizer: StreamingDiarizer, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    facts = diarizer.facts
    parts = stream_activity(
        diarizer,
        lambda start, end: mel_rows(samples, start, end, 128),
        len(samples) // 160,
        facts.geometry,
        facts.silence,
        facts.speakers,
    )
    return np.concatenate(list(parts))


def test_every_frame_of_a_long_stream_has_its_speakers(tone_diarizer: StreamingDiarizer) -> None:
    samples, truth = tones(minutes=2)

    assert np.array_equal(activity_of(tone_diarizer, samples) > 0.5, truth)


def test_steps_see_bounded_queues_whatever_the_length(tone_diarizer: StreamingDiarizer) -> None:
    seen: list[tuple[int, int, int]] = []
    geometry = tone_diarizer.facts.geometry

    def step(asked: StepInput) -> StepOutput:
        seen.append((len(asked.chunk), len(asked.cache), len(asked.fifo)))
        rows = -(-len(asked.chunk) // 8)
        total = len(asked.cache) + len(asked.fifo) + rows
        return StepOutput(np.full((total, 4), 0.9, np.float32), np.ones((rows, 5), np.float32))

    def mel(start: int, end: int) -> NDArray[np.float32]:
        return np.zeros((end - start, 128), np.float32)

    parts = list(stream_activity(step, mel, 90_000, geometry, np.zeros(5, np.float32), 4))

    assert sum(map(len, parts)) == 90_000 // 8
    assert max(chunk for chunk, _, _ in seen) == (1 + 340 + 40) * 8
    assert max(cache for _, cache, _ in seen) <= geometry.cache
    assert max(fifo for _, _, fifo in seen) <= geometry.fifo


@pytest.mark.parametrize("frames", [1, 7, 8, 9, 2_719, 2_720, 2_721, 5_441])
def test_every_length_has_its_frames(frames: int, tone_diarizer: StreamingDiarizer) -> None:
    samples = np.zeros(frames * 160, np.float32)

    assert len(activity_of(tone_diarizer, samples)) == -(-frames // 8)


def test_an_export_of_fixed_shapes_gives_what_a_dynamic_one_gives(
    cpu: Device, tmp_path: Path, tone_diarizer: StreamingDiarizer
) -> None:
    static = StreamingDiarizer(with_fixed_shapes(TINY / "tone.onnx", tmp_path / "fixed.onnx"), cpu)
    samples, _ = tones(minutes=1)

    assert np.array_equal(activity_of(static, samples), activity_of(tone_diarizer, samples))


def with_fixed_shapes(path: Path, target: Path) -> Path:
    """Copy a graph as some exports are: a chunk, a cache and a queue of one length only."""
    graph = onnx.load(path)
    rows = {"chunk": (1 + 340 + 40) * 8, "spkcache": 188, "fifo": 40}
    for value in graph.graph.input:
        if value.name in rows:
            value.type.tensor_type.shape.dim[1].dim_value = rows[value.name]
    onnx.save(graph, target)
    return target
