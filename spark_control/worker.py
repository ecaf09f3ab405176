"""gunicorn's worker of this gateway, faster on repeated requests and stricter at its end."""

import select
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from audio.engines.cpu_affinity import bind_thread, choose_processors
from spark_control import settings

# A client in a dialogue sends its next request immediately; slower clients are polled elsewhere.
LINGER_MS = 5


class Worker(ThreadWorker):
    """A worker whose threads linger on a connection, and that refuses connections as it ends."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting, self._waiting_lock = 0, Lock()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Pin request threads to one processor, but not the thread that polls connections."""
        processors = choose_processors(settings.WEB_CPU)
        return ThreadPoolExecutor(
            self.cfg.threads, initializer=bind_thread, initargs=(processors,)
        )

    def enqueue_req(self, conn: TConn) -> None:
        """Count the connections that wait for a thread."""
        with self._waiting_lock:
            self._waiting += 1
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Serve further requests of a connection if they arrive immediately.

        gunicorn would hand the connection to the thread that polls idle connections, which hands
        it to a request thread: for a short request, both take longer than the answer.
        """
        with self._waiting_lock:
            self._waiting -= 1
        outcome = super().handle(conn)
        while outcome is True and self._has_next_request(conn):
            outcome = super().handle(conn)
        return outcome

    def _has_next_request(self, conn: TConn) -> bool:
        if not self.alive or self._waiting:
            return False
        incoming = select.poll()
        incoming.register(conn.sock, select.POLLIN)
        return bool(incoming.poll(LINGER_MS))

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """Refuse new connections while the requests under way finish.

        gunicorn stops accepting but keeps listening: the kernel would accept a client, which would
        wait for the last answer and then be cut off. A refused client tries another gateway
        immediately.
        """
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()
