"""How threads and connections meet, where gunicorn's own way is slow, or unkind."""

import select
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from audio.engines.processors import chosen, stay_on
from spark_control import settings

# A client in a conversation asks again at once; who thinks first can be waited for elsewhere.
LINGER_MS = 5


class Worker(ThreadWorker):
    """gunicorn's threads, which linger after an answer, and refuse newcomers while they end."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Threads that stay on one processor; the one that watches connections may be anywhere."""
        processors = chosen(settings.WEB_CPU)
        return ThreadPoolExecutor(self.cfg.threads, initializer=stay_on, initargs=(processors,))

    def handle(self, conn: TConn) -> Any:
        """Stay with a connection whose next request comes at once.

        gunicorn hands it to the thread that watches all idle ones, which hands it to another of
        the threads: for a short question these take longer than the answer.
        """
        outcome = super().handle(conn)
        while outcome is True and self._asks_again(conn):
            outcome = super().handle(conn)
        return outcome

    def _asks_again(self, conn: TConn) -> bool:
        if not self.alive or self.tpool._work_queue.qsize():
            return False
        coming = select.poll()
        coming.register(conn.sock, select.POLLIN)
        return bool(coming.poll(LINGER_MS))

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """Refuse new connections while what is under way is finished.

        gunicorn stops accepting but goes on listening: a client would be let in by the system,
        wait until the last answer is out, and then be cut. Refused, it tries another gateway at
        once.
        """
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()
