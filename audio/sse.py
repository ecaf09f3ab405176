"""Events as `text/event-stream`: one JSON object per event, every event ended by a blank line."""

import json
from collections.abc import Mapping

CONTENT_TYPE = "text/event-stream"
# Proxies that gather a stream before they pass it on would undo the streaming.
STREAM_HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
# A comment: clients skip it, and neither they nor proxies take a long silence for a dead line.
PING = b": ping\n\n"


def event(body: Mapping[str, object]) -> bytes:
    """One event."""
    return b"data: %s\n\n" % json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
