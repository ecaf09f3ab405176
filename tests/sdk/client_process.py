"""An official client in a separate process: it makes one call at a time and reports it."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gateway_process import ROOT, Gateway

HERE = Path(__file__).resolve().parent
# Where the Makefile installs them.
CLIENTS = Path(sys.prefix) / "clients"
PYTHON = {
    "python-1.109": CLIENTS / "sdk_1",
    "python-2.54": CLIENTS / "sdk_2",
    "python-3.54": None,
}
NODE = {"node-6.49": CLIENTS / "node6", "node-7.57": CLIENTS / "node7"}


@dataclass(frozen=True, slots=True)
class File:
    """An upload of a program: bare bytes when it has no name."""

    content: bytes
    name: str | None = "a.wav"
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The return value of the client."""

    kind: str
    value: Any
    headers: dict[str, str]
    request_id: str | None

    @property
    def audio(self) -> bytes:
        return base64.b64decode(self.value)


class Raised(Exception):
    """The exception that the client raised."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__(report["message"])
        self.kinds: list[str] = report["kinds"]
        self.message: str = report["message"]
        self.status: int | None = report["status"]
        self.code: str | None = report["code"]
        self.param: str | None = report["param"]
        self.headers: dict[str, str] = report["headers"]
        self.request_id: str | None = report["request_id"]
        self.retries: str | None = report["retries"]


class Sdk:
    """One version of the official client."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def transcribe(self, gateway: Gateway, content: bytes | File, **fields: object) -> Any:
        """Return what the client returns: text, an object, or the events of a stream."""
        file = content if isinstance(content, File) else File(content)
        return self.ask("transcribe", gateway, file, {"model": "whisper-1", **fields}).value

    def speak(self, gateway: Gateway, **fields: object) -> Seen:
        """Return the audio and its headers."""
        asked = {"model": "tts-1", "voice": "alloy", "input": "Hi"} | fields
        return self.ask("speak", gateway, None, asked)

    def ask(
        self,
        operation: str,
        gateway: Gateway,
        file: File | None = None,
        fields: dict[str, Any] | None = None,
        **client: object,
    ) -> Seen:
        """Let the client make one call.

        Raises
        ------
        Raised
        """
        return self.begin(operation, gateway, file, fields, **client)()

    def begin(
        self,
        operation: str,
        gateway: Gateway,
        file: File | None = None,
        fields: dict[str, Any] | None = None,
        **client: object,
    ) -> Callable[[], Seen]:
        """Start a call of the client; return a function that waits for its end."""
        call = {
            "operation": operation,
            "base_url": f"{gateway.url}/v1",
            "api_key": "sk-no-key-required",
            "max_retries": 0,
            "file": file and _as_json(file),
            "fields": fields or {},
            **client,
        }
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(call) + "\n")
        self.process.stdin.flush()
        return self._finish

    def _finish(self) -> Seen:
        assert self.process.stdout is not None
        seen: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "raised" in seen:
            raise Raised(seen["raised"])
        return Seen(seen["kind"], seen["value"], seen.get("headers", {}), seen.get("request_id"))


@contextmanager
def running_sdk(name: str) -> Iterator[Sdk]:
    """Run the process of one client until the end of the block."""
    # Without the key and the address of a developer.
    alone = {key: value for key, value in os.environ.items() if not key.startswith("OPENAI_")}
    with subprocess.Popen(
        _command(name),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=alone | _environment(name),
    ) as process:
        yield Sdk(process)
        process.terminate()


def _command(name: str) -> list[str]:
    if name in NODE:
        node = Path(sys.executable).with_name("node")
        return [str(node), str(HERE / "node_driver.mjs"), str(NODE[name])]
    return [sys.executable, "-P", str(HERE / "python_driver.py")]


def _environment(name: str) -> dict[str, str]:
    folder = PYTHON.get(name)
    return {"PYTHONPATH": str(folder)} if folder else {}


def _as_json(file: File) -> dict[str, str | None]:
    content = base64.b64encode(file.content).decode()
    return {"content": content, "name": file.name, "type": file.type}
