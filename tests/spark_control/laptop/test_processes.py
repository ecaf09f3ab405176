"""How the launcher ends: with the command's exit status, and with no process left."""

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.spark_control.laptop.launcher import SLOW, WAIT, Laptop, kill, supervisor_of
from tests.waiting import PATIENCE_S

IN_A_TERMINAL = (
    *(sys.executable, "-c"),
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
)
COUNT_INTERRUPTS = """
import signal, sys, time
seen = []
signal.signal(signal.SIGINT, lambda *_: seen.append(1))
print("up", flush=True)
while not seen:
    time.sleep(0.02)
time.sleep(0.5)
sys.exit(40 + len(seen))
"""


def press_ctrl_c(terminal: subprocess.Popen[bytes]) -> None:
    assert terminal.stdin
    terminal.stdin.write(b"\x03")
    terminal.stdin.flush()


def test_the_exit_status_is_the_commands(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--no-database", "--", "sh", "-c", "exit 3")

    assert ran.returncode == 3


def test_a_command_that_a_signal_ended_is_reported_as_a_shell_would(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--no-database", "--", "sh", "-c", "kill -9 $$")

    assert ran.returncode == 137


def test_a_failing_command_leaves_nothing_behind(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    ran = laptop.run("--", "python", "-c", WAIT.replace("time.sleep(100)", "1 / 0"))

    assert ran.returncode == 1
    assert left_behind() == set()


@pytest.mark.parametrize(
    ("how", "status"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 143), (signal.SIGKILL, -9)],
)
def test_a_signal_to_the_launcher_leaves_nothing_behind(
    laptop: Laptop, left_behind: Callable[[], set[str]], how: signal.Signals, status: int
) -> None:
    with laptop.started("--", "python", "-c", WAIT) as launcher:
        launcher.send_signal(how)
        launcher.wait(PATIENCE_S)

    assert launcher.returncode == status
    assert left_behind() == set()


def test_a_killed_supervisor_leaves_nothing_behind(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    with laptop.started("--", "python", "-c", WAIT) as launcher:
        kill(supervisor_of(launcher))

    assert launcher.returncode == 137
    assert left_behind() == set()


def test_killing_launcher_and_supervisor_together_leaves_nothing_behind(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    with laptop.started("--", "python", "-c", SLOW) as launcher:
        kill(supervisor_of(launcher), launcher.pid)

    assert left_behind() == set()


def test_a_signal_during_the_set_up_ends_it(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    with laptop.started("--", "true", MODELS=SLOW) as launcher:
        launcher.send_signal(signal.SIGTERM)

    assert launcher.returncode == 143
    assert left_behind() == set()


def test_ctrl_c_reaches_the_command_once(laptop: Laptop) -> None:
    command = ("--no-database", "--no-engines", "--", "python", "-c", COUNT_INTERRUPTS)

    with laptop.started(*command, before=IN_A_TERMINAL) as terminal:
        press_ctrl_c(terminal)
        status = terminal.wait(PATIENCE_S)

    assert status == 41


def test_an_interrupt_sent_to_the_launcher_reaches_the_command_once(laptop: Laptop) -> None:
    command = ("--no-database", "--no-engines", "--", "python", "-c", COUNT_INTERRUPTS)

    with laptop.started(*command) as launcher:
        launcher.send_signal(signal.SIGINT)
        status = launcher.wait(PATIENCE_S)

    assert status == 41


def test_ctrl_c_during_the_set_up_ends_it(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    with laptop.started("--", "true", before=IN_A_TERMINAL, MODELS=SLOW) as terminal:
        press_ctrl_c(terminal)
        status = terminal.wait(PATIENCE_S)

    assert status == 130
    assert left_behind() == set()
