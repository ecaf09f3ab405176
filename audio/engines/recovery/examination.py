"""Probe an engine; restart it if it is wedged; follow it until it answers rightly again.

What is busy or refuses our question is not wedged. What cannot be reached is not restarted: it may
be loading its models, or somebody stopped it, and Docker itself starts again what ends. An engine
is probed again right before it is restarted: one with much to do is late now and then, and another
host may have been first.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.conf import settings

from audio.engines import engine_status
from audio.engines.engine_status import State
from audio.engines.recovery.probes import ENGINES, Probe, Result, probe
from audio.engines.recovery.restarts import Restarter, RestartFailed, restarter

logger = logging.getLogger("audio.engines.recovery")
HOUR_S = 3600.0
# Between Docker's clock and the moment at which its answer was here.
SLACK_S = 1.0
_WEDGED: tuple[Result, ...] = ("wrong", "failed", "timed_out")
_STATES: Mapping[Result, State] = {
    "ok": "healthy",
    "slow": "degraded",
    "refused": "degraded",
    "unreachable": "down",
}
_LEVELS: Mapping[State, int] = {
    "healthy": logging.INFO,
    "degraded": logging.WARNING,
    "restarting": logging.WARNING,
}


def examine(
    engine: str, *, cooldown_s: float = 0.0, when_probed: Callable[[], object] = lambda: None
) -> bool:
    """Probe an engine, and see it restarted if need be.

    Returns False when another thread or process is at it, or was a moment ago.
    """
    url = engine_status.url_of(engine)
    with engine_status.claimed(engine, url) as alone:
        if not alone or _age_s(engine_status.last_standing(engine, url).probed_at) < cooldown_s:
            return False
        _Examination(engine, url, when_probed).run()
    return True


def _age_s(moment: float | None) -> float:
    return time.time() - (moment or 0.0)


def _is_long_ago(started_at: float) -> bool:
    return _age_s(started_at) >= settings.RESTART_MIN_INTERVAL_S


class _Examination:
    """One engine, while nobody else on this host examines it."""

    def __init__(self, engine: str, url: str, when_probed: Callable[[], object]) -> None:
        self._engine, self._url, self._when_probed = engine, url, when_probed
        self._known = engine_status.last_standing(engine, url)
        broken = self._known.state in ("wedged", "down", "restarting")
        self._broken_at = self._known.since if broken else time.time()
        self._is_kept = False

    def run(self) -> None:
        known = self._known
        if known.state == "restarting" and _age_s(known.since) < settings.RECOVERY_TIMEOUT_S:
            # Whoever followed it is gone, or would have the claim.
            self._follow(known.since)
            return
        found, who = self._probe(), restarter(self._engine)
        if found.result == "timed_out" and who is None:
            found = self._probe()
        if found.result in _WEDGED:
            self._mend(who, found.reason)
        else:
            self._settle(found)
        self._when_probed()

    def _settle(self, found: Probe) -> None:
        """Tell what a probe of an engine that is not wedged found; being busy is no finding."""
        if found.result != "busy":
            self._tell(_STATES[found.result], found.reason)

    def _probe(self) -> Probe:
        found = probe(self._engine)
        self._count("probes", found.result)
        if found.result != "busy":
            self._note(probed_at=time.time(), probe_s=round(found.seconds, 3))
        return found

    def _mend(self, who: Restarter | None, reason: str) -> None:
        """Restart a wedged engine, if somebody does and it is time."""
        if who is None:
            said = f"{reason} No automatic restart is configured."
            self._tell("wedged", said, alert=True)
            return
        try:
            started_at = self._restart_if_due(who, reason)
        except RestartFailed as failure:
            self._tell("down", f"{reason} {failure}", alert=True)
            return
        if started_at is not None:
            self._follow(started_at)

    def _restart_if_due(self, who: Restarter, reason: str) -> float | None:
        """Restart it, unless that is not due; when it was started, if it is to be followed."""
        if self._is_over_the_limit(reason):
            return None
        started_at = self._last_start(who)
        if _is_long_ago(started_at):
            # Others, who do not see this board, may be about to do the same.
            time.sleep(random.uniform(0.0, settings.RESTART_JITTER_S))  # noqa: S311 — no secret
            # Two engines may be one program, which is then restarted once for both.
            with engine_status.restarting(who.target):
                found = self._probe()
                if found.result not in _WEDGED:
                    return self._think_again(found)
                started_at = self._last_start(who)
                if _is_long_ago(started_at):
                    return self._restart(who, reason)
        if started_at > max(self._known.restarts, default=0.0) + SLACK_S:
            self._tell_restart("Somebody else has just started it.", started_at)
            return started_at
        left_s = started_at + settings.RESTART_MIN_INTERVAL_S - time.time()
        said = f"{reason} The last restart was a moment ago; none for {left_s:.0f} s more."
        # Down is what the last restart left it: that nothing is done now does not better it.
        self._tell("down" if self._known.state == "down" else "wedged", said)
        return None

    def _think_again(self, found: Probe) -> float | None:
        """It was wedged a moment ago, and is not now; when it was started, if it is to follow."""
        if found.result != "unreachable":
            self._settle(found)
            return None
        self._tell_restart("It is gone: somebody else seems to restart it.", time.time())
        return time.time()

    def _is_over_the_limit(self, reason: str) -> bool:
        recent = tuple(at for at in self._known.restarts if _age_s(at) < HOUR_S)
        self._note(restarts=recent)
        if len(recent) < settings.RESTART_MAX_PER_HOUR:
            return False
        said = f"{reason} It was restarted {len(recent)} times within an hour."
        self._tell("down", said, alert=True)
        return True

    def _last_start(self, who: Restarter) -> float:
        """When it was last started, as far as Docker or the board of this host knows."""
        known = [engine_status.last_standing(engine, self._url) for engine in ENGINES]
        told = [at for standing in known for at in standing.restarts]
        return max(*told, min(who.started_at() or 0.0, time.time()), 0.0)

    def _restart(self, who: Restarter, reason: str) -> float:
        self._tell_restart(reason, time.time())
        if not self._is_kept:
            # Nobody would know of it, and restart it again a moment later.
            raise RestartFailed("It is not restarted: RECOVERY_DIR has no room to note that.")
        try:
            who.restart()
        except RestartFailed:
            self._count_restart("failed")
            raise
        self._count_restart("done")
        return time.time()

    def _follow(self, started_at: float) -> None:
        """Probe until it answers rightly, or is given up."""
        self._when_probed()
        found = None
        while _age_s(started_at) < settings.RECOVERY_TIMEOUT_S:
            time.sleep(settings.RECOVERY_PROBE_S)
            found = self._probe()
            if found.result in ("ok", "slow", "refused"):
                self._note(recovery_s=round(_age_s(self._broken_at), 3))
                self._settle(found)
                return
        why = f" {found.reason}" if found else ""
        given_up_s = settings.RECOVERY_TIMEOUT_S
        said = f"It did not recover within {given_up_s:.0f} s of its restart.{why}"
        self._tell("down", said, alert=True)

    def _tell_restart(self, reason: str, started_at: float) -> None:
        # It may be as quick as the last time; how slow that was says more of who had to come.
        last_s = self._known.recovery_s or settings.RECOVERY_EXPECTED_S
        self._note(ready_at=started_at + min(last_s, settings.RECOVERY_EXPECTED_S))
        self._tell("restarting", reason)

    def _count_restart(self, outcome: str) -> None:
        self._note(restarts=(*self._known.restarts, time.time()))
        self._count("outcomes", outcome)

    def _count(self, of: str, what: str) -> None:
        counts: Mapping[str, int] = getattr(self._known, of)
        self._note(**{of: {**counts, what: counts.get(what, 0) + 1}})

    def _note(self, **changes: object) -> None:
        self._known = replace(self._known, **changes)  # type: ignore[arg-type]
        self._is_kept = engine_status.write_standing(self._engine, self._url, self._known)

    def _tell(self, state: State, reason: str, *, alert: bool = False) -> None:
        """Tell everybody a state; the log has a line when it is another one."""
        before = self._known.state
        since = self._known.since if before == state else time.time()
        ready_at = self._known.ready_at if state == "restarting" else None
        self._note(state=state, reason=reason, since=since, ready_at=ready_at)
        if before == state:
            return
        told = {"engine": self._engine, "state": state, "before": before, "reason": reason}
        logger.log(
            _LEVELS.get(state, logging.ERROR),
            "state of an engine",
            extra={**told, **({"alert": True} if alert else {})},
        )
