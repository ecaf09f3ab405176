"""A recording that breaks, fills or stalls its decoder is refused, and does no other harm."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest
from pytest_django import Settings

from audio.media.decoders import pool, process
from audio.media.decoders.pool import AllBusy, Decoders
from audio.media.decoders.process import Decoder, Died, Limits, Refused
from audio.media.decoding import AudioTooLong, UndecodableAudio, length_s, sample_blocks
from audio.media.recording import Recording
from tests.gateway_process import ROOT
from tests.recordings import SWELLING_MB, TONE, square_wave, swelling, wav

LIMITS = Limits(longest_s=3600, memory_bytes=SWELLING_MB * 1024**2, cpu_s=60)
LONG = wav(square_wave(4000, 300.0))


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.end()


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    path = tmp_path / "tone.wav"
    path.write_bytes(TONE)
    return path


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Five minutes: more than the pipe holds."""
    path = tmp_path / "long.wav"
    path.write_bytes(LONG)
    return path


@pytest.fixture
def swollen(tmp_path: Path) -> Path:
    path = tmp_path / "swollen.wav"
    path.write_bytes(swelling())
    return path


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    with suppress(FileNotFoundError):
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


def byte_count(decoder: Decoder, path: Path, limits: Limits = LIMITS) -> int:
    with path.open("rb") as recording:
        return sum(map(len, decoder.samples(recording, limits)))


def read_while_signalled(decoder: Decoder, recording: IO[bytes], how: signal.Signals) -> None:
    """Read all of a recording whose decoder gets a signal at the first samples."""
    for _block in decoder.samples(recording, LIMITS):
        os.kill(decoder.pid, how)


def test_a_decoder_decodes_one_recording_after_another(decoder: Decoder, tone: Path) -> None:
    assert [byte_count(decoder, tone) for _time in range(3)] == [64_000] * 3


def test_a_recording_that_takes_too_much_memory_is_refused(
    decoder: Decoder, swollen: Path
) -> None:
    with pytest.raises(Refused):
        byte_count(decoder, swollen)


def test_a_decoder_that_ran_out_of_memory_is_replaced(decoder: Decoder, swollen: Path) -> None:
    with suppress(Refused):
        byte_count(decoder, swollen)

    assert not decoder.is_fit()


def test_a_recording_that_takes_too_much_time_is_refused(decoder: Decoder, long: Path) -> None:
    with pytest.raises(Refused):
        byte_count(decoder, long, Limits(longest_s=3600, memory_bytes=1024**3, cpu_s=0))


def test_a_recording_that_breaks_its_decoder_is_refused(decoder: Decoder, long: Path) -> None:
    with long.open("rb") as recording, pytest.raises(Refused):
        read_while_signalled(decoder, recording, signal.SIGSEGV)


def test_a_killed_decoder_does_not_count_against_the_recording(
    decoder: Decoder, long: Path
) -> None:
    with long.open("rb") as recording, pytest.raises(Died):
        read_while_signalled(decoder, recording, signal.SIGKILL)


