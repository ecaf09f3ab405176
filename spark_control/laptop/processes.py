"""Who ends what, so that nothing that was started outlives the launcher.

Two processes look after each other. The *launcher* is the one a user sees: it passes signals on.
Its child, the *keeper*, starts all the rest and is in no terminal's way, in a group of its own.
Both adopt the orphans among their descendants (PR_SET_CHILD_SUBREAPER), so whichever of the two
is killed, the other ends what is left, even what the command itself left behind. And should both
be killed at once, the kernel signals the processes they started (PR_SET_PDEATHSIG).

Signals are blocked in both and read only where they wait: none can come between starting a
process and seeing to its end.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SENT_BY_KERNEL = 0x80  # SI_KERNEL of siginfo: Ctrl-C, which the whole terminal group receives
IN_TERMINAL = signal.SIGUSR1  # tells the keeper of a Ctrl-C that a running command has received
STOPS = {signal.SIGINT, signal.SIGTERM, IN_TERMINAL}
WAKES = {*STOPS, signal.SIGHUP, signal.SIGCHLD}
GRACE_S = 10.0
ORPHANS_GRACE_S = 3.0

Process = subprocess.Popen[bytes]


class Failed(Exception):
    """Something could not be started; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Launcher:
    pid: int
    group: int


def kept(work: Callable[[Launcher], int]) -> int:
    """The exit status of `work`, which is done in a keeper."""
    if sys.platform != "linux":
        print("The launcher needs Linux; elsewhere use docker-compose.yml.", file=sys.stderr)
        return 1
    signal.pthread_sigmask(signal.SIG_BLOCK, WAKES)
    launcher = Launcher(os.getpid(), os.getpgrp())
    keeper = os.fork()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        return attend(keeper) if keeper else keep(work, launcher)
    finally:
        end_descendants()


def attend(keeper: int) -> int:
    """The launcher's part: pass signals on until the keeper ends."""
    while (ended := os.waitpid(keeper, os.WNOHANG)) == (0, 0):
        arrived = signal.sigwaitinfo(WAKES)
        if arrived.si_signo == signal.SIGINT and arrived.si_code == SENT_BY_KERNEL:
            os.kill(keeper, IN_TERMINAL)
        elif arrived.si_signo == signal.SIGHUP:
            # gunicorn would take it for `reload` and live on without its terminal.
            os.kill(keeper, signal.SIGTERM)
        elif arrived.si_signo in STOPS:
            os.kill(keeper, arrived.si_signo)
    return status(os.waitstatus_to_exitcode(ended[1]))


def keep(work: Callable[[Launcher], int], launcher: Launcher) -> int:
    os.setpgid(0, 0)
    end_with(launcher.pid, signal.SIGTERM)
    return work(launcher)


def run(command: Sequence[str], environment: Mapping[str, str], launcher: Launcher) -> int:
    """The exit status of the command, run in the foreground: it has the launcher's terminal."""
    group = launcher.group
    with running(command, signal.SIGTERM, env=environment, process_group=group) as process:
        while process.poll() is None:
            arrived = signal.sigwaitinfo(WAKES)
            if os.getppid() != launcher.pid:
                stop(process, signal.SIGTERM, GRACE_S)
            elif arrived.si_signo in STOPS - {IN_TERMINAL}:
                process.send_signal(arrived.si_signo)
            reap(children() - {process.pid})
        return status(process.returncode)


@contextmanager
def running(
    command: Sequence[str], ended_by: signal.Signals, grace_s: float = GRACE_S, **options: Any
) -> Iterator[Process]:
    """A process (options as for Popen) that is stopped at the end of the block."""
    process = start(command, ended_by, **options)
    try:
        yield process
    finally:
        stop(process, ended_by, grace_s)


@contextmanager
def service(
    command: Sequence[str], ended_by: signal.Signals, log: Path, **options: Any
) -> Iterator[Process]:
    """A process beside the command, out of the terminal's reach; what it says goes to the log."""
    # A new file, not an emptied one: another launcher may still write to the old one.
    log.unlink(missing_ok=True)
    with ExitStack() as everything:
        with log_for_its_owner(log) as output:
            options |= {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            quiet = running(command, ended_by, start_new_session=True, **options)
            process = everything.enter_context(quiet)
        yield process
        if process.poll() is not None:
            print(f"{log.stem} ended before the command did; see {log}", file=sys.stderr)


def log_for_its_owner(log: Path) -> IO[bytes]:
    """The end of a log that nobody else can read."""
    return open(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "ab")


def start(command: Sequence[str], ended_by: signal.Signals, **options: Any) -> Process:
    parent = os.getpid()

    def prepare() -> None:
        # Here, not earlier: the kernel forgets the signal when a process changes its user.
        end_with(parent, ended_by)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    # The command is the user's own, given on the command line, or a constant.
    return subprocess.Popen(command, preexec_fn=prepare, **options)  # noqa: S603


def stop(process: Process, how: signal.Signals, grace_s: float) -> None:
    process.send_signal(how)
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def step(command: Sequence[str], **options: Any) -> int:
    """The exit status of one step of the set-up, which Ctrl-C and SIGTERM end."""
    options |= {"stdin": subprocess.DEVNULL, "start_new_session": True}
    with running(command, signal.SIGTERM, **options) as process:
        while process.poll() is None:
            pause(GRACE_S)
        return status(process.returncode)


def pause(seconds: float) -> None:
    """Wait, at most until a child ends; a signal to stop ends the program."""
    arrived = signal.sigtimedwait(WAKES, seconds)
    if arrived and arrived.si_signo in STOPS:
        asked = signal.SIGINT if arrived.si_signo == IN_TERMINAL else arrived.si_signo
        raise SystemExit(128 + asked)


def end_descendants() -> None:
    """SIGTERM for every child and for the orphans it leaves to us; SIGKILL for those who stay."""
    told: set[int] = set()
    patience = time.monotonic() + ORPHANS_GRACE_S
    while (left := children()) and time.monotonic() < patience + GRACE_S:
        is_late = time.monotonic() > patience
        for pid in left if is_late else left - told:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL if is_late else signal.SIGTERM)
        told |= left
        signal.sigtimedwait({signal.SIGCHLD}, 0.05)
        reap(left)


def reap(pids: set[int]) -> None:
    for pid in pids:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def children() -> set[int]:
    return {pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if is_child(pid)}


def is_child(pid: int) -> bool:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(after_name[1]) == os.getpid()


def end_with(parent: int, how: signal.Signals) -> None:
    prctl(PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:  # it died before it could be asked to tell
        os.kill(os.getpid(), how)


def prctl(option: int, value: int) -> None:
    if LIBC.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def status(returncode: int) -> int:
    return returncode if returncode >= 0 else 128 - returncode


LIBC = ctypes.CDLL(None, use_errno=True)
