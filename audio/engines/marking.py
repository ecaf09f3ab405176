"""What do engines learn of the work that a call is for?"""

import httpx

from audio import tracing


def mark(request: httpx.Request) -> None:
    """Name the trace and the request, so that an engine's log can be laid beside ours."""
    request.headers.update(tracing.headers())
