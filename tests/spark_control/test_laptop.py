"""The launcher, as a user meets it: a process of its own, with a real Postgres.

Every process it leaves behind would be adopted by the test, which sees it: `left_behind`.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

from spark_control.laptop import PROJECT, processes
from spark_control.laptop.account import ACCOUNT, LIBRARIES, WHEEL, installed_in

NAMED = {"DATABASE_URL", "PARAKEET_URL", "KOKORO_URL", "SECRET_KEY", "SAMPLES_DIR"}
# The built-in engine and the tables of the gateway have tests of their own: here they are small.
LAUNCHER = """
import os, sys
from pathlib import Path
from spark_control.laptop import __main__, account, database, engine, worker
account.PLACE_OF_ROOT = Path(os.environ["TEST_PLACE"])
account.installed_in = lambda usual=account.installed_in(): Path(
    os.environ.get("INSTALLED_IN", usual)
)
os.umask(int(os.environ.get("UMASK", "0o022"), 8))
database.MIGRATE = (sys.executable, "-c", os.environ.get("MIGRATE", ""))
engine.MODELS = (sys.executable, "-c", os.environ.get("MODELS", ""))
worker.WORKER = (sys.executable, "-c", os.environ.get("WORKER", ""))
engine.SERVER = (sys.executable, "-m", "gunicorn", os.environ["ENGINE"])
__main__.PROJECT = Path("/nowhere")  # no .env
sys.exit(__main__.main())
"""
ENGINE = "wsgiref.simple_server:demo_app"
ENGINE_THAT_ENDS = "tests.spark_control.test_laptop:engine_that_ends"
TELLS_DATABASE = "import os, time; print(os.environ['DATABASE_URL'], flush=True); time.sleep(100)"
IN_A_TERMINAL = (
    *(sys.executable, "-c"),
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
)
SLOW = "import time; print('up', flush=True); time.sleep(100)"
SHOW = "import os, sys; print(*(os.environ.get(name) for name in sys.argv[1:]), sep='\\n')"
PING = "import os, urllib.request as r; print(r.urlopen(os.environ['KOKORO_URL']).read(5))"
QUERY = """
import os, sys, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    *_, answer = [connection.execute(statement) for statement in sys.argv[1:]]
    print(answer.fetchone()[0])
"""
MIGRATE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "spark_control.settings"
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
LOG_IN = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "spark_control.settings"
django.setup()
from django.contrib.auth import get_user_model
user = get_user_model().objects.get(username=sys.argv[1], is_superuser=True)
print(user.check_password(open(sys.argv[2]).read()))
"""
# Its grandchild is in a session of its own, as a daemon would be.
WAIT = """
import subprocess, time
subprocess.Popen(["sleep", "100"], start_new_session=True)
print("up", flush=True)
time.sleep(100)
"""
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


def engine_that_ends(
    environ: dict[str, str], start_response: Callable[..., object]
) -> list[bytes]:
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/end":
        os.kill(os.getppid(), signal.SIGKILL)
    return []


