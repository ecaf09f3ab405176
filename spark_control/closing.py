"""What meets a new client while the gateway ends?"""

from gunicorn.workers.gthread import ThreadWorker


class ClosingWorker(ThreadWorker):
    """gunicorn's threads, which refuse new connections while they finish what is under way.

    gunicorn stops accepting but goes on listening: a client would be let in by the system, wait
    until the last answer is out, and then be cut. Refused, it tries another gateway at once.
    """

    def set_accept_enabled(self, enabled: bool | None) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()
