"""What can go wrong with an engine.

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

import httpx

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


# What a later try of the same may mend, whoever tries; of what was refused, the engine says so.
PASSING: tuple[type[EngineError], ...] = (
    EngineBusy,
    EngineUnreachable,
    EngineTimedOut,
    EngineFailed,
    EngineRestarting,
)


def not_configured(engine: str) -> EngineNotConfigured:
    """Say that nobody has set where an engine is."""
    return EngineNotConfigured(f"No {engine} engine is configured on this gateway.")


def unreachable(engine: str) -> EngineUnreachable:
    """Say that nobody answers there."""
    return EngineUnreachable(f"The {engine} engine cannot be reached.")


def timed_out(engine: str) -> EngineTimedOut:
    """Say that it took longer than it may."""
    return EngineTimedOut(f"The {engine} engine did not answer in time.")


def nonsense(engine: str, what: str) -> EngineNonsense:
    """Say why an answer is not the contract."""
    return EngineNonsense(f"The {engine} engine gave an answer that cannot be used: {what}.")
