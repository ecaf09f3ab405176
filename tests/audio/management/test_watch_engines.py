"""manage.py watch_engines, as a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tests.audio.engines.recovery.docker_daemon import running_docker_daemon
from tests.audio.engines.recovery.engine import heal, wedge
from tests.audio.management.command import PATIENCE_S, environment
from tests.engine_answers import TRANSCRIBE
from tests.faults import Answer, Asked, FaultServer
from tests.gateway_process import ROOT
from tests.waiting import until

LOG = "watch.log"
COMMAND = (sys.executable, "manage.py", "watch_engines")


def once(faults: FaultServer, folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    env = environment(faults, RECOVERY_DIR=str(folder / "recovery"), **settings)
    command = [*COMMAND, "--once"]
    return subprocess.run(
        command, cwd=ROOT, env=env, text=True, capture_output=True, timeout=PATIENCE_S
    )


@contextmanager
def watching(
    faults: FaultServer, folder: Path, **settings: str
) -> Iterator["subprocess.Popen[str]"]:
    given = {"DJANGO_SETTINGS_MODULE": "tests.short_waits", "PROBE_TIMEOUT_S": "60"} | settings
    env = environment(faults, RECOVERY_DIR=str(folder / "recovery"), **given)
    with (
        (folder / LOG).open("w") as log,
        subprocess.Popen(COMMAND, cwd=ROOT, env=env, text=True, stderr=log) as made,
    ):
        try:
            yield made
        finally:
            made.kill()


def states(folder: Path) -> list[str]:
    """Return the states that were logged so far."""
    lines = (folder / LOG).read_text().splitlines(keepends=True)
    return [json.loads(line)["state"] for line in lines if line.endswith("\n")]


def end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0


def test_once_prints_the_state_of_each_engine(faults: FaultServer, tmp_path: Path) -> None:
    heal(faults)

    ran = once(faults, tmp_path)

    assert (ran.returncode, ran.stdout) == (0, "parakeet  healthy     It answered correctly.\n")


def test_once_fails_when_an_engine_is_not_well(faults: FaultServer, tmp_path: Path) -> None:
    heal(faults)
    wedge(faults)

    ran = once(faults, tmp_path, KOKORO_URL="http://127.0.0.1:1")

    assert ran.returncode == 1
    assert ran.stdout.splitlines()[0].startswith("parakeet  wedged      It answers 500.")
    assert ran.stdout.splitlines()[1] == "kokoro    down        It cannot be reached."


def test_without_an_engine_there_is_nothing_to_watch(faults: FaultServer, tmp_path: Path) -> None:
    assert once(faults, tmp_path, PARAKEET_URL="").returncode == 2


def test_without_a_folder_it_does_not_begin(faults: FaultServer, tmp_path: Path) -> None:
    ran = once(faults, Path("/proc/nothing"))

    assert ran.returncode == 2
    assert "RECOVERY_DIR" in ran.stderr


def test_it_restarts_what_it_finds_wedged(faults: FaultServer, tmp_path: Path) -> None:
    wedge(faults)
    restarts = {"RESTART_WITH": "docker", "PARAKEET_CONTAINER": "engine"}

    with running_docker_daemon(tmp_path) as docker:
        docker.when_restarted = lambda name: heal(faults)
        with watching(faults, tmp_path, DOCKER_URL=docker.url, **restarts) as process:
            until(lambda: "healthy" in states(tmp_path))
            end(process)

    assert states(tmp_path) == ["restarting", "healthy"]
    assert docker.restarts == ["engine"]


def test_each_round_probes_again(faults: FaultServer, tmp_path: Path) -> None:
    heal(faults)

    with watching(faults, tmp_path, WATCH_INTERVAL_S="0.05") as process:
        until(lambda: faults.paths().count(TRANSCRIBE) >= 3)
        end(process)

    assert states(tmp_path) == ["healthy"]


def test_it_ends_while_an_engine_hangs(faults: FaultServer, tmp_path: Path) -> None:
    released = Event()

    def hang(asked: Asked) -> Answer:
        released.wait(PATIENCE_S)
        return Answer()

    faults.respond(TRANSCRIBE, hang)

    with watching(faults, tmp_path, PROBE_TIMEOUT_S="600") as process:
        until(lambda: faults.paths() == [TRANSCRIBE])
        end(process)
        released.set()

    assert states(tmp_path) == []
