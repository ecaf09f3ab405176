"""How an engine stands: what its last probe found, and what was done about it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

State = Literal["unknown", "healthy", "degraded", "wedged", "down", "restarting"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one engine; moments are seconds since 1970."""

    state: State = "unknown"
    reason: str = "It was not probed yet."
    since: float = 0.0
    probed_at: float | None = None
    probe_s: float | None = None
    # While it is being restarted: when it is expected to be ready.
    ready_at: float | None = None
    # How long it took from the first bad probe to the first good one, the last time.
    recovery_s: float | None = None
    # When it was restarted, or that was tried, within the last hour.
    restarts: tuple[float, ...] = ()
    # How often, since this is kept: by result of the probe, by outcome of the restart.
    probes: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)


def read_standing(text: bytes) -> Standing:
    """Read what was kept of an engine.

    Raises
    ------
    ValueError
        When it is not what `Standing` holds.
    """
    kept = json.loads(text)
    if not isinstance(kept, dict) or kept.get("state") not in STATES:
        raise ValueError("it is not the standing of an engine")
    restarts = kept.get("restarts")
    moments = [_moment(value) for value in restarts] if isinstance(restarts, list) else []
    return Standing(
        state=kept["state"],
        reason=str(kept.get("reason")),
        since=_moment(kept.get("since")) or 0.0,
        probed_at=_moment(kept.get("probed_at")),
        probe_s=_moment(kept.get("probe_s")),
        ready_at=_moment(kept.get("ready_at")),
        recovery_s=_moment(kept.get("recovery_s")),
        restarts=tuple(moment for moment in moments if moment is not None),
        probes=_counts(kept.get("probes")),
        outcomes=_counts(kept.get("outcomes")),
    )


def _moment(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a moment is not a finite number")
    return float(value)


def _counts(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or not all(type(count) is int for count in value.values()):
        raise ValueError("a count is not a whole number")
    return value
