"""The cost of the NVIDIA engine's own code, without trained models.

    python -m benchmarks.nvidia_engine
    python -m benchmarks.nvidia_engine --known-answers 2

Times are those of one processor.
"""

import argparse
import io
import time
import wave
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from nvidia_engine.device import Device
from nvidia_engine.diarization.geometry import NEMOTRON
from nvidia_engine.diarization.stream import StepInput, StepOutput, stream_activity
from nvidia_engine.diarization.turns import NEMOTRON as PRESET
from nvidia_engine.diarization.turns import find_turns
from nvidia_engine.features import SAMPLE_RATE, Features, Samples, frame_count, mel_rows
from nvidia_engine.sessions import Recognizer
from tests.nvidia_engine.http.engine_process import EngineProcess, running_engine, wait_healthy
from tests.nvidia_engine.known_answers.engines import make_known_models
from tests.nvidia_engine.known_answers.recordings import (
    FRAME_S,
    expected_turns,
    spoken_turns,
    spoken_words,
)
from tests.nvidia_engine.known_answers.voice_graphs import VOICES
from tests.nvidia_engine.models_folder import TINY, make_models_folder
from tests.waiting import until

PROGRAM = Path(__file__).resolve().parents[1] / "nvidia_engine"
MINUTES = 20
SPEAKERS, WIDTH = 8, 512


def main() -> int:
    """Print a table of figures."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.nvidia_engine", description=__doc__
    )
    parser.add_argument(
        "--hours", type=float, default=4.0, help="of the recording that memory is measured on"
    )
    parser.add_argument(
        "--known-answers",
        type=float,
        metavar="HOURS",
        help="instead, ask a running engine for every word and turn of a recording of this length",
    )
    options = parser.parse_args()
    if options.known_answers:
        return ask_known_answers(options.known_answers)
    print("| | |\n| --- | --- |")
    print(f"| own code, lines of Python | {own_lines()} |")
    samples = noise(MINUTES * 60)
    seconds = len(samples) / SAMPLE_RATE
    for name, work in WORKS.items():
        print(f"| {name}, times real time | {seconds / timed(partial(work, samples)):.0f} |")
    for batch in (1, 16):
        frames = decoded_frames_a_second(batch)
        print(f"| decoder loop at batch {batch}, frames of 80 ms a second | {frames:.0f} |")
    for name, megabytes in memory(options.hours).items():
        print(f"| {name} | {megabytes} MiB |")
    return 0


def own_lines() -> int:
    """Count the lines of the program, without its tests."""
    return sum(len(path.read_text().splitlines()) for path in PROGRAM.rglob("*.py"))


def noise(seconds: float) -> Samples:
    """Make noise: what it sounds like costs nothing here."""
    rng = np.random.default_rng(0)
    return (rng.standard_normal(int(seconds * SAMPLE_RATE)) * 0.1).astype(np.float32)


def timed(work: Callable[[], object]) -> float:
    """Give the processor seconds of the median of three runs."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return sorted(times)[1]


def features(samples: Samples) -> Features:
    """Compute the features of a recording."""
    return mel_rows(samples, 0, frame_count(len(samples)), 128)


