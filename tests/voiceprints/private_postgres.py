"""A Postgres of its own for a test, which the test kills and starts again on the same port."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spark_control.laptop.data_folder import exclusive_lock, make_private_folder
from spark_control.laptop.database import (
    MIGRATE,
    NAME,
    Server,
    create_cluster,
    find_free_port,
    postgres,
    url,
    wait_until_ready,
)
from spark_control.laptop.postgres_account import find_installation
from tests.gateway_process import ROOT


class PrivatePostgres:
    """A server with an empty library, and its URL."""

    def __init__(self, server: Server) -> None:
        self._server, self._port = server, find_free_port()
        self._start()
        self.url = url(server, self._port, NAME)

    def kill(self) -> None:
        """Kill the server; its sessions end with it, as in a crash."""
        self._process.send_signal(signal.SIGKILL)
        self._running.__exit__(None, None, None)

    def restart(self) -> None:
        """Start the server again, which recovers first."""
        (self._server.cluster / "postmaster.pid").unlink(missing_ok=True)
        self._start()

    def end(self) -> None:
        self._running.__exit__(None, None, None)

    def migrate(self) -> None:
        environment = {**os.environ, "DATABASE_URL": self.url, "SECRET_KEY": "for-the-tests"}
        subprocess.run([*MIGRATE], cwd=ROOT, env=environment, check=True)

    def _start(self) -> None:
        self._running = postgres(self._server, self._port)
        self._process = self._running.__enter__()
        with _ends_of_children_noticed():
            assert wait_until_ready(self._process, self._server, self._port)


@contextmanager
def _ends_of_children_noticed() -> Iterator[None]:
    """Block the signal for which the launcher waits, as the launcher does."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def running_postgres(data: Path) -> Iterator[PrivatePostgres]:
    """Run a private Postgres until the end of the block, and delete its data."""
    data.mkdir()
    installation = find_installation(data)
    try:
        with exclusive_lock(installation.folder / "lock") as lock:
            log = make_private_folder(data / "logs") / "postgres.log"
            server = Server(installation, lock, log)
            with _ends_of_children_noticed():
                create_cluster(server)
            database = PrivatePostgres(server)
            try:
                database.migrate()
                yield database
            finally:
                database.end()
    finally:
        shutil.rmtree(installation.folder)