def test_a_recording_that_hangs_its_decoder_is_refused(
    decoder: Decoder, long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SILENT_S", 0.3)

    with long.open("rb") as recording, pytest.raises(Refused):
        read_while_signalled(decoder, recording, signal.SIGSTOP)


def test_a_decoder_whose_samples_are_dropped_takes_the_next_recording(
    decoder: Decoder, long: Path, tone: Path
) -> None:
    with long.open("rb") as recording:
        samples = decoder.samples(recording, LIMITS)
        next(samples)
        samples.close()

    assert decoder.is_fit()
    assert byte_count(decoder, tone) == 64_000


def test_after_many_recordings_another_process_takes_over(
    tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MAX_RECORDINGS", 2)
    decoders = Decoders(1)

    pids = [decoding_pid(decoders, tone) for _time in range(3)]
    decoders.end()

    assert pids[0] == pids[1] != pids[2]


def decoding_pid(decoders: Decoders, path: Path) -> int:
    with decoders.one(is_long=True) as decoder:
        byte_count(decoder, path)
        return decoder.pid


def test_a_decoder_that_died_while_idle_is_replaced(tone: Path) -> None:
    decoders = Decoders(1)
    os.kill(decoding_pid(decoders, tone), signal.SIGKILL)
    time.sleep(0.1)

    with decoders.one(is_long=True) as decoder:
        assert byte_count(decoder, tone) == 64_000
    decoders.end()


def test_whole_recordings_wait_for_each_other_and_quick_looks_do_not(
    tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WAIT_S", 0.1)
    decoders = Decoders(1)

    with decoders.one(is_long=True), decoders.one(is_long=False) as quick:
        with tone.open("rb") as recording:
            assert quick.look_at("declared", recording, LIMITS)["seconds"] == 1.0
        with pytest.raises(AllBusy), decoders.one(is_long=True):
            raise AssertionError("a second one began")
    decoders.end()


def test_only_a_few_whole_recordings_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MAX_WAITING", 0)
    decoders = Decoders(1)

    with pytest.raises(AllBusy), decoders.one(is_long=True):
        raise AssertionError("it waited")


def test_a_decoder_that_cannot_be_started_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    decoders, before = Decoders(1), len(os.listdir("/proc/self/fd"))

    with pytest.raises(Died), decoders.one(is_long=True):
        raise AssertionError("it was started")

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_waiting_job_gets_the_next_free_decoder(tone: Path) -> None:
    decoders = Decoders(1)

    with decoders.one(is_long=True):
        waiting = ThreadPoolExecutor().submit(decoding_pid, decoders, tone)
        with pytest.raises(TimeoutError):
            waiting.result(0.2)

    assert waiting.result(30)
    decoders.end()


KEEPS_ONE = """
import sys, time
from audio.media.decoders.process import Decoder, Limits
decoder = Decoder()
samples = decoder.samples(open(sys.argv[1], "rb"), Limits(3600, 1024**3, 60))
next(samples)
print(decoder.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_decoder_ends_with_the_process_that_started_it(how: signal.Signals, long: Path) -> None:
    command = [sys.executable, "-c", KEEPS_ONE, str(long)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.send_signal(how)
        owner.wait()
    time.sleep(0.5)

    assert not is_alive(pid)


def test_a_stopped_decoder_ends_with_its_owner(long: Path) -> None:
    command = [sys.executable, "-c", KEEPS_ONE, str(long)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        os.kill(pid, signal.SIGSTOP)
        owner.kill()
        owner.wait()
    os.kill(pid, signal.SIGCONT)
    time.sleep(0.5)

    assert not is_alive(pid)


def test_a_decoder_gets_no_secret(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Path(f"/proc/{decoder.pid}/environ").read_text()

    assert {line.partition("=")[0] for line in environment.split("\0") if line} <= {
        "PYTHONPATH",
        "OPENBLAS_NUM_THREADS",
    }


def test_the_field_of_a_recording_that_exceeds_its_limits_is_named(
    swollen: Path, settings: Settings
) -> None:
    settings.DECODER_MEMORY_MB = SWELLING_MB

    with pytest.raises(UndecodableAudio, match="mic_file"):
        list(sample_blocks(Recording(swollen, field="mic_file")))


def test_a_recording_that_declares_too_much_is_refused(long: Path, settings: Settings) -> None:
    settings.MAX_AUDIO_S = 60

    with pytest.raises(AudioTooLong, match="mic_file"):
        length_s(Recording(long, field="mic_file"))


def test_a_recording_that_turns_out_too_long_is_refused(long: Path, settings: Settings) -> None:
    settings.MAX_AUDIO_S = 60

    with pytest.raises(AudioTooLong, match="mic_file"):
        list(sample_blocks(Recording(long, field="mic_file")))
