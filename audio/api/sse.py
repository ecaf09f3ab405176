"""Events as `text/event-stream`: one JSON object per event, every event ended by a blank line."""

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


# Many a reader of lines stops at 64 KiB, and base64 is a third longer than its bytes.
LARGEST_DELTA = 3 * 8192
CHARACTERS_PER_TOKEN = 4
BYTES_PER_TOKEN = 1000


class SpeechEvents:
    """The events of one speech; closing them closes it."""

    def __init__(self, text: str, audio: Audio) -> None:
        self._text, self._audio = text, audio

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        try:
            for piece in self._audio:
                sent += len(piece)
                yield from _deltas(piece)
        except EngineError as error:
            # The events can say what happened, where bare audio can only break off.
            problem = problem_of(error)
            request_log.note_failure(problem.code or type(error).__name__)
            yield event(problem.body())
        else:
            yield event({"type": "speech.audio.done", "usage": usage(self._text, sent)})

    def close(self) -> None:
        """Stop the speech."""
        self._audio.close()


def _deltas(piece: bytes) -> Iterator[bytes]:
    for start in range(0, len(piece), LARGEST_DELTA):
        audio = b64encode(piece[start : start + LARGEST_DELTA]).decode()
        yield event({"type": "speech.audio.delta", "audio": audio})


def usage(text: str, audio_bytes: int) -> dict[str, int]:
    """Estimate what clients show as cost: nobody counts tokens here.

    Four characters of English are about a token, and bytes are what can be counted of audio
    without decoding it, so the same speech costs more in a larger format.
    """
    heard = -(-len(text) // CHARACTERS_PER_TOKEN)
    spoken = -(-audio_bytes // BYTES_PER_TOKEN)
    return {"input_tokens": heard, "output_tokens": spoken, "total_tokens": heard + spoken}
