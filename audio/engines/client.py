"""How the gateway talks to an engine: pooled connections, and the tree of what can go wrong.

    EngineError
    ├── EngineNotConfigured   no base URL is set
    ├── EngineBusy            no free connection: the pool is the admission control
    ├── EngineUnreachable     refused, reset, name not found
    ├── EngineTimedOut        no answer within ENGINE_TIMEOUT_S
    ├── EngineFailed          500: most often a wedged CUDA context
    ├── EngineRestarting      it is known to be restarting, and was not asked
    ├── EngineRefused         4xx, 503: the engine's own reason
    └── EngineNonsense        200, but not the contract

Messages are sentences for the client of the gateway: they name no address, no path and no key.
"""

import io
import json
import math
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import httpx
from django.conf import settings

from audio import board, journal, metrics
from audio.engines.probing import is_probe, shorten, suspected
from audio.engines.reasons import read_reason, read_retry_after

CONNECT_S = 5.0
WRITE_S = 60.0
# Health and catalogue: short, and never queued behind inference.
QUESTION_S = 5.0
HEALTH_S = 2.0
QUESTION_CONNECTIONS = 4
# uvicorn, which serves the containers, closes an idle connection after 5 s; ours must be gone by
# then.
KEEPALIVE_S = 4.0
READ_BYTES = 1024 * 1024
# Nobody waits longer than that for an engine that restarts: it may be back sooner than expected.
RESTART_WAIT_S = 60
_OF_THE_RECORDING = {
    httpx.codes.BAD_REQUEST,
    httpx.codes.REQUEST_ENTITY_TOO_LARGE,
    httpx.codes.UNSUPPORTED_MEDIA_TYPE,
    httpx.codes.UNPROCESSABLE_ENTITY,
}


class EngineError(Exception):
    """An engine could not do its part."""


class EngineNotConfigured(EngineError):
    """The setting that names the engine is empty."""


class EngineBusy(EngineError):
    """All connections to the engine are in use, and none became free in time."""


class EngineUnreachable(EngineError):
    """Nobody answers at the engine's address, or the connection broke."""


class EngineTimedOut(EngineError):
    """The engine took longer than it may."""


