"""An engine as dialects call it: with its slots, its connections and its deadlines."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from threading import Lock

import httpx
from django.conf import settings

from audio import context, metrics
from audio.context import ClientLeft
from audio.engines.availability import (
    is_probe,
    limited_s,
    note_answer,
    refuse_while_restarting,
    suspect,
)
from audio.engines.failures import (
    EngineError,
    EngineFailed,
    EngineMisconfigured,
    EngineNonsense,
    EngineRefused,
    EngineRefusedKey,
    EngineTimedOut,
    EngineUnreachable,
    bad_answer,
    busy,
    from_transport,
    not_configured,
)
from audio.engines.http.answer_stream import AnswerStream
from audio.engines.http.answers import check, read_json
from audio.engines.http.connections import EngineConnections, tls
from audio.engines.http.deadlines import allowed_s, within
from audio.engines.http.health import Health, read_health
from audio.engines.http.request_forms import form_with, headers
from audio.engines.slots import JobSlots, NoSlot, Slots
from audio.media.recording import Recording

CONNECT_S = 3.0
# Health and catalogue calls are short, and never queue behind inference.
QUICK_CONNECTIONS = 4
QUICK_CALL_S = 5.0
HEALTH_S = 2.0
# A probe needs a connection of its own when all others are in use.
PROBE_CONNECTIONS = 1
# After these failures the engine is probed, so that other processes learn of it.
_SUSPICIOUS = (
    EngineFailed,
    EngineMisconfigured,
    EngineNonsense,
    EngineRefusedKey,
    EngineTimedOut,
    EngineUnreachable,
)


def connections(count: int, base_url: str) -> EngineConnections:
    """Make a number of simultaneous connections; calls set their deadlines."""
    return EngineConnections(
        count + PROBE_CONNECTIONS,
        connect_s=CONNECT_S,
        wait_s=settings.ENGINE_WAIT_S,
        tls=tls() if base_url.startswith("https:") else None,
    )


class Engine:
    """One engine, with its slots, its connections and its deadlines.

    `authorization` is the header that its requests have; `is_foreign`: others wrote the engine,
    and its refusals are read as theirs; `most_calls`: it takes fewer calls at a time than the
    settings allow.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        authorization: str = "",
        is_foreign: bool = False,
        most_calls: int | None = None,
    ) -> None:
        self.name, self.url, self.is_foreign = name, base_url, is_foreign
        self._authorization = authorization
        count = min(settings.ENGINE_CONNECTIONS, most_calls or settings.ENGINE_CONNECTIONS)
        self.slots = Slots(name, count)
        self._calls = connections(count, base_url)
        self._quick_calls = connections(QUICK_CONNECTIONS, base_url)
        # Cached: joining a path to the base URL takes longer than the rest of building a request.
        self._at = lru_cache(lambda path: httpx.URL(base_url + path))

    @contextmanager
    def hold_slots(self, calls: int) -> Iterator[int]:
        """Hold the slots of a job, which its calls inside the block share.

        Yields how many calls may be under way: at most as many as the engine has slots. When the
        block ends, no further call of the job begins.

        Raises
        ------
        EngineBusy
            Before any call, when the slots did not become free in time.
        """
        held, mine = context.current().held_slots, (self.name, self.url)
        if mine in held:
            yield held[mine].count
            return
        slots = self._acquire(calls)
        try:
            with context.replaced(held_slots={**held, mine: slots}):
                yield slots.count
        finally:
            slots.end()

    @contextmanager
    def hold_free_slots(self, calls: int) -> Iterator[int]:
        """Hold up to this many slots of a job, as far as they are free now; yield how many."""
        slots = self.slots.acquire_free(calls, context.key_name())
        if slots is None:
            yield 0
            return
        held = context.current().held_slots
        try:
            with context.replaced(held_slots={**held, (self.name, self.url): slots}):
                yield slots.count
        finally:
            slots.end()

    @property
    def load(self) -> float:
        """The share of its slots that are held, and more where jobs wait: what to compare by."""
        return (self.slots.in_use + self.slots.queued) / self.slots.total

    @property
    def held_slots(self) -> int:
        """How many slots the job under way holds here."""
        held = context.current().held_slots.get((self.name, self.url))
        return 0 if held is None else held.count

    @property
    def unused_slots(self) -> int:
        """How many slots the job under way holds here without a call in them."""
        held = context.current().held_slots.get((self.name, self.url))
        return 0 if held is None else held.unused

    def post_recording(
        self,
        operation: str,
        path: str,
        recording: Recording,
        fields: Mapping[str, object],
        *,
        file_field: str = "file",
    ) -> object:
        """Upload a recording from disk, and read the JSON answer."""
        at, name = self._at(path), f"audio{recording.suffix}"
        form = form_with(
            recording.path,
            name,
            fields,
            at,
            field=file_field,
            authorization=self._authorization,
        )
        with self._slot(), form as request:
            allowed = limited_s(allowed_s(recording.seconds))
            try:
                answer = self._answer(operation, self._calls, request, within_s=allowed)
            except EngineRefused as refusal:
                raise refusal.about(recording.field, fields) from refusal
        note_answer(self.name, self.url)
        return answer

    def post_json(
        self, operation: str, path: str, body: Mapping[str, object], *, audio_s: float | None
    ) -> object:
        """Send JSON about audio of this length, and read the JSON answer."""
        request = httpx.Request("POST", self._at(path), headers=self._headers(), json=dict(body))
        with self._slot():
            allowed = limited_s(allowed_s(audio_s))
            answer = self._answer(operation, self._calls, request, within_s=allowed)
        note_answer(self.name, self.url)
        return answer

    def open_stream(
        self, operation: str, path: str, body: Mapping[str, object], *, silence_s: float
    ) -> AnswerStream:
        """Send JSON, and return the answer as a stream, which the caller closes.

        It returns when the head of a successful answer has arrived. An engine may be silent for
        `silence_s` before the first byte and between two.
        """
        request = httpx.Request("POST", self._at(path), headers=self._headers(), json=dict(body))
        silence_s = limited_s(silence_s)
        slots = self._acquire(1)
        try:
            context.raise_if_client_left()
            with within(silence_s, ends_with_client=True), self._observed(operation):
                response = self._calls.handle_request(request)
                check(response, self.name, self.url, is_foreign=self.is_foreign)
                return AnswerStream(self.name, self.url, response, slots, silence_s)
        except BaseException:
            slots.end()
            raise

    def ask(self, operation: str, path: str) -> object:
        """Get a small JSON answer quickly, whatever inference is under way."""
        request = httpx.Request("GET", self._at(path), headers=self._headers())
        return self._answer(operation, self._quick_calls, request, within_s=QUICK_CALL_S)

    def health(self, path: str = "/health") -> Health:
        """Return what the engine's health route says."""
        try:
            request = httpx.Request("GET", self._at(path), headers=self._headers())
            with within(HEALTH_S), closing(self._quick_calls.handle_request(request)) as response:
                return read_health(response)
        except httpx.HTTPError:
            return Health(is_good=False)

    def _headers(self) -> dict[str, str]:
        return headers(self._authorization)

    def close(self) -> None:
        """Close the idle connections."""
        self._calls.close()
        self._quick_calls.close()

    def bad_answer(self, what: str) -> EngineNonsense:
        """Report how an answer of this engine differs from the contract."""
        return bad_answer(self.name, what)

    def _acquire(self, calls: int) -> JobSlots:
        if is_probe():
            # A probe finds out why no slot becomes free.
            return self.slots.acquire_for_probe(calls)
        refuse_while_restarting(self.name, self.url)
        try:
            return self.slots.acquire(calls, context.key_name())
        except NoSlot as refusal:
            raise busy(self.name, refusal.reason) from refusal

    @contextmanager
    def _slot(self) -> Iterator[None]:
        """Occupy a slot of the job that the call belongs to, or one of the call's own."""
        with (
            self.hold_slots(1),
            context.current().held_slots[self.name, self.url].call(),
        ):
            context.raise_if_client_left()
            yield

    def _answer(
        self, operation: str, by: EngineConnections, request: httpx.Request, *, within_s: float
    ) -> object:
        ends_with_client = context.current().calls_end_with_client
        with within(within_s, ends_with_client=ends_with_client), self._observed(operation):
            response = by.handle_request(request)
            check(response, self.name, self.url, is_foreign=self.is_foreign)
            return read_json(response, self.name, is_foreign=self.is_foreign)

    @contextmanager
    def _observed(self, operation: str) -> Iterator[None]:
        """Time one call, translate transport errors, and suspect an engine that failed."""
        started, outcome = time.monotonic(), "ok"
        try:
            refuse_while_restarting(self.name, self.url)
            with self._translated():
                yield
        except (EngineError, ClientLeft) as error:
            outcome = type(error).__name__
            if isinstance(error, _SUSPICIOUS):
                suspect(self.name, self.url)
            raise
        finally:
            ended = time.monotonic()
            context.note_engine_call(started, ended)
            metrics.ENGINE_CALLS.labels(self.name, operation, outcome).observe(ended - started)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise from_transport(self.name, error) from error


def engine(
    name: str,
    base_url: str,
    *,
    authorization: str = "",
    is_foreign: bool = False,
    most_calls: int | None = None,
) -> Engine:
    """Return the engine of that name, whose connections live as long as the process.

    Raises
    ------
    EngineNotConfigured
    """
    if not base_url:
        raise not_configured(name)
    # Calls that start at the same time must share one pool.
    with _making:
        return _make(
            name,
            base_url,
            authorization=authorization,
            is_foreign=is_foreign,
            most_calls=most_calls,
        )


_making = Lock()
_make = lru_cache(maxsize=64)(Engine)
