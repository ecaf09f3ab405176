"""Whether an engine may be called: clients wait for one that is restarting, probes do not."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.dispatch import Signal

from audio import context
from audio.engines import engine_status
from audio.engines.failures import EngineRestarting

# Sent with `engine` and `url` when an engine should be probed: it failed, or was late.
suspected = Signal()
# The engine may be back sooner than expected, so no client is asked to wait longer.
MAX_RETRY_AFTER_S = 60


@contextmanager
def as_probe(limit_s: float) -> Iterator[None]:
    """Call engines inside the block even while they restart, and cut each call short."""
    with context.replaced(probe_limit_s=limit_s):
        yield


def is_probe() -> bool:
    """Whether the call under way is a probe's."""
    return context.current().probe_limit_s is not None


def limited_s(seconds: float) -> float:
    """Return how long a call may take: at most the probe's limit in a probe."""
    limit_s = context.current().probe_limit_s
    return seconds if limit_s is None else min(seconds, limit_s)


def suspect(engine: str, url: str) -> None:
    """Have an engine probed in the background; the call goes on whatever the probe finds."""
    if not is_probe():
        suspected.send_robust(None, engine=engine, url=url)


def note_answer(engine: str, url: str) -> None:
    """Note that the engine answered a client: a probe that waits meanwhile shows a busy engine."""
    if not is_probe():
        engine_status.note_answer(engine, url)


# How long an engine that failed is left alone where other engines of its role are well, unless a
# probe finds out earlier that it is back, and the least time between two probes for that.
LEFT_ALONE_S = 30.0
_UNFIT = ("wedged", "down", "restarting")
# When it failed, and until when it is left alone, in seconds since 1970.
_left_alone: dict[tuple[str, str], tuple[float, float]] = {}
_next_probe: dict[tuple[str, str], float] = {}


def leave_alone(engine: str, url: str, seconds: float = LEFT_ALONE_S) -> None:
    """Prefer other engines of its role for a while."""
    _left_alone[engine, url] = time.time(), time.time() + seconds


def is_left_alone(engine: str, url: str) -> bool:
    """Whether other engines of its role are preferred: it failed, and has not recovered yet."""
    known = engine_status.current_status(engine, url)
    if known.state in _UNFIT:
        if time.time() >= _next_probe.get((engine, url), 0.0):
            _next_probe[engine, url] = time.time() + settings.PROBE_COOLDOWN_S
            suspect(engine, url)
        return True
    if (engine, url) not in _left_alone:
        return False
    failed_at, until = _left_alone[engine, url]
    has_recovered = known.state == "healthy" and (known.probed_at or 0.0) > failed_at
    if has_recovered or time.time() >= until:
        _left_alone.pop((engine, url), None)
        return False
    return True


def refuse_while_restarting(engine: str, url: str) -> None:
    """Refuse a call to an engine that is known to be restarting, unless it is a probe's.

    Raises
    ------
    EngineRestarting
    """
    known = engine_status.current_status(engine, url)
    if known.state != "restarting" or is_probe():
        return
    left_s = math.ceil((known.ready_at or 0.0) - time.time())
    if left_s < 0:
        # The process that followed the restart may have died.
        suspect(engine, url)
    # The next probe is the first to find out that the engine is back.
    soonest_s = max(1, math.ceil(settings.RECOVERY_PROBE_S))
    retry_after = min(max(left_s, soonest_s), MAX_RETRY_AFTER_S)
    raise EngineRestarting(
        f"The {engine} engine is being restarted. Try again in about {retry_after} s.",
        retry_after,
    )


def remedy(engine: str, url: str) -> str:
    """Describe what the gateway does about an engine that has failed."""
    if not settings.RESTART_WITH:
        return "no automatic restart is configured"
    known = engine_status.current_status(engine, url)
    if known.state == "down" and known.restarts:
        return "an automatic restart did not help"
    when = "was triggered" if settings.PROBE_AFTER_FAILURE else "will follow"
    return f"an automatic restart {when}, should it be wedged"
