"""The receiver of a webhook."""

from tests.faults import FaultServer


def body_and_headers(receiver: FaultServer) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers, with names in lower case."""
    [asked] = receiver.asked
    return asked.body, {name.lower(): value for name, value in asked.headers.items()}
