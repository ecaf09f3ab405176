"""The `diarize` command, interrupted and run again."""

import ctypes
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from tests.audio.archive.engine import count_requests, recording
from tests.audio.management.command import COMMAND, Held, begun, environment, run
from tests.engine_answers import DIARIZE, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import ROOT
from tests.recordings import square_wave, wav
from tests.waiting import until

A, B, C = recording(0), recording(1), recording(2)
CAPABILITIES_OVER_FILES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
PR_CAPBSET_DROP = 24
IN_A_TERMINAL = (
    *(sys.executable, "-c"),
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
)


@pytest.fixture
def held(engine: FaultServer) -> Iterator[Held]:
    """Return an engine that holds the second of three recordings until it is released."""
    made = Held(engine, B)
    yield made
    made.release()


def unfinished(out: Path) -> list[Path]:
    return list(out.rglob("*.part"))


def test_what_was_done_before_a_kill_is_not_done_again(
    engine: FaultServer, folder: Path, out: Path, held: Held
) -> None:
    with begun(engine, folder, "--out", out) as killed:
        held.wait()
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    held.release()

    again = run(engine, folder, "--out", out)

    assert again.returncode == 0
    assert [count_requests(engine, content) for content in (A, B, C)] == [1, 2, 1]
    assert "there already           1" in again.stdout
    assert unfinished(out) == []


def test_what_is_under_way_at_a_signal_is_written(
    engine: FaultServer, folder: Path, out: Path, held: Held
) -> None:
    with begun(engine, folder, "--out", out) as asked:
        held.wait()
        until(lambda: engine.paths().count(DIARIZE) == 2)
        asked.send_signal(signal.SIGINT)
        assert asked.stderr is not None
        lines = asked.stderr.readline() + asked.stderr.readline()
        assert "Stopping: no further recording is begun" in lines
        held.release()
        output, why = asked.communicate(timeout=60)

    assert asked.returncode == 1
    assert (out / "b.json").is_file()
    assert "left                    1" in output
    assert "Stopped (SIGINT): 1 of 3 are left. To continue, run the same command again." in why
    assert count_requests(engine, C) == 0


def test_no_chunk_of_a_long_recording_is_begun_after_a_signal(
    engine: FaultServer, folder: Path, out: Path
) -> None:
    (folder / "long.wav").write_bytes(wav(square_wave(4000, 330.0)))
    held = Held(engine, b"RIFF")
    short = {"CHUNK_AFTER_S": "90", "CHUNK_S": "60"}
    with begun(engine, folder / "long.wav", "--out", out, **short) as asked:
        until(lambda: engine.paths().count(TRANSCRIBE) == 4)
        asked.send_signal(signal.SIGTERM)
        until(lambda: _has_noticed(asked))
        held.release()
        asked.communicate(timeout=60)

    assert asked.returncode == 1
    assert engine.paths().count(TRANSCRIBE) == 4
    assert [path.name for path in out.iterdir()] == ["archive.jsonl"]


def _has_noticed(process: "Popen[str]") -> bool:
    assert process.stderr is not None
    return "Stopping" in process.stderr.readline()


def test_a_second_signal_exits_immediately(
    engine: FaultServer, folder: Path, out: Path, held: Held
) -> None:
    with begun(engine, folder, "--out", out) as asked:
        held.wait()
        asked.send_signal(signal.SIGTERM)
        until(lambda: _has_noticed(asked))
        asked.send_signal(signal.SIGTERM)

        assert asked.wait(60) == 128 + signal.SIGTERM


def test_only_those_that_were_left_are_done_after_a_signal(
    engine: FaultServer, folder: Path, out: Path, held: Held
) -> None:
    with begun(engine, folder, "--out", out) as asked:
        held.wait()
        asked.send_signal(signal.SIGINT)
        until(lambda: _has_noticed(asked))
        held.release()
        asked.communicate(timeout=60)

    run(engine, folder, "--out", out)

    assert count_requests(engine, A) == 1
    assert (out / "may" / "c.json").is_file()


def test_a_closed_pipe_stops_the_run(engine: FaultServer, folder: Path, out: Path) -> None:
    with begun(engine, folder, "--out", out) as unread:
        assert unread.stdout
        assert unread.stderr
        unread.stdout.close()
        complaint = unread.stderr.read()

    again = run(engine, folder, "--out", out)

    assert unread.returncode == 1
    assert complaint.startswith("CommandError: Stopped (the reader of its output has gone): 3 of")
    assert "done                    3" in again.stdout


def test_recordings_done_after_the_pipe_closed_are_noted(
    engine: FaultServer, folder: Path, out: Path, held: Held
) -> None:
    with begun(engine, folder, "--out", out) as unread:
        assert unread.stdout
        held.wait()
        unread.stdout.close()
        held.release()
        unread.wait()

    again = run(engine, folder, "--out", out)

    assert [count_requests(engine, content) for content in (A, B, C)] == [1, 1, 1]
    assert "there already           2" in again.stdout


def test_wrong_usage_has_a_status_of_its_own(engine: FaultServer, folder: Path) -> None:
    ended = run(engine, folder)

    assert ended.returncode == 2
    assert "the following arguments are required: --out" in ended.stderr


def _with_no_right_to_every_file() -> None:
    """Drop the capabilities with which root can read every file."""
    libc = ctypes.CDLL(None)
    [libc.prctl(PR_CAPBSET_DROP, capability) for capability in CAPABILITIES_OVER_FILES]


def test_a_file_that_may_not_be_read_fails_with_a_reason(
    engine: FaultServer, folder: Path, out: Path
) -> None:
    (folder / "b.wav").chmod(0)

    ended = run(engine, folder, "--out", out, preexec_fn=_with_no_right_to_every_file)

    assert ended.returncode == 1
    assert "b.wav: Permission denied." in ended.stdout
    assert (out / "a.json").is_file()


def test_a_terminal_shows_how_far_it_is(engine: FaultServer, folder: Path, out: Path) -> None:
    command = (*IN_A_TERMINAL, *COMMAND, str(folder), "--out", str(out))
    env = environment(engine, TERM="xterm", COLUMNS="120")
    with Popen(command, cwd=ROOT, env=env, stdin=PIPE, stdout=PIPE, text=True) as shown:
        output, _ = shown.communicate(timeout=60)

    assert shown.returncode == 0
    assert "0:00:06 of 0:00:06" in output
    assert "× real time" in output  # noqa: RUF001
    assert "done    a" not in output