class Laptop:
    """Launchers that share a data folder and, for root, the place of the database."""

    def __init__(self, data: Path, place: Path) -> None:
        self.data = data
        self.place = place if os.geteuid() == 0 else data
        self.named = {"TEST_PLACE": str(place), "ENGINE": ENGINE}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", LAUNCHER, "--data", str(self.data), *words]

    def environment(self, named: dict[str, str]) -> dict[str, str]:
        rest = {name: value for name, value in os.environ.items() if name not in NAMED}
        return rest | self.named | named

    def run(self, *words: str, **named: str) -> subprocess.CompletedProcess[str]:
        command, surroundings = self.command(*words), self.environment(named)
        return subprocess.run(
            command, capture_output=True, text=True, cwd=PROJECT, env=surroundings, timeout=60
        )

    @contextmanager
    def started(
        self, *words: str, before: Sequence[str] = (), **named: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A launcher, one step of which has said that it is up."""
        command, surroundings = [*before, *self.command(*words)], self.environment(named)
        with subprocess.Popen(
            command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, cwd=PROJECT, env=surroundings
        ) as launcher:
            try:
                assert b"up" in said_by(launcher)
                yield launcher
            finally:
                launcher.terminate()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with folder_for_everyone() as folder:
        yield folder


@pytest.fixture
def empty_place() -> Iterator[Path]:
    with folder_for_everyone() as folder:
        yield folder


@contextmanager
def folder_for_everyone() -> Iterator[Path]:
    """As /var/lib is: every account can reach it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def laptop(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    return Laptop(tmp_path_factory.mktemp("data"), place)


@pytest.fixture
def other(place: Path, tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "other", place)


@pytest.fixture
def left_behind() -> Iterator[Callable[[], set[str]]]:
    """What still runs five seconds after the launcher."""
    processes.prctl(processes.PR_SET_CHILD_SUBREAPER, 1)
    before = processes.children()
    yield lambda: remaining(before)
    processes.prctl(processes.PR_SET_CHILD_SUBREAPER, 0)


def remaining(before: set[int]) -> set[str]:
    deadline = time.monotonic() + 5
    while (left := processes.children() - before) and time.monotonic() < deadline:
        processes.reap(left)
        time.sleep(0.05)
    return {Path(f"/proc/{pid}/cmdline").read_text() for pid in left}


def said_by(launcher: subprocess.Popen[bytes]) -> bytes:
    assert launcher.stdout
    return next((line for line in launcher.stdout if line.strip() == b"up"), b"")


def press_ctrl_c(terminal: subprocess.Popen[bytes]) -> None:
    assert terminal.stdin
    terminal.stdin.write(b"\x03")
    terminal.stdin.flush()


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def keeper_of(launcher: subprocess.Popen[bytes]) -> int:
    return int(Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text())


def postmaster_of(laptop: Laptop) -> Path:
    return next(laptop.place.glob("*/**/postmaster.pid"))


def modes_above(path: Path) -> dict[Path, int]:
    return {parent: parent.stat().st_mode for parent in path.parents}


# --- what the command finds --------------------------------------------------------------------


def test_the_command_reaches_a_database(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, "select 41 + 1")

    assert (ran.stdout, ran.returncode) == ("42\n", 0)
    assert re.fullmatch(r"database … ready in .* s\ntables … ready in .* s\n", ran.stderr)


def test_the_database_has_vectors(laptop: Laptop) -> None:
    statements = ("create extension vector", "select '[1,2]'::vector <-> '[1,5]'")

    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, *statements)

    assert ran.stdout == "3.0\n"


def test_the_database_is_brought_up_to_date_before_the_command_runs(laptop: Laptop) -> None:
    create = "import os, psycopg as p; c = p.connect(os.environ['DATABASE_URL'])"
    create += "; c.execute('create table brought (id int)'); c.commit(); c.close()"

    ran = laptop.run(
        *("--no-engines", "--", "python", "-c", QUERY, "select count(*) from brought"),
        MIGRATE=create,
    )

    assert ran.stdout == "0\n"


def test_the_database_wants_a_password(laptop: Laptop) -> None:
    script = QUERY.replace(
        'os.environ["DATABASE_URL"]', 'os.environ["DATABASE_URL"], password="x"'
    )

    ran = laptop.run("--no-engines", "--", "python", "-c", script, "select 1")

    assert "password authentication failed" in ran.stderr


def test_what_the_database_keeps_is_there_next_time(laptop: Laptop) -> None:
    words = ("--no-engines", "--", "python", "-c", QUERY)
    laptop.run(*words, "create table kept as select 7 as seven", "select 1")

    ran = laptop.run(*words, "select seven from kept")

    assert ran.stdout == "7\n"


def test_the_admins_account_logs_in_with_what_is_told_also_next_time(laptop: Laptop) -> None:
    password = laptop.data / "admin_password"
    words = ("--admin", "--no-engines", "--", "python", "-c", LOG_IN, "admin", str(password))
    first = laptop.run(*words, MIGRATE=MIGRATE)

    again = laptop.run(*words, MIGRATE=MIGRATE)

    assert (first.stdout, again.stdout) == ("True\n", "True\n")
    assert f"account admin, password in {password}" in again.stderr
    assert password.stat().st_mode & 0o777 == 0o600


def test_the_command_reaches_the_engine_under_both_names(laptop: Laptop) -> None:
    show = f"{PING}; print(os.environ['KOKORO_URL'] == os.environ['PARAKEET_URL'])"

    ran = laptop.run("--no-database", "--", "python", "-c", show)

    assert ran.stdout == "b'Hello'\nTrue\n"
    assert re.fullmatch(r"engine … ready in .* s\n", ran.stderr)


def test_what_the_environment_names_is_used_and_not_started(other: Laptop) -> None:
    named = {
        "DATABASE_URL": "postgres://far",
        "PARAKEET_URL": "http://p",
        "KOKORO_URL": "http://k",
    }

    ran = other.run("--", "python", "-c", SHOW, *named, **named)

    assert ran.stdout.split() == list(named.values())
    assert ran.stderr == ""
    assert [path.name for path in other.data.iterdir()] == ["secret_key"]


def test_the_engine_stands_in_for_the_one_that_is_not_named(laptop: Laptop) -> None:
    urls = ("PARAKEET_URL", "KOKORO_URL")

    ran = laptop.run("--no-database", "--", "python", "-c", SHOW, *urls, PARAKEET_URL="http://p")

    assert re.fullmatch(r"http://p\nhttp://127\.0\.0\.1:\d+\n", ran.stdout)


def test_no_database_means_none_even_if_one_is_named(laptop: Laptop) -> None:
    options = ("--no-database", "--no-engines")

    ran = laptop.run(
        *options, "--", "python", "-c", SHOW, "DATABASE_URL", DATABASE_URL="postgres://far"
    )

    assert ran.stdout == "\n"


def test_recordings_under_way_do_not_stay_behind(laptop: Laptop) -> None:
    keep = 'touch "$UPLOADS_DIR/recording" && ls "$UPLOADS_DIR"'

    ran = laptop.run("--no-database", "--no-engines", "--", "sh", "-c", keep)

    assert ran.stdout == "recording\n"
    assert list(laptop.data.glob("uploads-*")) == []


def test_samples_of_voices_lie_with_their_database_and_are_private(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--", "python", "-c", SHOW, "SAMPLES_DIR")

    assert ran.stdout == f"{laptop.data / 'samples'}\n"
    assert (laptop.data / "samples").stat().st_mode & 0o777 == 0o700


def test_a_folder_of_samples_that_the_environment_names_is_left_alone(laptop: Laptop) -> None:
    words = ("--no-engines", "--", "python", "-c", SHOW, "SAMPLES_DIR")

    assert laptop.run(*words, SAMPLES_DIR="/mine").stdout == "/mine\n"


def test_samples_of_another_database_are_left_alone(laptop: Laptop) -> None:
    words = ("--no-database", "--no-engines", "--", "python", "-c", SHOW, "SAMPLES_DIR")

    assert laptop.run(*words).stdout == "None\n"


def test_who_is_refused_leaves_no_name_in_the_log(laptop: Laptop) -> None:
    once, twice = ("insert into people values ('Ana Ruiz')",) * 2
    make = "create temporary table people (name text unique)"

    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, make, once, twice)

    log = laptop.data / "logs" / "postgres.log"
    assert "Ana Ruiz" in ran.stderr
    assert "duplicate key" in log.read_text()
    assert "Ana" not in log.read_text()


def test_the_log_is_for_its_owner_alone(laptop: Laptop) -> None:
    laptop.run("--no-engines", "--", "true")

    log = laptop.data / "logs" / "postgres.log"
    modes = [path.stat().st_mode & 0o777 for path in (log, log.parent)]
    assert modes == [0o600, 0o700]


def test_the_secret_key_stays_the_same_and_private(laptop: Laptop) -> None:
    words = ("--no-database", "--no-engines", "--", "python", "-c", SHOW, "SECRET_KEY")

    first, second = laptop.run(*words), laptop.run(*words)

    assert len(first.stdout) > 50
    assert first.stdout == second.stdout
    assert (laptop.data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_key_of_the_environment_is_left_alone(laptop: Laptop) -> None:
    words = ("--no-database", "--no-engines", "--", "python", "-c", SHOW, "SECRET_KEY")

    assert laptop.run(*words, SECRET_KEY="mine").stdout == "mine\n"


# --- how it ends -------------------------------------------------------------------------------


def test_the_exit_status_is_the_commands(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--no-database", "--", "sh", "-c", "exit 3")

    assert ran.returncode == 3


def test_a_command_that_a_signal_ended_is_reported_as_a_shell_would(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--no-database", "--", "sh", "-c", "kill -9 $$")

    assert ran.returncode == 137


@pytest.mark.parametrize("words", [(), ("--",), ("--no-database",), ("--nonsense", "--", "true")])
def test_wrong_usage_is_2(laptop: Laptop, words: Sequence[str]) -> None:
    ran = laptop.run(*words)

    assert ran.returncode == 2
    assert "usage: python -m spark_control.laptop [options] -- COMMAND" in ran.stderr


def test_help_shows_examples(laptop: Laptop) -> None:
    ran = laptop.run("--help")

    assert "-- python manage.py shell" in ran.stdout


def test_an_unknown_command_is_127_before_anything_is_started(other: Laptop) -> None:
    ran = other.run("--", "no-such-command")

    assert (ran.returncode, ran.stderr) == (127, "There is no command 'no-such-command'.\n")
    assert not other.data.exists()


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
        launcher.wait(10)

    assert launcher.returncode == status
    assert left_behind() == set()


def test_a_killed_keeper_leaves_nothing_behind(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    with laptop.started("--", "python", "-c", WAIT) as launcher:
        kill(keeper_of(launcher))

    assert launcher.returncode == 137
    assert left_behind() == set()


def test_launcher_and_keeper_killed_at_once_leave_nothing_behind(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    with laptop.started("--", "python", "-c", SLOW) as launcher:
        kill(keeper_of(launcher), launcher.pid)

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
        status = terminal.wait(10)

    assert status == 41


def test_an_interrupt_sent_to_the_launcher_reaches_the_command_once(laptop: Laptop) -> None:
    command = ("--no-database", "--no-engines", "--", "python", "-c", COUNT_INTERRUPTS)

    with laptop.started(*command) as launcher:
        launcher.send_signal(signal.SIGINT)
        status = launcher.wait(10)

    assert status == 41


def test_ctrl_c_during_the_set_up_ends_it(
    laptop: Laptop, left_behind: Callable[[], set[str]]
) -> None:
    with laptop.started("--", "true", before=IN_A_TERMINAL, MODELS=SLOW) as terminal:
        press_ctrl_c(terminal)
        status = terminal.wait(10)

    assert status == 130
    assert left_behind() == set()


def test_the_next_start_recovers_from_a_crash(laptop: Laptop) -> None:
    with laptop.started("--no-engines", "--", "python", "-c", SLOW) as launcher:
        note = postmaster_of(laptop)
        postmaster, *rest = note.read_text().splitlines(keepends=True)
        kill(keeper_of(launcher), launcher.pid, int(postmaster))
    note.write_text("".join([f"{os.getpid()}\n", *rest]))

    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, "select 42")

    assert ran.stdout == "42\n"


# --- two at a time -----------------------------------------------------------------------------


def test_a_second_launcher_with_its_own_data_works_beside_the_first(
    laptop: Laptop, other: Laptop
) -> None:
    with laptop.started("--", "python", "-c", WAIT):
        ran = other.run("--", "python", "-c", QUERY + PING, "select 42")

    assert ran.stdout == "42\nb'Hello'\n"


def test_a_second_launcher_with_the_same_data_is_refused(laptop: Laptop) -> None:
    with laptop.started("--no-engines", "--", "python", "-c", WAIT) as first:
        ran = laptop.run("--no-engines", "--", "true")

    assert ran.returncode == 1
    assert f"Another launcher (process {first.pid}) uses this data folder." in ran.stderr


def test_a_worker_runs_beside_the_command_with_its_settings(laptop: Laptop) -> None:
    wait = (
        "import os, pathlib, sys, time\n"
        "while not (told := pathlib.Path(sys.argv[1]).read_text()): time.sleep(0.02)\n"
        "print(told.strip() == os.environ['DATABASE_URL'])"
    )
    log = str(laptop.data / "worker.log")
    words = ("--worker", "--no-engines", "--", "python", "-c", wait, log)

    assert laptop.run(*words, WORKER=TELLS_DATABASE).stdout == "True\n"


def test_there_is_no_worker_without_a_database(other: Laptop) -> None:
    other.run("--worker", "--no-database", "--no-engines", "--", "true", WORKER=TELLS_DATABASE)

    assert not (other.data / "worker.log").exists()


# --- what goes wrong ---------------------------------------------------------------------------


def test_an_engine_that_fails_shows_the_end_of_its_log(laptop: Laptop) -> None:
    ran = laptop.run("--no-database", "--", "true", ENGINE="no_such_module:engine")

    assert ran.returncode == 1
    assert "The engine ended before it was ready." in ran.stderr
    assert "No module named 'no_such_module'" in ran.stderr
    assert "pass --no-engines" in ran.stderr


def test_an_engine_that_ends_too_early_is_told(laptop: Laptop) -> None:
    end = "import os, urllib.request as r; r.urlopen(os.environ['KOKORO_URL'] + '/end').read()"

    ran = laptop.run("--no-database", "--", "python", "-c", end, ENGINE=ENGINE_THAT_ENDS)

    assert "engine ended before the command did" in ran.stderr


def test_models_that_cannot_be_prepared_say_what_to_do(laptop: Laptop) -> None:
    ran = laptop.run("--no-database", "--", "true", MODELS="raise SystemExit('no network')")

    assert ran.returncode == 1
    assert "no network" in ran.stderr
    assert "`python -m cpu_engine.models` tries again" in ran.stderr


def test_a_database_that_cannot_be_brought_up_to_date_stops_the_start(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--", "echo", "ran", MIGRATE="raise SystemExit('a conflict')")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert "a conflict" in ran.stderr


# --- as root, Postgres has an account of its own -----------------------------------------------

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives Postgres its own account")


@AS_ROOT
def test_what_is_closed_to_others_stays_closed_and_postgres_runs_all_the_same(
    empty_place: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(0o700)
    (home / WHEEL).symlink_to(installed_in() / WHEEL)
    (home / LIBRARIES).symlink_to(installed_in() / LIBRARIES)
    before = modes_above(home / "data")

    closed = {"INSTALLED_IN": str(home), "UMASK": "0o077"}
    laptop = Laptop(home / "data", empty_place)
    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, "select 42", **closed)

    assert ran.stdout == "42\n"
    assert modes_above(home / "data") == before


@AS_ROOT
def test_postgres_runs_as_an_account_of_its_own(laptop: Laptop) -> None:
    with laptop.started("--no-engines", "--", "python", "-c", WAIT):
        postmaster = postmaster_of(laptop).read_text().splitlines()[0]
        user = Path("/proc", postmaster).owner()

    assert user == ACCOUNT
