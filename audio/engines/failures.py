"""The ways in which an engine fails, as exceptions.

    EngineError
    ├── EngineNotConfigured   no base URL is set
    ├── EngineBusy            no slots became free in time, or none of the key's share
    ├── EngineUnreachable     refused, reset, name not found
    ├── EngineTimedOut        the whole answer did not arrive in time
    ├── EngineFailed          500: most often a wedged CUDA context
    ├── EngineRestarting      known to be restarting, and not called
    ├── EngineRefused         4xx, 503: the engine's own reason
    │   └── RecordingTooLarge the recording exceeds a limit of the engine
    ├── EngineRefusedKey      401, 403: the gateway's key is missing or wrong
    ├── EngineMisconfigured   the engine lacks the model or the route that the settings ask for
    ├── EngineCannotTranslate no engine of the words role translates
    └── EngineNonsense        an answer that does not follow the contract
        └── LostForm          a model's output without its form, which a shorter recording may get

Messages are sentences for the client of the gateway: they name no address, no path and no key.
"""

import re
from collections.abc import Mapping

import httpx

NO_TRANSLATION = (
    "No model on this server can translate audio. Translation needs a Whisper model in the words "
    "role: the built-in engine, or WORDS_URL with WORDS_DIALECT openai, speaches or "
    "asr-webservice and a WORDS_MODEL that translates, such as whisper-large-v3."
)
_ABOUT_THE_REQUEST = {
    httpx.codes.BAD_REQUEST,
    httpx.codes.REQUEST_ENTITY_TOO_LARGE,
    httpx.codes.UNSUPPORTED_MEDIA_TYPE,
    httpx.codes.UNPROCESSABLE_ENTITY,
}
_BUSY = {
    "busy": "The {} engine is busy. Try again in a moment.",
    "key_share": (
        "Earlier requests with this API key occupy its whole share of the {} engine. "
        "Try again when one of them is answered."
    ),
}


class EngineError(Exception):
    """An engine could not do its part."""


class EngineNotConfigured(EngineError):
    """The setting that names the engine is empty."""


class EngineBusy(EngineError):
    """The slots that a job needs did not become free in time, or the engine itself is full.

    `retry_after` is how many seconds the engine asks to wait, None where it does not say.
    """

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineUnreachable(EngineError):
    """The engine's address does not answer, or the connection broke."""


class EngineTimedOut(EngineError):
    """The engine took longer than it may."""


class EngineFailed(EngineError):
    """The engine answered 500; `reason` is its own text, `kind` its own name of such errors."""

    def __init__(self, message: str, reason: str, kind: str = "") -> None:
        super().__init__(message)
        self.reason, self.kind = reason, kind


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

    def about(self, field: str | None, sent: Mapping[str, object]) -> "EngineRefused":
        """Return the refusal with the field that it is about.

        That is one of the fields that were `sent` beside the recording, if the reason names it;
        else `field`, which has the recording and which the engine knows as `file`; None without a
        recording.
        """
        if self.status not in _ABOUT_THE_REQUEST or self.param not in (None, "file"):
            return self
        blamed = (None if self.param else _blamed_field(self.reason, sent)) or field
        if blamed is None:
            return self
        return type(self)(self.status, f"{blamed}: {self.reason}", blamed, self.retry_after)


class RecordingTooLarge(EngineRefused):
    """The recording is larger or longer than the engine takes: its halves may not be."""


class EngineRefusedKey(EngineError):
    """The engine refuses the gateway's key, or asks for one: the settings are wrong."""


class EngineMisconfigured(EngineError):
    """The engine does not have what the settings ask of it; the message is its own reason."""


class EngineCannotTranslate(EngineError):
    """No engine of the words role translates; `reason` is the engine's own, if it gave one."""

    def __init__(self, reason: str = "") -> None:
        said = f" The engine says: {reason.rstrip('.')}." if reason else ""
        super().__init__(f"{NO_TRANSLATION}{said}")


def _blamed_field(reason: str, sent: Mapping[str, object]) -> str | None:
    """Return the field that a reason is about: by its value in quotes, else by its name.

    A reason that speaks of the recording too is about the recording: "no language found in the
    audio".
    """
    if quoted := [name for name, value in sent.items() if _quotes(reason, value)]:
        return quoted[0].removesuffix("[]")
    if _RECORDING.search(reason):
        return None
    named = {name: _mention_of(name).search(reason) for name in sent}
    places = {name: found.start() for name, found in named.items() if found}
    return min(places, key=places.__getitem__).removesuffix("[]") if places else None


