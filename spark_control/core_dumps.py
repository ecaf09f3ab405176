"""The limit for core dumps, which would hold recordings, names and keys."""

import resource


def disable_core_dumps() -> None:
    """Write no core dump of this process, nor of those that it starts unless they ask for one."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
