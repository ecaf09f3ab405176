"""The launcher as a user runs it: a process of its own, with a real Postgres."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT

from spark_control.laptop import PROJECT, processes
from tests.waiting import PATIENCE_S

CONFIGURED = {
    *("DATABASE_URL", "PARAKEET_URL", "KOKORO_URL", "SECRET_KEY", "SAMPLES_DIR"),
    *("ENGINE_TIMEOUT_S", "ENGINE_TIMEOUT_PER_AUDIO_S"),
}
# The built-in engine and the gateway's tables have tests of their own: here they are replaced.
LAUNCHER = """
import os, signal, sys
# A shell starts what runs in its background with SIGINT ignored.
signal.signal(signal.SIGINT, signal.SIG_DFL)
from pathlib import Path
from spark_control.laptop import __main__, built_in_engine, database, postgres_account
postgres_account.ROOT_FOLDER = Path(os.environ["TEST_ROOT_FOLDER"])
postgres_account.find_wheel = lambda usual=postgres_account.find_wheel(): Path(
    os.environ.get("WHEEL_FOLDER", usual)
)
os.umask(int(os.environ.get("UMASK", "0o022"), 8))
database.MIGRATE = (sys.executable, "-c", os.environ.get("MIGRATE", ""))
built_in_engine.MODELS = (sys.executable, "-c", os.environ.get("MODELS", ""))
built_in_engine.SERVER = (sys.executable, "-m", "gunicorn", os.environ["ENGINE"])
__main__.WORKER = (sys.executable, "-c", os.environ.get("WORKER", ""))
__main__.REALTIME = (sys.executable, "-c", os.environ.get("REALTIME", ""))
__main__.ENV_FILE = Path("/nowhere/.env")
sys.exit(__main__.main())
"""
ENGINE = "wsgiref.simple_server:demo_app"
ENGINE_THAT_ENDS = "tests.spark_control.laptop.launcher:engine_that_ends"
SLOW = "import time; print('up', flush=True); time.sleep(100)"
SHOW = "import os, sys; print(*(os.environ.get(name) for name in sys.argv[1:]), sep='\\n')"
PING = "import os, urllib.request as r; print(r.urlopen(os.environ['KOKORO_URL']).read(5))"
QUERY = """
import os, sys, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    *_, answer = [connection.execute(statement) for statement in sys.argv[1:]]
    print(answer.fetchone()[0])
"""
# Its grandchild is in a session of its own, as a daemon would be.
WAIT = """
import subprocess, time
subprocess.Popen(["sleep", "100"], start_new_session=True)
print("up", flush=True)
time.sleep(100)
"""


def engine_that_ends(
    environ: dict[str, str], start_response: Callable[..., object]
) -> list[bytes]:
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/end":
        os.kill(os.getppid(), signal.SIGKILL)
    return []


class Laptop:
    """Launchers that share a data folder and, for root, the folder of the database."""

    def __init__(self, data: Path, root_folder: Path) -> None:
        self.data = data
        self.database_folder = root_folder if os.geteuid() == 0 else data
        self.variables = {"TEST_ROOT_FOLDER": str(root_folder), "ENGINE": ENGINE}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", LAUNCHER, "--data", str(self.data), *words]

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        rest = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
        return rest | self.variables | variables

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command, environment = self.command(*words), self.environment(variables)
        return subprocess.run(
            command, capture_output=True, text=True, cwd=PROJECT, env=environment, timeout=60
        )

    @contextmanager
    def started(
        self, *words: str, before: Sequence[str] = (), **variables: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start a launcher and wait until one of its steps prints `up`."""
        command, environment = [*before, *self.command(*words)], self.environment(variables)
        with subprocess.Popen(
            command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, cwd=PROJECT, env=environment
        ) as launcher:
            try:
                assert b"up" in first_up_line(launcher)
                yield launcher
            finally:
                launcher.terminate()


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account can reach, as /var/lib is."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def remaining(before: set[int]) -> set[str]:
    """The command lines of children that still run when they had a minute to end."""
    deadline = time.monotonic() + PATIENCE_S
    while (left := processes.children() - before) and time.monotonic() < deadline:
        processes.reap(left)
        time.sleep(0.05)
    return {Path(f"/proc/{pid}/cmdline").read_text() for pid in left}


def first_up_line(launcher: subprocess.Popen[bytes]) -> bytes:
    assert launcher.stdout
    return next((line for line in launcher.stdout if line.strip() == b"up"), b"")


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def supervisor_of(launcher: subprocess.Popen[bytes]) -> int:
    return int(Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text())


def pid_file_of_postgres(laptop: Laptop) -> Path:
    return next(laptop.database_folder.glob("*/**/postmaster.pid"))
