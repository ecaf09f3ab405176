"""Multipart bodies byte by byte: clients differ in the headers of their parts."""

from collections.abc import Iterator

BOUNDARY = "cut-here"
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, content: bytes | str, *, filename: str = "", content_type: str = "") -> bytes:
    """Encode one field or one file."""
    named = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"--{BOUNDARY}\r\nContent-Disposition: {named}\r\n{kind}\r\n"
    return head.encode() + (content.encode() if isinstance(content, str) else content) + b"\r\n"


def form(*parts: bytes) -> bytes:
    """Join parts to a complete body."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def chunked(*parts: bytes) -> Iterator[bytes]:
    """Yield the body in blocks, so that it is sent without a length."""
    body = form(*parts)
    yield from (body[start : start + 8192] for start in range(0, len(body), 8192))
