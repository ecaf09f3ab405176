"""The bytes of a request's body, straight from its connection.

gunicorn reads ahead of whoever reads, and copies what it has several times on the way. Where a
body says how long it is, none of that is needed: what has arrived is taken as it is.
"""

from socket import socket
from typing import IO, Any

from gunicorn.http.body import Body, LengthReader


class Incoming:
    """What gunicorn offers as `wsgi.input`; `connection` is where it comes from, if known."""

    def __init__(self, stream: IO[bytes], connection: socket | None) -> None:
        self._stream: Any = stream
        is_plain = isinstance(stream, Body) and isinstance(stream.reader, LengthReader)
        self._connection = connection if is_plain else None

    def piece(self, most: int) -> bytes:
        """What has arrived, at most so much; at least something, unless nothing is left.

        Raises
        ------
        OSError, gunicorn.http.errors.ParseException
        """
        # A line that was asked for may have left something behind.
        if self._connection is None or self._stream.buf.tell():
            whole: bytes = self._stream.read(most)
            return whole
        return self._straight(self._connection, most)

    def readline(self, size: int) -> bytes:
        line: bytes = self._stream.readline(size)
        return line

    def _straight(self, connection: socket, most: int) -> bytes:
        reader = self._stream.reader
        most = min(most, reader.length)
        if not most:
            return b""
        try:
            piece: bytes = reader.unreader.take_buffered() or connection.recv(most)
        except OSError:
            # As gunicorn notes it: nobody knows where the next request begins.
            self._stream.failed = True
            raise
        if len(piece) > most:
            reader.unreader.unread(piece[most:])
            piece = piece[:most]
        reader.length -= len(piece)
        return piece
