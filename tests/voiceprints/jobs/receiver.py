"""Somebody who is called when a job has ended."""

from tests.faults import FaultServer


def body_and_headers(receiver: FaultServer) -> tuple[bytes, dict[str, str]]:
    """What was sent, the names of headers in small letters."""
    [asked] = receiver.asked
    return asked.body, {name.lower(): value for name, value in asked.headers.items()}
