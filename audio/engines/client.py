"""How the gateway talks to an engine: its places, its connections, its deadlines."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from threading import Lock

import httpx
from django.conf import settings

from audio import context, metrics
from audio.context import ClientLeft
from audio.engines.answer_stream import AnswerStream
from audio.engines.answers import check, read_json
from audio.engines.deadlines import allowed_s, within
from audio.engines.failures import (
    EngineBusy,
    EngineError,
    EngineFailed,
    EngineNonsense,
    EngineRefused,
    EngineTimedOut,
    EngineUnreachable,
    nonsense,
    not_configured,
    timed_out,
    unreachable,
)
from audio.engines.probing import is_probe, shortened, suspect
from audio.engines.request_forms import form_with, headers
from audio.engines.restart_refusals import refuse_while_restarting
from audio.engines.slots import Admission, NoPlace, Places
from audio.engines.transport import EngineTransport
from audio.media.recording import Recording

CONNECT_S = 3.0
QUESTION_CONNECTIONS = 4
# Beside all that are in use: what is to find out why they are.
PROBES = 1


def connections(at_once: int) -> EngineTransport:
    """Connections to one engine, so many at once; how long they are used, calls decide."""
    return EngineTransport(at_once + PROBES, connect_s=CONNECT_S, wait_s=settings.ENGINE_WAIT_S)


# Health and catalogue: short, and never queued behind inference.
QUESTION_S = 5.0
HEALTH_S = 2.0

# What somebody should look at: others are to know that it is gone, too.
_SUSPICIOUS = (EngineFailed, EngineNonsense, EngineTimedOut, EngineUnreachable)
_BUSY = {
    "busy": "The {} engine is busy. Try again in a moment.",
    "key_share": (
        "What was asked before with this API key keeps its whole share of the {} engine busy. "
        "Try again when some of it is answered."
    ),
}


class Engine:
    """One engine, its places, its connections and its deadlines."""

    def __init__(self, name: str, base_url: str) -> None:
        self.name, self.url = name, base_url
        self._places = Places(name, settings.ENGINE_CONNECTIONS)
        self._calls = connections(settings.ENGINE_CONNECTIONS)
        self._questions = connections(QUESTION_CONNECTIONS)
        # Joining a path to the base URL takes longer than the rest of a request's making.
        self._at = lru_cache(lambda path: httpx.URL(base_url + path))

    @contextmanager
    def admitted(self, calls: int) -> Iterator[int]:
        """Take the places of a job together; its calls inside the block then need no other.

        Gives how many calls it may have under way: at most so many as there are places at all.
        When the block ends, no further call of the job begins.

        Raises
        ------
        EngineBusy
            Before any call, when they did not become free in time.
        """
        held, mine = context.current().held_slots, (self.name, self.url)
        if mine in held:
            yield held[mine].count
            return
        admission = self._admit(calls)
        try:
            with context.replaced(held_slots={**held, mine: admission}):
                yield admission.count
        finally:
            admission.end()

    def post_recording(
        self, operation: str, path: str, recording: Recording, fields: Mapping[str, object]
    ) -> object:
        """Upload a recording from disk, and read the JSON answer."""
        at, name = self._at(path), f"audio{recording.suffix}"
        with self._place(), form_with(recording.path, name, fields, at) as request:
            allowed = shortened(allowed_s(recording.seconds))
            try:
                return self._answer(operation, self._calls, request, within_s=allowed)
            except EngineRefused as refusal:
                raise refusal.about(recording.field) from refusal

    def open_stream(
        self, operation: str, path: str, body: Mapping[str, object], *, patience_s: float
    ) -> AnswerStream:
        """Send JSON, return once the head of a good answer is here; the caller closes it.

        An engine may be silent for `patience_s`, before the first byte and between two.
        """
        request = httpx.Request("POST", self._at(path), headers=headers(), json=dict(body))
        patience_s = shortened(patience_s)
        admission = self._admit(1)
        try:
            context.raise_if_client_left()
            with (
                within(patience_s, ends_with_client=True),
                self._translated(operation),
            ):
                response = self._calls.handle_request(request)
                check(response, self.name, self.url)
                return AnswerStream(self, response, admission, patience_s)
        except BaseException:
            admission.end()
            raise

    def ask(self, operation: str, path: str) -> object:
        """Get a small JSON answer quickly, whatever inference is under way."""
        request = httpx.Request("GET", self._at(path), headers=headers())
        return self._answer(operation, self._questions, request, within_s=QUESTION_S)

    def is_healthy(self) -> bool:
        """Whether the engine says that it can infer, or has no word for it but answers."""
        try:
            request = httpx.Request("GET", self._at("/health"), headers=headers())
            with within(HEALTH_S), closing(self._questions.handle_request(request)) as response:
                return response.is_success or response.status_code in (404, 405)
        except httpx.HTTPError:
            return False

    def translate(self, error: httpx.HTTPError) -> EngineError:
        """Say what a transport error means."""
        match error:
            case httpx.PoolTimeout():
                return EngineBusy(_BUSY["busy"].format(self.name))
            case httpx.ConnectTimeout():
                return unreachable(self.name)
            case httpx.TimeoutException():
                return timed_out(self.name)
            case httpx.RemoteProtocolError():
                return nonsense(self.name, "it is not HTTP as it should be")
        return unreachable(self.name)

    def close(self) -> None:
        """Close the idle connections."""
        self._calls.close()
        self._questions.close()

    def nonsense(self, what: str) -> EngineNonsense:
        """Say why an answer is not the contract."""
        return nonsense(self.name, what)

    def _admit(self, calls: int) -> Admission:
        if is_probe():
            # It is to find out why nobody leaves a place.
            return self._places.squeeze_in(calls)
        refuse_while_restarting(self.name, self.url)
        try:
            return self._places.take(calls, context.key_name())
        except NoPlace as refusal:
            raise EngineBusy(_BUSY[refusal.reason].format(self.name)) from refusal

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places of the job that this call belongs to, or one of its own."""
        with self.admitted(1), context.current().held_slots[self.name, self.url].call():
            context.raise_if_client_left()
            yield

    def _answer(
        self, operation: str, by: EngineTransport, request: httpx.Request, *, within_s: float
    ) -> object:
        """The JSON of a good answer."""
        with (
            within(within_s, ends_with_client=context.current().calls_end_with_client),
            self._translated(operation),
        ):
            response = by.handle_request(request)
            check(response, self.name, self.url)
            return read_json(response, self.name)

    @contextmanager
    def _translated(self, operation: str) -> Iterator[None]:
        """Time one call, and turn transport errors into the tree."""
        started, outcome = time.monotonic(), "ok"
        try:
            refuse_while_restarting(self.name, self.url)
            yield
        except httpx.HTTPError as error:
            translated = self.translate(error)
            outcome = type(translated).__name__
            if isinstance(translated, _SUSPICIOUS):
                suspect(self.name, self.url)
            raise translated from error
        except (EngineError, ClientLeft) as error:
            outcome = type(error).__name__
            if isinstance(error, _SUSPICIOUS):
                suspect(self.name, self.url)
            raise
        finally:
            ended = time.monotonic()
            context.note_engine_call(started, ended)
            metrics.ENGINE_CALLS.labels(self.name, operation, outcome).observe(ended - started)


def engine(name: str, base_url: str) -> Engine:
    """The engine of that name, with its pool, which lives as long as the process.

    Raises
    ------
    EngineNotConfigured
    """
    if not base_url:
        raise not_configured(name)
    # Calls that start at once must find one pool, not make one each.
    with _making:
        return _made(name, base_url)


_making = Lock()
_made = lru_cache(maxsize=8)(Engine)