def _quotes(reason: str, value: object) -> bool:
    return isinstance(value, str) and any(
        f"{mark}{value}{mark}" in reason for mark in "'\"`" if value.strip()
    )


def _mention_of(name: str) -> re.Pattern[str]:
    words = re.escape(name.removesuffix("[]")).replace("_", "[_ ]")
    return re.compile(rf"\b{words}\b", re.IGNORECASE)


_RECORDING = re.compile(r"\b(?:audio|file|recording|sound|upload)\b", re.IGNORECASE)


class EngineNonsense(EngineError):
    """The engine's answer does not follow the contract.

    The names of these classes are published, as the label `outcome` of a metric: they stay.
    """


class LostForm(EngineNonsense):
    """A model's output lost its form: the recording is not at fault, and halves may succeed."""


# A later attempt at the same request may succeed. An engine that refuses says so itself.
TRANSIENT: tuple[type[EngineError], ...] = (
    EngineBusy,
    EngineUnreachable,
    EngineTimedOut,
    EngineFailed,
    EngineRestarting,
)


def not_configured(engine: str) -> EngineNotConfigured:
    """Report an engine whose address is not set."""
    return EngineNotConfigured(f"No {engine} engine is configured on this gateway.")


def busy(engine: str, reason: str = "busy") -> EngineBusy:
    """Report an engine without free slots, or a key that holds its whole share of them."""
    return EngineBusy(_BUSY[reason].format(engine))


def loading(engine: str) -> EngineBusy:
    """Report an engine that is loading its model."""
    return EngineBusy(f"The {engine} engine is loading. Try again in a moment.")


def unreachable(engine: str) -> EngineUnreachable:
    """Report an engine that does not answer at its address."""
    return EngineUnreachable(f"The {engine} engine cannot be reached.")


def timed_out(engine: str) -> EngineTimedOut:
    """Report an engine that took longer than it may."""
    return EngineTimedOut(f"The {engine} engine did not answer in time.")


def bad_answer(engine: str, what: str) -> EngineNonsense:
    """Report how an answer differs from the contract."""
    return EngineNonsense(f"The {engine} engine gave an answer that cannot be used: {what}.")


_TOO_LARGE = re.compile(
    r"\b(?:too (?:large|long|big)|maximum|exceed\w*|larger than|longer than|size limit|"
    r"(?:duration|length|size) limit)\b",
    re.IGNORECASE,
)


def of_foreign_engine(engine: str, refusal: EngineRefused) -> EngineError:
    """Return what a refusal of an engine that others wrote means for the gateway and its client.

    Its 401 and 404 are about the gateway's settings, and must not reach the client as its own.
    """
    match refusal.status:
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            return EngineRefusedKey(f"The {engine} engine refuses the gateway's key.")
        case httpx.codes.TOO_MANY_REQUESTS | httpx.codes.SERVICE_UNAVAILABLE:
            return EngineBusy(refusal.reason, refusal.retry_after)
        case httpx.codes.NOT_FOUND | httpx.codes.METHOD_NOT_ALLOWED | httpx.codes.NOT_IMPLEMENTED:
            return EngineMisconfigured(refusal.reason)
    is_about_size = refusal.status == httpx.codes.REQUEST_ENTITY_TOO_LARGE or (
        refusal.status in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY)
        and _TOO_LARGE.search(refusal.reason)
    )
    if is_about_size:
        return RecordingTooLarge(
            refusal.status, refusal.reason, refusal.param, refusal.retry_after
        )
    if refusal.param in (None, "file"):
        return refusal
    message = f"{refusal.param}: {refusal.reason}"
    return EngineRefused(refusal.status, message, refusal.param, refusal.retry_after)


def from_transport(engine: str, error: httpx.HTTPError) -> EngineError:
    """Translate a transport error into this tree."""
    match error:
        case httpx.PoolTimeout():
            return busy(engine)
        case httpx.ConnectTimeout():
            return unreachable(engine)
        case httpx.TimeoutException():
            return timed_out(engine)
        case httpx.RemoteProtocolError():
            return bad_answer(engine, "it is not valid HTTP")
    return unreachable(engine)
