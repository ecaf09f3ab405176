"""What the server refuses by itself, before any application: in the envelope, not in HTML."""

import json
import logging
import socket
import uuid

from gunicorn import util

logger = logging.getLogger("audio.request")


def write_refusal(sock: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """Stand in for `gunicorn.util.write_error`."""
    request_id = f"req_{uuid.uuid4().hex}"
    error = {
        "message": mesg or f"{reason}.",
        "type": "invalid_request_error" if status_int < 500 else "server_error",
        "param": None,
        "code": "bad_request" if status_int < 500 else "internal_error",
    }
    body = json.dumps({"error": error}).encode()
    head = (
        f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\n"
        "Content-Type: application/json\r\n"
        "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
        "Referrer-Policy: same-origin\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
        f"x-request-id: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    logger.info("refused", extra={"status": status_int, "request_id": request_id})
    util.write_nonblock(sock, head.encode("latin-1") + body)
