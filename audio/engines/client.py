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
from audio.engines.availability import limited_s, note_answer, refuse_while_restarting, suspect
from audio.engines.engine_slots import EngineSlots
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
    from_transport,
    not_configured,
)
from audio.engines.http.answer_stream import AnswerStream
from audio.engines.http.answers import check, read_json
from audio.engines.http.connections import EngineConnections, tls
from audio.engines.http.deadlines import allowed_s, within
from audio.engines.http.health import Health, read_health
from audio.engines.http.request_forms import form_with, headers
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


class Engine(EngineSlots):
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
        count = min(settings.ENGINE_CONNECTIONS, most_calls or settings.ENGINE_CONNECTIONS)
        super().__init__(name, base_url, count)
        self.is_foreign, self._authorization = is_foreign, authorization
        self._calls = connections(count, base_url)
        self._quick_calls = connections(QUICK_CONNECTIONS, base_url)
        # Cached: joining a path to the base URL takes longer than the rest of building a request.
        self._at = lru_cache(lambda path: httpx.URL(base_url + path))

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
        with self.slot(), form as request:
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
        with self.slot():
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
        slots = self.acquire(1)
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
