"""A relay between a browser and a gateway that cuts a connection which has sent too much."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

BLOCK = 64 * 1024
# Closing with this option resets the connection, as a lost network does.
RESET = struct.pack("ii", 1, 0)


@contextmanager
def cutting_relay(url: str, *, after: int) -> Iterator[str]:
    """Relay to a URL, and yield the relay's own; a connection ends after that many bytes."""
    target = urlsplit(url)

    class Relay(BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((target.hostname, target.port)) as gateway:
                Thread(target=relay, args=(gateway, self.request), daemon=True).start()
                if relay(self.request, gateway, after):
                    self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    self.request.close()
                    # Also ends the other thread's read.
                    gateway.shutdown(socket.SHUT_RDWR)

    class Server(ThreadingTCPServer):
        daemon_threads = True

        def server_bind(self) -> None:
            # Else the kernel takes the whole upload before it is cut.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BLOCK)
            super().server_bind()

    with Server(("127.0.0.1", 0), Relay) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def relay(source: socket.socket, to: socket.socket, most: float = float("inf")) -> bool:
    """Pass on what arrives until the end; return whether there was too much of it."""
    count = 0
    with suppress(OSError):
        while block := source.recv(BLOCK):
            to.sendall(block)
            count += len(block)
            if count > most:
                return True
        to.shutdown(socket.SHUT_WR)
    return False
