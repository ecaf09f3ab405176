"""A TCP relay in front of the test database, which tests cut off and restore."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from urllib.parse import quote

from django.db import connection

BACKLOG = 64
READ_BYTES = 65_536


class DatabaseRelay:
    """Forwards connections to the test database, unless it is cut off."""

    def __init__(self) -> None:
        at = connection.settings_dict
        self._target = (str(at["HOST"]), int(at["PORT"]))
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._changing = Lock()
        password = quote(at["PASSWORD"], safe="")
        self.url = f"postgres://{at['USER']}:{password}@127.0.0.1:{self.port}/{at['NAME']}"

    def cut(self) -> None:
        """Close all connections, and refuse new ones."""
        with self._changing:
            _close(self._listener)
            for one in self._open:
                _close(one)
            self._open.clear()

    def restore(self) -> None:
        """Accept connections again."""
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._target)
                with self._changing:
                    self._open += [client, server]
                for source, sink in ((client, server), (server, client)):
                    Thread(target=_forward, args=(source, sink), daemon=True).start()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(READ_BYTES):
            sink.sendall(data)
    _close(source)
    _close(sink)


def _close(one: socket.socket) -> None:
    # Shutting down first wakes the thread that waits for this socket.
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def running_relay() -> Iterator[DatabaseRelay]:
    """Relay to the test database until the end of the block."""
    relay = DatabaseRelay()
    try:
        yield relay
    finally:
        relay.cut()
