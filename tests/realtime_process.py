"""The process of realtime sessions as in production, and a client for it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.server_command import ServerCommand, running_command
from tests.waiting import PATIENCE_S

Event = dict[str, Any]
QUERY = "?intent=transcription"


class Realtime(ServerCommand):
    """A running process, and its addresses."""

    @property
    def base_url(self) -> str:
        """The address as clients of the OpenAI API are given it."""
        return f"{self.http_url}/v1"

    @property
    def http_url(self) -> str:
        """The address of its other paths."""
        return self.url.replace("ws", "http", 1).removesuffix("/v1/realtime")


class Talk:
    """A client's session."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, kind: str, **fields: object) -> None:
        self.socket.send(json.dumps({"type": kind, **fields}))

    def append(self, audio: bytes, *, piece: int = 24_000) -> None:
        """Append audio, in pieces of this many bytes."""
        for start in range(0, len(audio), piece):
            encoded = base64.b64encode(audio[start : start + piece]).decode()
            self.send("input_audio_buffer.append", audio=encoded)

    def update(self, **inputs: object) -> Event:
        """Update the session's input, as the GA API; return the session."""
        session = {"type": "transcription", "audio": {"input": inputs}}
        self.send("session.update", session=session)
        updated: Event = self.next("session.updated")["session"]
        return updated

    def receive(self) -> Event:
        """Return the next event."""
        event: Event = json.loads(self.socket.recv(timeout=PATIENCE_S))
        return event

    def next(self, kind: str) -> Event:
        """Return the next event of a type; those before it are dropped."""
        while (event := self.receive())["type"] != kind:
            assert event["type"] != "error" or kind == "error", event
        return event


@contextmanager
def talking(realtime: Realtime, query: str = QUERY, **options: Any) -> Iterator[Talk]:
    """Open a session for the block; its first event has been read."""
    options = {"compression": None, "max_size": None, **options}
    with connect(f"{realtime.url}{query}", **options) as socket:
        talk = Talk(socket)
        assert talk.receive()["type"].endswith("session.created")
        yield talk


@contextmanager
def running_realtime(folder: Path, *arguments: str, **settings: str) -> Iterator[Realtime]:
    """Serve with just these settings until the end of the block."""
    with running_command("realtime", folder, *arguments, **settings) as server:
        yield Realtime(server.url, server.log, server.process)
