"""How the gateway talks to an engine: pooled connections, and the tree of what can go wrong.

    EngineError
    ├── EngineNotConfigured   no base URL is set
    ├── EngineBusy            no places became free in time, or none of the key's share
    ├── EngineUnreachable     refused, reset, name not found
    ├── EngineTimedOut        the whole answer was not there in time
    ├── EngineFailed          500: most often a wedged CUDA context
    ├── EngineRestarting      it is known to be restarting, and was not asked
    ├── EngineRefused         4xx, 503: the engine's own reason
    └── EngineNonsense        an answer, but not the contract's

Messages are sentences for the client of the gateway: they name no address, no path and no key.
"""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import httpx
import orjson
from django.conf import settings

from audio import board, journal, metrics, presence
from audio.engines.admission import Admission, NoPlace, Places
from audio.engines.connections import QUESTION_CONNECTIONS, connections_to
from audio.engines.deadlines import Call, allowed_s, within
from audio.engines.probing import is_probe, shortened, suspected
from audio.engines.reasons import read_reason, read_retry_after
from audio.engines.sending import LargeReads
from audio.engines.streams import AnswerStream

# Health and catalogue: short, and never queued behind inference.
QUESTION_S = 5.0
HEALTH_S = 2.0
# Words of a recording of a day are a tenth of this; and a reason is a sentence.
LARGEST_ANSWER = 32 * 1024 * 1024
LARGEST_REFUSAL = 64 * 1024
REFUSAL_S = 2.0
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
    """The places that a job needs did not become free in time."""


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


