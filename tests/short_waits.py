"""The gateway's settings for processes of tests, with short waits around probes and restarts."""

from spark_control.settings import *  # noqa: F403

RESTART_JITTER_S = 0.0
RECOVERY_PROBE_S = 0.05
PROBE_COOLDOWN_S = 0.0
# However long a probe takes on a busy machine, it is not slow.
PROBE_SLOW_S = 60.0
