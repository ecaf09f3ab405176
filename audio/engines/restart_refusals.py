"""What is a client told of an engine that is being restarted, or may be?"""

import math
import time

from django.conf import settings

from audio.engines import engine_status
from audio.engines.failures import EngineRestarting
from audio.engines.probing import is_probe, suspect

# Nobody waits longer than that: it may be back sooner than expected.
RESTART_WAIT_S = 60


def refuse_while_restarting(engine: str, url: str) -> None:
    """Ask nothing of an engine that is known to be restarting; a probe finds out whether it is.

    Raises
    ------
    EngineRestarting
    """
    known = engine_status.standing(engine, url)
    if known.state != "restarting" or is_probe():
        return
    left_s = math.ceil((known.ready_at or 0.0) - time.time())
    if left_s < 0:
        # Whoever followed the restart may be gone.
        suspect(engine, url)
    # Whether it is back is found out no sooner than with the next probe.
    soonest_s = max(1, math.ceil(settings.RECOVERY_PROBE_S))
    retry_after = min(max(left_s, soonest_s), RESTART_WAIT_S)
    raise EngineRestarting(
        f"The {engine} engine is being restarted. Try again in about {retry_after} s.",
        retry_after,
    )


def remedy(engine: str, url: str) -> str:
    """What is done about an engine that has failed."""
    if not settings.RESTART_WITH:
        return "no automatic restart is configured"
    known = engine_status.standing(engine, url)
    if known.state == "down" and known.restarts:
        return "an automatic restart did not help"
    when = "was triggered" if settings.PROBE_AFTER_FAILURE else "will follow"
    return f"an automatic restart {when}, should it be wedged"
