"""Server-sent events: one JSON object per event, each event ended by a blank line."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context

from audio.api import request_log
from audio.api.errors import problem_of
from audio.engines.failures import EngineError
from audio.pipeline.speech import Audio

CONTENT_TYPE = "text/event-stream"
# Proxies that buffer a response would undo the streaming.
STREAM_HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
# A comment, which clients skip. It keeps clients and proxies from closing a silent connection.
PING = b": ping\n\n"
PING_S = 10.0
DONE = b"data: [DONE]\n\n"
# A failure before this time gets an HTTP status; afterwards the stream begins, with pings.
PATIENCE_S = 5.0

Json = Mapping[str, object]


def event(body: Json) -> bytes:
    """Encode one event."""
    return b"data: %s\n\n" % json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


class EventStream:
    """The events of a job that may take minutes: pings while it works, then its events.

    Raises the job's failure if it fails within `PATIENCE_S`; a later failure becomes the last
    event, which `failure_event` makes. The job itself notices when the client leaves.
    """

    def __init__(
        self, job: Callable[[], Iterable[Json]], failure_event: Callable[[Exception], Json]
    ) -> None:
        self._failure_event = failure_event
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
            yield event(self._failure_event(failure))
            return
        yield from map(event, self._events.result())
        yield DONE


# Many line readers stop at 64 KiB, and base64 is a third longer than its bytes.
MAX_DELTA_BYTES = 3 * 8192
CHARACTERS_PER_TOKEN = 4
BYTES_PER_TOKEN = 1000


class SpeechEvents:
    """The events of one speech; closing them closes the speech."""

    def __init__(self, text: str, audio: Audio) -> None:
        self._text, self._audio = text, audio

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        try:
            for part in self._audio:
                sent += len(part)
                yield from _deltas(part)
        except EngineError as error:
            # An event reports the failure; a stream of bare audio could only break off.
            problem = problem_of(error)
            request_log.note_failure(problem.code or type(error).__name__)
            yield event(problem.body())
        else:
            yield event({"type": "speech.audio.done", "usage": usage(self._text, sent)})

    def close(self) -> None:
        """Stop the speech."""
        self._audio.close()


def _deltas(part: bytes) -> Iterator[bytes]:
    for start in range(0, len(part), MAX_DELTA_BYTES):
        audio = b64encode(part[start : start + MAX_DELTA_BYTES]).decode()
        yield event({"type": "speech.audio.delta", "audio": audio})


def usage(text: str, audio_bytes: int) -> dict[str, int]:
    """Estimate the tokens that clients show as cost; the engine counts none.

    Four characters of English are about one token. Audio is counted in bytes, because counting
    seconds would require decoding, so the same speech costs more in a larger format.
    """
    input_tokens = -(-len(text) // CHARACTERS_PER_TOKEN)
    output_tokens = -(-audio_bytes // BYTES_PER_TOKEN)
    return {
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
    }
