"""Events as `text/event-stream`: one JSON object per event, every event ended by a blank line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context

CONTENT_TYPE = "text/event-stream"
# Proxies that gather a stream before they pass it on would undo the streaming.
STREAM_HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
# A comment: clients skip it, and neither they nor proxies take a long silence for a dead line.
PING = b": ping\n\n"
PING_S = 10.0
DONE = b"data: [DONE]\n\n"
# What fails sooner gets a status of its own; what takes longer should not look dead.
PATIENCE_S = 5.0

Json = Mapping[str, object]


def event(body: Json) -> bytes:
    """One event."""
    return b"data: %s\n\n" % json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


class EventStream:
    """The events of a job that may take minutes: pings while it works, then all it has to say.

    Raises what the job raises when it fails within `PATIENCE_S`; later its failure is the last
    event, in the words of `told`. A job whose reader leaves finds that out by itself.
    """

    def __init__(
        self, job: Callable[[], Iterable[Json]], told: Callable[[Exception], Json]
    ) -> None:
        self._told = told
        pool = ThreadPoolExecutor(max_workers=1)
        self._events = pool.submit(copy_context().run, job)
        pool.shutdown(wait=False)
        wait([self._events], timeout=PATIENCE_S)
        if self._events.done():
            self._events.result()

    def __iter__(self) -> Iterator[bytes]:
        while not self._events.done():
            yield PING
            wait([self._events], timeout=PING_S)
        failure = self._events.exception()
        if isinstance(failure, Exception):
            yield event(self._told(failure))
            return
        yield from map(event, self._events.result())
        yield DONE