# What somebody should look at: others are to know that it is gone, too.
_SUSPICIOUS = (EngineFailed, EngineNonsense, EngineTimedOut, EngineUnreachable)
_BUSY = {
    "busy": "The {} engine is busy. Try again in a moment.",
    "key_share": (
        "What was asked before with this API key keeps its whole share of the {} engine busy. "
        "Try again when some of it is answered."
    ),
}


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording on disk, the suffix and name its sender gave it, and the field it came in.

    `seconds` is how long it says it is, where somebody has looked.
    """

    path: Path
    suffix: str = ""
    name: str = ""
    field: str = "file"
    seconds: float | None = None


class Engine:
    """One engine, its places, its connections and its deadlines."""

    def __init__(self, name: str, base_url: str) -> None:
        self.name, self.url = name, base_url
        self._places = Places(name, settings.ENGINE_CONNECTIONS)
        self._admission: ContextVar[Admission | None] = ContextVar(f"{name}'s", default=None)
        self._calls = connections_to(base_url, settings.ENGINE_CONNECTIONS)
        self._questions = connections_to(base_url, QUESTION_CONNECTIONS)
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
        if whole := self._admission.get():
            yield whole.count
            return
        admission = self._admit(calls)
        token = self._admission.set(admission)
        try:
            yield admission.count
        finally:
            self._admission.reset(token)
            admission.end()

    def post_recording(
        self, operation: str, path: str, recording: Recording, fields: Mapping[str, object]
    ) -> object:
        """Upload a recording from disk, and read the JSON answer."""
        with self._place(), LargeReads(recording.path) as file:
            upload = {"file": (f"audio{recording.suffix}", file)}
            at = self._at(path)
            request = self._calls.build_request("POST", at, data=dict(fields), files=upload)
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
        request = self._calls.build_request("POST", self._at(path), json=dict(body))
        patience_s = shortened(patience_s)
        admission = self._admit(1)
        try:
            presence.stay()
            with (
                within(patience_s, ends_with_client=True) as call,
                self._translated(operation, call),
            ):
                response = self._calls.send(request, stream=True)
                self._check(response)
                return AnswerStream(self, response, admission, patience_s)
        except BaseException:
            admission.end()
            raise

    def ask(self, operation: str, path: str) -> object:
        """Get a small JSON answer quickly, whatever inference is under way."""
        request = self._questions.build_request("GET", self._at(path))
        return self._answer(operation, self._questions, request, within_s=QUESTION_S)

    def is_healthy(self) -> bool:
        """Whether the engine says that it can infer, or has no word for it but answers."""
        try:
            with within(HEALTH_S), self._questions.stream("GET", "/health") as response:
                return response.is_success or response.status_code in (404, 405)
        except httpx.HTTPError:
            return False

    def translate(self, error: httpx.HTTPError, call: Call) -> EngineError:
        """Say what a transport error means."""
        match error:
            case httpx.PoolTimeout():
                return EngineBusy(_BUSY["busy"].format(self.name))
            case httpx.ConnectTimeout():
                return EngineUnreachable(f"The {self.name} engine cannot be reached.")
            case httpx.TimeoutException():
                return EngineTimedOut(f"The {self.name} engine did not answer in time.")
            case httpx.RemoteProtocolError() if not call.broke_off:
                return self.nonsense("it is not HTTP as it should be")
        return EngineUnreachable(f"The {self.name} engine cannot be reached.")

    def nonsense(self, what: str) -> EngineNonsense:
        """Say why an answer is not the contract."""
        return EngineNonsense(
            f"The {self.name} engine gave an answer that cannot be used: {what}."
        )

    def _admit(self, calls: int) -> Admission:
        if is_probe():
            # It is to find out why nobody leaves a place.
            return self._places.squeeze_in(calls)
        self._refuse_while_restarting()
        try:
            return self._places.take(calls, journal.key_name())
        except NoPlace as refusal:
            raise EngineBusy(_BUSY[refusal.reason].format(self.name)) from refusal

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places of the job that this call belongs to, or one of its own."""
        with self.admitted(1):
            admission = self._admission.get()
            assert admission is not None  # noqa: S101 — the line above has set it
            with admission.call():
                presence.stay()
                yield

    def _answer(
        self, operation: str, client: httpx.Client, request: httpx.Request, *, within_s: float
    ) -> object:
        """The JSON of a good answer."""
        with (
            within(within_s, ends_with_client=presence.is_streaming()) as call,
            self._translated(operation, call),
        ):
            response = client.send(request, stream=True)
            self._check(response)
            return self._json(response)

    @contextmanager
    def _translated(self, operation: str, call: Call) -> Iterator[None]:
        """Time one call, and turn transport errors into the tree."""
        started, outcome = time.monotonic(), "ok"
        try:
            self._refuse_while_restarting()
            yield
        except httpx.HTTPError as error:
            translated = self.translate(error, call)
            outcome = type(translated).__name__
            if isinstance(translated, _SUSPICIOUS):
                self._suspect()
            raise translated from error
        except (EngineError, presence.ClientLeft) as error:
            outcome = type(error).__name__
            if isinstance(error, _SUSPICIOUS):
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
        known = board.standing(self.name, self.url)
        if known.state == "down" and known.restarts:
            return "an automatic restart did not help"
        when = "was triggered" if settings.PROBE_AFTER_FAILURE else "will follow"
        return f"an automatic restart {when}, should it be wedged"

    def _suspect(self) -> None:
        """Have the engine looked at, in the background; whatever comes of it, the call goes on."""
        if not is_probe():
            suspected.send_robust(Engine, engine=self.name, url=self.url)

    def _check(self, response: httpx.Response) -> None:
        """Read what an answer is refused for, where it is no good one."""
        status = response.status_code
        if status == httpx.codes.OK:
            return
        reason, param = read_reason(_refusal(response))
        if status == httpx.codes.INTERNAL_SERVER_ERROR:
            raise EngineFailed(
                f"A transient error in the {self.name} engine; {self._remedy()}. "
                "Try again in about 60 s.",
                reason,
            )
        if 400 <= status < 500 or status == httpx.codes.SERVICE_UNAVAILABLE:
            said = reason or f"The {self.name} engine refused the request."
            raise EngineRefused(status, said, param, read_retry_after(response))
        # These two are a proxy's, in front of an engine that it cannot reach or wait for.
        if status == httpx.codes.BAD_GATEWAY:
            raise EngineUnreachable(f"The {self.name} engine cannot be reached.")
        if status == httpx.codes.GATEWAY_TIMEOUT:
            raise EngineTimedOut(f"The {self.name} engine did not answer in time.")
        raise self.nonsense(f"its status is {status}")

    def _json(self, response: httpx.Response) -> object:
        content = b"".join(_up_to(LARGEST_ANSWER, response))
        if len(content) > LARGEST_ANSWER:
            raise self.nonsense("it is too long")
        try:
            # Strict: neither NaN nor half a surrogate pair, which no text could be passed on with.
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            # A server that knows one format answers the transcript as plain text, with 200.
            if response.headers.get("content-type", "").startswith("text/plain"):
                return content.decode(errors="replace")
            # What follows an answer that was shorter than it said would be taken for the next.
            response.extensions["network_stream"].close()
            raise self.nonsense("it is not JSON") from None


def _refusal(response: httpx.Response) -> bytes:
    """The body of an answer that is no good one; its status says enough if that does not come."""
    told: list[bytes] = []
    with suppress(httpx.HTTPError), within(REFUSAL_S):
        told.extend(_up_to(LARGEST_REFUSAL, response))
    return b"".join(told)


def _up_to(limit: int, response: httpx.Response) -> Iterator[bytes]:
    """The body piece by piece, ended and closed where it is over the limit."""
    received = 0
    try:
        for piece in response.iter_raw():
            yield piece
            received += len(piece)
            if received > limit:
                return
    finally:
        response.close()


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