class EngineFailed(EngineError):
    """The engine answered 500; `reason` is what it said."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class EngineRestarting(EngineError):
    """The engine is being restarted; it is expected back in `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineRefused(EngineError):
    """The engine refused the request, with a reason of its own."""

    code = "engine_refused"

    def __init__(
        self, status: int, reason: str, param: str | None, retry_after: int | None
    ) -> None:
        super().__init__(reason)
        self.status, self.reason, self.param = status, reason, param
        self.retry_after = retry_after

    def about(self, field: str) -> "EngineRefused":
        """The same refusal of the recording in this field, which the engine knows as `file`."""
        if self.status not in _OF_THE_RECORDING or self.param not in (None, "file"):
            return self
        return EngineRefused(self.status, f"{field}: {self.reason}", field, self.retry_after)


class EngineNonsense(EngineError):
    """The engine's answer is not what the contract says."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording on disk, the suffix and name its sender gave it, and the field it came in."""

    path: Path
    suffix: str = ""
    name: str = ""
    field: str = "file"


class Engine:
    """One engine, its connections and its timeouts."""

    def __init__(self, name: str, base_url: str) -> None:
        self.name, self.url = name, base_url
        self._calls = _client(
            base_url,
            settings.ENGINE_CONNECTIONS,
            httpx.Timeout(
                connect=CONNECT_S,
                read=settings.ENGINE_TIMEOUT_S,
                write=WRITE_S,
                pool=settings.ENGINE_WAIT_S,
            ),
        )
        self._questions = _client(base_url, QUESTION_CONNECTIONS, httpx.Timeout(QUESTION_S))

    def post_recording(
        self, operation: str, path: str, recording: Recording, fields: Mapping[str, object]
    ) -> object:
        """Upload a recording from disk, and read the JSON answer."""
        with self._translated(operation), _LargeReads(recording.path) as file:
            response = self._calls.post(
                path, data=dict(fields), files={"file": (f"audio{recording.suffix}", file)}
            )
            try:
                self._check(response)
            except EngineRefused as refusal:
                raise refusal.about(recording.field) from refusal
            return self._json(response)

    def open_stream(self, operation: str, path: str, body: Mapping[str, object]) -> httpx.Response:
        """Send JSON, return once the head of a good answer is here; the caller closes it."""
        with self._translated(operation):
            request = self._calls.build_request("POST", path, json=dict(body))
            response = self._calls.send(request, stream=True)
            if response.status_code != httpx.codes.OK:
                response.read()
                self._check(response)
            return response

    def ask(self, operation: str, path: str) -> object:
        """Get a small JSON answer quickly, whatever inference is under way."""
        with self._translated(operation):
            response = self._questions.get(path)
            self._check(response)
            return self._json(response)

    def is_healthy(self) -> bool:
        """Whether the engine says that it can infer, or has no word for it but answers."""
        try:
            response = self._questions.get("/health", timeout=HEALTH_S)
        except httpx.HTTPError:
            return False
        return response.is_success or response.status_code in (404, 405)

    def translate(self, error: httpx.HTTPError) -> EngineError:
        """Say what a transport error means."""
        match error:
            case httpx.PoolTimeout():
                return EngineBusy(f"The {self.name} engine is busy. Try again in a moment.")
            case httpx.ConnectTimeout():
                return EngineUnreachable(f"The {self.name} engine cannot be reached.")
            case httpx.TimeoutException():
                return EngineTimedOut(f"The {self.name} engine did not answer in time.")
        return EngineUnreachable(f"The {self.name} engine cannot be reached.")

    @contextmanager
    def _translated(self, operation: str) -> Iterator[None]:
        """Time one call, and turn transport errors into the tree."""
        started, outcome = time.monotonic(), "ok"
        try:
            self._refuse_while_restarting()
            yield
        except httpx.HTTPError as error:
            translated = self.translate(error)
            outcome = type(translated).__name__
            if isinstance(translated, EngineTimedOut):
                self._suspect()
            raise translated from error
        except EngineError as error:
            outcome = type(error).__name__
            if isinstance(error, EngineFailed | EngineNonsense):
                self._suspect()
            raise
        finally:
            ended = time.monotonic()
            journal.note_engine_call(started, ended)
            metrics.ENGINE_CALLS.labels(self.name, operation, outcome).observe(ended - started)

    def _refuse_while_restarting(self) -> None:
        known = board.standing(self.name, self.url)
        if known.state != "restarting" or is_probe():
            return
        left_s = math.ceil((known.ready_at or 0.0) - time.time())
        if left_s < 0:
            # Whoever followed the restart may be gone.
            self._suspect()
        # Whether it is back is found out no sooner than with the next probe.
        soonest_s = max(1, math.ceil(settings.RECOVERY_PROBE_S))
        retry_after = min(max(left_s, soonest_s), RESTART_WAIT_S)
        raise EngineRestarting(
            f"The {self.name} engine is being restarted. Try again in about {retry_after} s.",
            retry_after,
        )

    def _remedy(self) -> str:
        if not settings.RESTART_WITH:
            return "no automatic restart is configured"
        if board.standing(self.name, self.url).state == "down":
            return "an automatic restart did not help"
        when = "was triggered" if settings.PROBE_AFTER_FAILURE else "will follow"
        return f"an automatic restart {when}, should it be wedged"

    def _suspect(self) -> None:
        """Have the engine looked at, in the background; whatever comes of it, the call goes on."""
        if not is_probe():
            suspected.send_robust(Engine, engine=self.name, url=self.url)

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == httpx.codes.OK:
            return
        reason, param = read_reason(response)
        if status == httpx.codes.INTERNAL_SERVER_ERROR:
            raise EngineFailed(
                f"A transient error in the {self.name} engine; {self._remedy()}. "
                "Try again in about 60 s.",
                reason,
            )
        if 400 <= status < 500 or status == httpx.codes.SERVICE_UNAVAILABLE:
            said = reason or f"The {self.name} engine refused the request."
            raise EngineRefused(status, said, param, read_retry_after(response))
        raise EngineUnreachable(f"The {self.name} engine cannot be reached.")

    def _json(self, response: httpx.Response) -> object:
        try:
            answer = response.json()
            # Half a surrogate pair is JSON, but no text that could be passed on.
            if b"\\ud" in response.content.lower():
                json.dumps(answer, ensure_ascii=False).encode()
            return answer
        except (ValueError, RecursionError):
            # A server that knows one format answers the transcript as plain text, with 200.
            if response.headers.get("content-type", "").startswith("text/plain"):
                return response.text
            raise self.nonsense("it is not JSON") from None

    def nonsense(self, what: str) -> EngineNonsense:
        """Say why an answer is not the contract."""
        return EngineNonsense(
            f"The {self.name} engine gave an answer that cannot be used: {what}."
        )


def engine(name: str, base_url: str) -> Engine:
    """The engine of that name, with its pool, which lives as long as the process.

    Raises
    ------
    EngineNotConfigured
    """
    if not base_url:
        raise EngineNotConfigured(f"No {name} engine is configured on this gateway.")
    return _engine(name, base_url)


def _engine(name: str, base_url: str) -> Engine:
    # Calls that start at once must find one pool, not make one each.
    with _making:
        return _made(name, base_url)


_making = Lock()
_made = lru_cache(maxsize=8)(Engine)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Loading the CA certificates takes 34 ms of CPU: once for all clients."""
    return ssl.create_default_context()


def _client(base_url: str, connections: int, timeout: httpx.Timeout) -> httpx.Client:
    limits = httpx.Limits(max_connections=connections, keepalive_expiry=KEEPALIVE_S)
    return httpx.Client(
        base_url=base_url,
        limits=limits,
        timeout=timeout,
        verify=_tls(),
        # Engines are on the local network: a proxy from the environment would only carry calls
        # away.
        trust_env=False,
        # Audio goes on to the client as it comes; compressing it would only cost time.
        headers={"accept-encoding": "identity"},
        event_hooks={"request": [shorten]},
    )


class _LargeReads(io.FileIO):
    """A file as long as it was when it was opened, read 1 MiB at a time.

    httpx asks for 64 KiB, which is most of an upload's cost; and a recording that is still being
    written would be longer than its announced length.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._size = super().seek(0, io.SEEK_END)
        self.seek(0)

    def fileno(self) -> int:
        """None, so that nobody asks the system how long the file has become."""
        raise io.UnsupportedOperation("fileno")

    def read(self, size: int | None = -1, /) -> bytes:
        left = self._size - self.tell()
        block = super().read(min(READ_BYTES, left))
        if left and not block:
            raise OSError("the recording was cut while it was read")
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END:
            return super().seek(self._size + offset)
        return super().seek(offset, whence)
