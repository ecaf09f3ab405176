"""Processes that end with the launcher, however it ends.

Two processes watch each other. The *launcher* is the process that the user started: it forwards
signals. Its child, the *supervisor*, starts all other processes and has its own process group, so
that signals from the terminal do not reach it. Both adopt the orphans among their descendants
(PR_SET_CHILD_SUBREAPER): when one of the two is killed, the other ends the remaining processes,
including those that the command itself left behind. When both are killed at the same time, the
kernel signals the processes that they started (PR_SET_PDEATHSIG).

Both block signals and read them only where they wait, so no signal can arrive between the start
of a process and the code that ensures its end.
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
IN_TERMINAL = signal.SIGUSR1  # reports to the supervisor a Ctrl-C that the command has received
STOPS = {signal.SIGINT, signal.SIGTERM, IN_TERMINAL}
WAKES = {*STOPS, signal.SIGHUP, signal.SIGCHLD}
GRACE_S = 10.0
ORPHANS_GRACE_S = 3.0

Process = subprocess.Popen[bytes]


class StartError(Exception):
    """A process could not be started; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """The launcher's process id and process group."""

    pid: int
    group: int


def supervise(work: Callable[[Launcher], int]) -> int:
    """Call `work` in a supervisor and return its exit status."""
    if sys.platform != "linux":
        print("The launcher needs Linux; elsewhere use docker-compose.yml.", file=sys.stderr)
        return 1
    signal.pthread_sigmask(signal.SIG_BLOCK, WAKES)
    launcher = Launcher(os.getpid(), os.getpgrp())
    supervisor = os.fork()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        return forward_signals(supervisor) if supervisor else run_supervisor(work, launcher)
    finally:
        end_descendants()


def forward_signals(supervisor: int) -> int:
    """Forward signals, as the launcher, until the supervisor ends; return its exit status."""
    while (ended := os.waitpid(supervisor, os.WNOHANG)) == (0, 0):
        received = signal.sigwaitinfo(WAKES)
        if received.si_signo == signal.SIGINT and received.si_code == SENT_BY_KERNEL:
            os.kill(supervisor, IN_TERMINAL)
        elif received.si_signo == signal.SIGHUP:
            # The servers would read SIGHUP as `reload` and live on without their terminal.
            os.kill(supervisor, signal.SIGTERM)
        elif received.si_signo in STOPS:
            os.kill(supervisor, received.si_signo)
    return exit_status(os.waitstatus_to_exitcode(ended[1]))


def run_supervisor(work: Callable[[Launcher], int], launcher: Launcher) -> int:
    """Call `work` in a process group of its own that ends with the launcher."""
    os.setpgid(0, 0)
    end_with_parent(launcher.pid, signal.SIGTERM)
    return work(launcher)


def run_in_foreground(
    command: Sequence[str], environment: Mapping[str, str], launcher: Launcher
) -> int:
    """Run the command in the launcher's terminal and return its exit status."""
    group = launcher.group
    with running_process(command, signal.SIGTERM, env=environment, process_group=group) as process:
        while process.poll() is None:
            received = signal.sigwaitinfo(WAKES)
            if os.getppid() != launcher.pid:
                stop(process, signal.SIGTERM, GRACE_S)
            elif received.si_signo in STOPS - {IN_TERMINAL}:
                process.send_signal(received.si_signo)
            reap(children() - {process.pid})
        return exit_status(process.returncode)


@contextmanager
def running_process(
    command: Sequence[str], end_signal: signal.Signals, grace_s: float = GRACE_S, **options: Any
) -> Iterator[Process]:
    """Run a process (options as for Popen) for the block, then stop it."""
    process = start(command, end_signal, **options)
    try:
        yield process
    finally:
        stop(process, end_signal, grace_s)


@contextmanager
def background_process(
    command: Sequence[str], end_signal: signal.Signals, log: Path, **options: Any
) -> Iterator[Process]:
    """Run a process for the block in a session of its own; its output goes to the log."""
    # A new file, not an emptied one: another launcher may still write to the old one.
    log.unlink(missing_ok=True)
    with ExitStack() as resources:
        with open_private_log(log) as output:
            options |= {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            detached = running_process(command, end_signal, start_new_session=True, **options)
            process = resources.enter_context(detached)
        yield process
        if process.poll() is not None:
            print(f"{log.stem} ended before the command did; see {log}", file=sys.stderr)


def open_private_log(log: Path) -> IO[bytes]:
    """Open a log for appending that only its owner can read."""
    return open(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "ab")


def start(command: Sequence[str], end_signal: signal.Signals, **options: Any) -> Process:
    """Start a process that the kernel ends with this one."""
    parent = os.getpid()

    def prepare() -> None:
        # In the child, not earlier: the kernel drops the signal when a process changes its user.
        end_with_parent(parent, end_signal)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    # The command comes from the user's command line, or is a constant.
    return subprocess.Popen(command, preexec_fn=prepare, **options)  # noqa: S603


def stop(process: Process, end_signal: signal.Signals, grace_s: float) -> None:
    """Signal a process, and kill it when it has not ended after the grace period."""
    process.send_signal(end_signal)
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_step(command: Sequence[str], **options: Any) -> int:
    """Run one step of the set-up, which Ctrl-C and SIGTERM end; return its exit status."""
    options |= {"stdin": subprocess.DEVNULL, "start_new_session": True}
    with running_process(command, signal.SIGTERM, **options) as process:
        while process.poll() is None:
            pause(GRACE_S)
        return exit_status(process.returncode)


def pause(seconds: float) -> None:
    """Wait, at most until a child ends; exit when a stop signal arrives."""
    received = signal.sigtimedwait(WAKES, seconds)
    if received and received.si_signo in STOPS:
        sent = signal.SIGINT if received.si_signo == IN_TERMINAL else received.si_signo
        raise SystemExit(128 + sent)


def end_descendants() -> None:
    """Send SIGTERM to every child and adopted orphan, then SIGKILL to those that remain."""
    signalled: set[int] = set()
    kill_from = time.monotonic() + ORPHANS_GRACE_S
    while (left := children()) and time.monotonic() < kill_from + GRACE_S:
        is_late = time.monotonic() > kill_from
        for pid in left if is_late else left - signalled:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL if is_late else signal.SIGTERM)
        signalled |= left
        signal.sigtimedwait({signal.SIGCHLD}, 0.05)
        reap(left)


def reap(pids: set[int]) -> None:
    """Collect the exit statuses of those children that have ended."""
    for pid in pids:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def children() -> set[int]:
    """Return the process ids of this process's children."""
    return {pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if is_child(pid)}


def is_child(pid: int) -> bool:
    """Return whether a process is a child of this one."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(after_name[1]) == os.getpid()


def end_with_parent(parent: int, end_signal: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent dies."""
    prctl(PR_SET_PDEATHSIG, end_signal)
    if os.getppid() != parent:  # it died before prctl took effect
        os.kill(os.getpid(), end_signal)


def prctl(option: int, value: int) -> None:
    """Call prctl(2)."""
    if LIBC.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def exit_status(returncode: int) -> int:
    """Return the exit status that a shell would report."""
    return returncode if returncode >= 0 else 128 - returncode


LIBC = ctypes.CDLL(None, use_errno=True)
