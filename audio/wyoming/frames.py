"""Events as frames of bytes: read within limits, and written to clients that read.

The `wyoming` package reads as many bytes as a frame declares; here the declaration is checked
before they are read. Source: the README of wyoming 1.10.
"""

import asyncio
from collections.abc import Mapping

import orjson
from django.conf import settings
from wyoming.event import Event, Eventable, async_write_event

MAX_HEADER_BYTES = 64 * 1024
# As many expected words as a request over HTTP may have, and the rest of the frame.
MAX_DATA_BYTES = 256 * 1024
# Half a minute of 16 kHz samples; Home Assistant sends a tenth of a second at a time.
MAX_PAYLOAD_BYTES = 1024 * 1024


class BadFrame(ValueError):
    """A frame that cannot be read: the connection has no further event."""


async def read_frame(reader: asyncio.StreamReader) -> Event | None:
    """Return the next event; None where the client has ended the stream after an event.

    The reader's limit is MAX_HEADER_BYTES.

    Raises
    ------
    BadFrame, OSError
    """
    try:
        line = await reader.readline()
        if not line:
            return None
        header = _object(line, "header")
        more = await _part(reader, header, "data_length", MAX_DATA_BYTES)
        payload = await _part(reader, header, "payload_length", MAX_PAYLOAD_BYTES)
    except asyncio.IncompleteReadError as error:
        raise BadFrame("The connection ended within a frame.") from error
    except BadFrame:
        raise
    except ValueError as error:
        raise BadFrame(f"header: expected at most {MAX_HEADER_BYTES} bytes.") from error
    kind, data = header.get("type"), header.get("data") or {}
    if not isinstance(kind, str) or not isinstance(data, Mapping):
        raise BadFrame("header: expected type, a text, and data, an object.")
    return Event(kind, {**data, **(_object(more, "data") if more else {})}, payload or None)


async def write_frame(writer: asyncio.StreamWriter, event: Eventable) -> None:
    """Send an event, and wait until most of what was sent has been read.

    Raises
    ------
    TimeoutError, OSError
    """
    async with asyncio.timeout(settings.CLIENT_TIMEOUT_S):
        await async_write_event(event.event(), writer)


async def _part(
    reader: asyncio.StreamReader, header: Mapping[str, object], field: str, most: int
) -> bytes:
    """Return the part of a frame whose length the header declares."""
    length = header.get(field) or 0
    if isinstance(length, bool) or not isinstance(length, int) or not 0 <= length <= most:
        raise BadFrame(f"{field}: expected a number of bytes up to {most}.")
    return await reader.readexactly(length)


def _object(content: bytes, part: str) -> dict[str, object]:
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadFrame(f"{part}: expected JSON.") from error
    if not isinstance(read, dict):
        raise BadFrame(f"{part}: expected a JSON object.")
    return read