def stream(samples: Samples) -> None:
    """Run a stream with its cache, around a graph that answers at random."""
    rng = np.random.default_rng(0)
    mel = np.zeros((frame_count(len(samples)), 128), np.float32)

    def step(asked: StepInput) -> StepOutput:
        rows = -(-len(asked.chunk) // 8)
        total = len(asked.cache) + len(asked.fifo) + rows
        fine = rng.beta(0.3, 0.9, (total * 8, SPEAKERS)).astype(np.float32)
        coarse = fine.reshape(total, 8, SPEAKERS).mean(axis=1)
        return StepOutput(coarse, rng.random((rows, WIDTH), np.float32), fine)

    silence = np.zeros(WIDTH, np.float32)
    for _ in stream_activity(step, lambda a, b: mel[a:b], len(mel), NEMOTRON, silence, SPEAKERS):
        pass


def turns(samples: Samples) -> None:
    """Turn activity of 10 ms into turns."""
    frames = frame_count(len(samples))
    activity = np.repeat(
        np.random.default_rng(0).integers(0, 255, (frames // 50, SPEAKERS)), 50, 0
    )
    find_turns(activity.astype(np.uint8), 0.01, PRESET)


WORKS: dict[str, Callable[[Samples], object]] = {
    "features": features,
    "stream and cache of eight speakers": stream,
    "turns of eight speakers": turns,
}


def decoded_frames_a_second(batch: int) -> float:
    """Measure the TDT loop around a tiny decoder."""
    device = Device("cpu", threads=1)
    recognizer = Recognizer(TINY / "encoder-model.onnx", TINY / "decoder_joint-model.onnx", device)
    encoded = np.random.default_rng(1).standard_normal((batch, 64, 300)).astype(np.float32) * 10
    counts = np.full(batch, 300)
    return batch * 300 / timed(lambda: recognizer.decode(encoded, counts))


def memory(hours: float) -> dict[str, int]:
    """Measure the server's and the child's peak over a short and a long recording."""
    peaks = {}
    with TemporaryDirectory() as folder, open_engine(Path(folder)) as engine:
        wait_healthy(engine)
        for name, seconds in (("10 minutes", 600.0), (f"{hours:g} hours", hours * 3600)):
            recording = Path(folder) / "recording.wav"
            write_noise(recording, seconds)
            with recording.open("rb") as file:
                answer = engine.client.post(
                    "/v1/audio/diarize-chunk", files={"file": file}, timeout=None
                )
            answer.raise_for_status()
            peaks[f"child after {name}"] = int(str(engine.health()["peak_memory_mb"]))
            peaks[f"server after {name}"] = server_peak_mb(engine)
    return peaks


def open_engine(folder: Path) -> AbstractContextManager[EngineProcess]:
    """Start the engine over tiny graphs."""
    return running_engine(make_models_folder(folder / "models"), folder / "log", PROBE_S="3600")


def write_noise(path: Path, seconds: float) -> None:
    """Write a WAV of the same minute again and again."""
    minute = (noise(60) * 32_767).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for _ in range(round(seconds / 60)):
            file.writeframesraw(minute)


def ask_known_answers(hours: float) -> int:
    """Ask graphs with known answers over HTTP; 1 when a word, a turn or a voice is wrong."""
    with TemporaryDirectory() as folder:
        models = make_known_models(Path(folder) / "models")
        with running_engine(models, Path(folder) / "log", START_LIMIT_S="86400") as engine:
            # Their folder has the known answer of other graphs.
            until(lambda: engine.health().get("status") == "probe_failed")
            is_right = ask_words(engine, hours * 3600, Path(folder))
            is_right &= ask_turns(engine, hours * 3600, Path(folder))
    return 0 if is_right else 1


def ask_words(engine: EngineProcess, seconds: float, folder: Path) -> bool:
    """Ask for every word, and compare its text and its beginning."""
    samples, expected = spoken_words(seconds)
    heard = answer(engine, "/v1/audio/transcriptions", samples, folder)["words"]
    texts = [word["text"] for word in heard] == [text for text, _ in expected]
    pairs = zip(heard, expected, strict=False)
    worst_s = max(abs(word["start"] - at) for word, (_, at) in pairs)
    print(f"{len(heard)} words of {len(expected)}, texts {'equal' if texts else 'DIFFER'}")
    print(f"largest difference of their beginnings: {worst_s:.3f} s")
    return texts and worst_s <= FRAME_S + 1e-6


def ask_turns(engine: EngineProcess, seconds: float, folder: Path) -> bool:
    """Ask for every turn of eight voices, and for their embeddings."""
    spoken = spoken_turns(seconds, VOICES)
    body = answer(engine, "/v1/audio/diarize-chunk", spoken.samples, folder)
    found = [(one["speaker"], one["start_s"], one["end_s"]) for one in body["segments"]]
    expected = expected_turns(spoken.truth)
    vectors = np.array([body["fingerprints"][label] for label in body["speakers_detected"]])
    off = float(np.abs(vectors @ vectors.T - np.eye(VOICES)).max())
    wrong = len(set(found) ^ set(expected))
    print(f"{len(found)} turns of {len(expected)}, {wrong} wrong")
    print(f"embeddings of {len(vectors)} voices, largest cosine of two: {off:.1e}")
    return found == expected and off < 1e-5


def answer(engine: EngineProcess, path: str, samples: Samples, folder: Path) -> dict[str, Any]:
    """Send samples as WAV."""
    recording = folder / "recording.wav"
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for first in range(0, len(samples), 60 * SAMPLE_RATE):
            minute = samples[first : first + 60 * SAMPLE_RATE]
            file.writeframesraw((minute * 32_767).astype("<i2").tobytes())
    with recording.open("rb") as file_:
        answered = engine.client.post(path, files={"file": file_}, timeout=None)
    return dict(answered.raise_for_status().json())


def server_peak_mb(engine: EngineProcess) -> int:
    """Read the peak of the server's worker, which holds streams and features."""
    children = Path(f"/proc/{engine.process.pid}/task/{engine.process.pid}/children").read_text()
    status = Path(f"/proc/{children.split()[0]}/status").read_text()
    line = next(line for line in io.StringIO(status) if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    raise SystemExit(main())
