"""The examination of an engine: probe it, restart it if it is wedged, follow it until it is well.

An engine that is busy or refuses the probe is not wedged. One that cannot be reached is not
restarted: it may be loading its models, or an operator stopped it, and Docker itself starts a
container that ended. An engine is probed again right before it is restarted: a busy engine is late
now and then, and another host may have restarted it first.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.conf import settings

from audio.engines import engine_status
from audio.engines.engine_status import State
from audio.engines.recovery.probes import Probe, Result, probe
from audio.engines.recovery.restarts import Restarter, RestartFailed, restarter
from audio.engines.role_settings import engine_urls

logger = logging.getLogger("audio.engines.recovery")
HOUR_S = 3600.0
# The difference between Docker's clock and the time at which its answer arrived.
SLACK_S = 1.0
_WEDGED: tuple[Result, ...] = ("wrong", "failed", "timed_out")
_BROKEN: tuple[State, ...] = ("wedged", "down", "restarting")
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
    """Probe an engine, restart it if it is wedged, and follow the restart.

    The lock is held for a probe and a restart, not while a restart is followed, which any process
    of the host may do. Returns False when the engine was probed within `cooldown_s`.
    """
    url, is_examined = engine_status.url_of(engine), False
    while True:
        with engine_status.examination_lock() as is_locked:
            if not is_locked:
                return False
            if _age_s(engine_status.last_status(engine, url).probed_at) >= cooldown_s:
                _Examination(engine, url).run()
                is_examined = True
        when_probed()
        if engine_status.last_status(engine, url).state != "restarting":
            return is_examined
        time.sleep(settings.RECOVERY_PROBE_S)
        cooldown_s = settings.RECOVERY_PROBE_S


def _age_s(moment: float | None) -> float:
    return time.time() - (moment or 0.0)


def _is_long_ago(started_at: float) -> bool:
    return _age_s(started_at) >= settings.RESTART_MIN_INTERVAL_S


class _Examination:
    """One step of the examination of an engine, under the lock."""

    def __init__(self, engine: str, url: str) -> None:
        self._engine, self._url = engine, url
        self._known = engine_status.last_status(engine, url)
        self._broken_at = self._known.since if self._known.state in _BROKEN else time.time()
        self._is_written = False

    def run(self) -> None:
        seen_at = max(self._known.since, self._known.probed_at or 0.0)
        if self._known.state == "restarting" and _age_s(seen_at) < settings.RECOVERY_TIMEOUT_S:
            self._follow()
            return
        found, restarting = self._probe(), restarter(self._engine)
        if found.result == "timed_out" and restarting is None:
            found = self._probe()
        if found.result in _WEDGED:
            self._mend(restarting, found.reason)
        else:
            self._settle(found)

    def _settle(self, found: Probe) -> None:
        """Publish the result of a probe that is not wedged; `busy` leaves the status as it is.

        An engine that was broken, or not known, and answers clients is not broken.
        """
        if found.result != "busy":
            self._publish(_STATES[found.result], found.reason)
        elif found.answers_clients and self._known.state not in ("healthy", "degraded"):
            self._publish("degraded", found.reason)

    def _probe(self) -> Probe:
        found = probe(self._engine)
        self._count("probes", found.result)
        if found.result != "busy" or found.answers_clients:
            self._note(probed_at=time.time(), probe_s=round(found.seconds, 3))
        return found

    def _mend(self, by: Restarter | None, reason: str) -> None:
        """Restart a wedged engine, if a restart is configured and due."""
        if by is None:
            reason = f"{reason} No automatic restart is configured."
            self._publish("wedged", reason, alert=True)
            return
        try:
            self._restart_if_due(by, reason)
        except RestartFailed as failure:
            self._publish("down", f"{reason} {failure}", alert=True)

    def _restart_if_due(self, by: Restarter, reason: str) -> None:
        if self._is_over_the_limit(reason):
            return
        started_at = self._last_start(by)
        if _is_long_ago(started_at):
            # Gateways on other hosts, which have another board, may be about to do the same.
            time.sleep(random.uniform(0.0, settings.RESTART_JITTER_S))  # noqa: S311 — no secret
            found = self._probe()
            if found.result not in _WEDGED:
                self._reconsider(found)
                return
            started_at = self._last_start(by)
            if _is_long_ago(started_at):
                self._restart(by, reason)
                return
        if started_at > max(self._known.restarts, default=0.0) + SLACK_S:
            self._publish_restart("It has just been started by another process.", started_at)
            return
        left_s = started_at + settings.RESTART_MIN_INTERVAL_S - time.time()
        wait = f"The last restart was recent; the next is due in {left_s:.0f} s."
        # An engine that is down after its last restart remains down.
        self._publish("down" if self._known.state == "down" else "wedged", f"{reason} {wait}")

    def _reconsider(self, found: Probe) -> None:
        """Publish that the engine is wedged no longer, or that it restarts."""
        if found.result == "unreachable":
            self._publish_restart("It is gone; another process seems to restart it.", time.time())
        else:
            self._settle(found)

    def _is_over_the_limit(self, reason: str) -> bool:
        recent = tuple(at for at in self._known.restarts if _age_s(at) < HOUR_S)
        self._note(restarts=recent)
        if len(recent) < settings.RESTART_MAX_PER_HOUR:
            return False
        limit = f"It was restarted {len(recent)} times within an hour."
        self._publish("down", f"{reason} {limit}", alert=True)
        return True

    def _last_start(self, by: Restarter) -> float:
        """Return when the engine was last started, as far as Docker or the status board knows."""
        known = [engine_status.last_status(engine, self._url) for engine in engine_urls()]
        restarts = [at for status in known for at in status.restarts]
        return max(*restarts, min(by.started_at() or 0.0, time.time()), 0.0)

    def _restart(self, by: Restarter, reason: str) -> None:
        self._publish_restart(reason, time.time())
        if not self._is_written:
            # Other processes would not learn of the restart, and would restart the engine again.
            raise RestartFailed("It is not restarted: RECOVERY_DIR has no room to note that.")
        try:
            by.restart()
        except RestartFailed:
            self._count_restart("failed")
            raise
        self._count_restart("done")

    def _follow(self) -> None:
        """Probe once after a restart; give up when RECOVERY_TIMEOUT_S has passed since."""
        found = self._probe()
        if found.result in ("ok", "slow", "refused") or found.answers_clients:
            self._note(recovery_s=round(_age_s(self._known.broken_at or self._broken_at), 3))
            self._settle(found)
        elif _age_s(self._known.since) + settings.RECOVERY_PROBE_S > settings.RECOVERY_TIMEOUT_S:
            limit = f"{settings.RECOVERY_TIMEOUT_S:.0f} s"
            reason = f"It did not recover within {limit} of its restart. {found.reason}"
            self._publish("down", reason, alert=True)

    def _publish_restart(self, reason: str, started_at: float) -> None:
        # It may recover as quickly as the last time; a longer last time, in which an operator had
        # to help, is not expected again.
        last_s = self._known.recovery_s or settings.RECOVERY_EXPECTED_S
        expected_s = min(last_s, settings.RECOVERY_EXPECTED_S)
        self._note(since=time.time(), ready_at=started_at + expected_s, broken_at=self._broken_at)
        self._publish("restarting", reason)

    def _count_restart(self, outcome: str) -> None:
        self._note(restarts=(*self._known.restarts, time.time()))
        self._count("outcomes", outcome)

    def _count(self, counter: str, label: str) -> None:
        counts: Mapping[str, int] = getattr(self._known, counter)
        self._note(**{counter: {**counts, label: counts.get(label, 0) + 1}})

    def _note(self, **changes: object) -> None:
        self._known = replace(self._known, **changes)  # type: ignore[arg-type]
        self._is_written = engine_status.write_status(self._engine, self._url, self._known)

    def _publish(self, state: State, reason: str, *, alert: bool = False) -> None:
        """Write a state to the board, and log it when it changes."""
        before = self._known.state
        since = self._known.since if before == state else time.time()
        ready_at = self._known.ready_at if state == "restarting" else None
        self._note(state=state, reason=reason, since=since, ready_at=ready_at)
        if before == state:
            return
        fields = {"engine": self._engine, "state": state, "before": before, "reason": reason}
        logger.log(
            _LEVELS.get(state, logging.ERROR),
            "state of an engine",
            extra={**fields, **({"alert": True} if alert else {})},
        )
