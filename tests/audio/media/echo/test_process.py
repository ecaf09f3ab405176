"""The echo is cancelled in a process apart, and what breaks there breaks nothing else."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from audio.media.decoding import sample_blocks
from audio.media.echo import process
from audio.media.echo.process import EchoLimits, EchoNotCancelled, cancel
from audio.media.echo.raw_tracks import RawFile, raw_file
from audio.media.recording import Recording
from tests.audio.merge.tracks.echoes import Samples, decibels, heard, room, speech
from tests.gateway_process import ROOT
from tests.recordings import wav

LIMITS = EchoLimits(processes=2, memory_bytes=1024**3, cpu_s=60)
SYSTEM = speech(16.0, 1)
MIC = 0.5 * speech(16.0, 2) + heard(SYSTEM, room(), 0.06)


def sixteen_bits(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return (samples * 16_000).clip(-32_768, 32_767).astype("<i2")


def raw(folder: Path, name: str, samples: Samples) -> RawFile:
    path = folder / name
    path.write_bytes(sixteen_bits(samples).tobytes())
    return RawFile(path, 0, len(samples))


def whole(path: Path) -> Samples:
    return np.concatenate(list(sample_blocks(Recording(path, ".wav")))).astype(float)


def test_the_echo_is_found_and_cancelled(tmp_path: Path) -> None:
    mic = raw(tmp_path, "mic", MIC)

    found = cancel(mic, raw(tmp_path, "system", SYSTEM), tmp_path, LIMITS)

    assert found.path is not None
    assert found.path.lag == pytest.approx(0.06, abs=0.001)
    assert found.levels is not None
    assert found.levels.duration == pytest.approx(16.0)
    left = whole(found.wav)
    assert len(left) == mic.samples
    assert decibels(left, whole(found.wav) * 0 + mic.read()) > 3


def test_tracks_without_an_echo_have_no_path(tmp_path: Path) -> None:
    found = cancel(
        raw(tmp_path, "mic", speech(16.0, 2)), raw(tmp_path, "system", SYSTEM), tmp_path, LIMITS
    )

    assert (found.path, found.levels) == (None, None)


def test_too_little_memory_is_no_result(tmp_path: Path) -> None:
    limits = EchoLimits(processes=2, memory_bytes=64 * 1024**2, cpu_s=60)

    with pytest.raises(EchoNotCancelled, match="without an answer"):
        cancel(raw(tmp_path, "mic", MIC), raw(tmp_path, "system", SYSTEM), tmp_path, limits)


def test_a_process_that_is_too_slow_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "START_S", 0.0)
    monkeypatch.setattr(process, "SHARE", 0.0)

    with pytest.raises(EchoNotCancelled, match="too slow"):
        cancel(raw(tmp_path, "mic", MIC), raw(tmp_path, "system", SYSTEM), tmp_path, LIMITS)


def test_a_result_that_is_not_wanted_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "CHECK_S", 0.001)

    def leave() -> None:
        raise ConnectionAbortedError

    begun = time.monotonic()
    with pytest.raises(ConnectionAbortedError):
        cancel(
            raw(tmp_path, "mic", MIC),
            raw(tmp_path, "system", SYSTEM),
            tmp_path,
            LIMITS,
            while_waiting=leave,
        )

    assert time.monotonic() - begun < 5.0


def test_a_plain_wav_of_16_khz_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_bytes(wav(sixteen_bits(SYSTEM)))

    with raw_file(Recording(path, ".wav")) as found:
        assert found.path == path
        assert np.array_equal(found.read() * 32_768, sixteen_bits(SYSTEM))


def test_any_other_recording_is_decoded_to_16_khz_and_one_channel(tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_bytes(wav(sixteen_bits(SYSTEM), sample_rate=8_000))

    with raw_file(Recording(path, ".wav")) as found:
        assert found.path != path
        assert found.seconds == pytest.approx(32.0, abs=0.01)
    assert not found.path.exists()


def test_the_program_imports_no_django() -> None:
    look = "import sys, audio.media.echo.program; sys.exit('django' in sys.modules)"

    ended = subprocess.run([sys.executable, "-c", look], cwd=ROOT, check=False)

    assert ended.returncode == 0
