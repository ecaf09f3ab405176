"""A client as a program: it reads one call a line, as JSON, and answers each with a line."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Where the Makefile installs them.
INSTALLED = Path(sys.prefix) / "clients"
Call = dict[str, Any]
Operation = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Program:
    """A client that runs."""

    process: "subprocess.Popen[str]"

    def ask(self, operation: str, **call: object) -> Any:
        """Let the client make one call; bytes among its fields are sent as base64."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        fields = {name: _plain(value) for name, value in call.items()}
        self.process.stdin.write(json.dumps({"operation": operation, **fields}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "raised" in answer:
            raise ClientError(answer["raised"])
        return answer["value"]


class ClientError(Exception):
    """The client raised this."""


@contextmanager
def running_program(
    command: list[str], environment: dict[str, str] | None = None
) -> Iterator[Program]:
    """Run a program until the end of the block."""
    # Without the key and the address of a developer.
    alone = {key: value for key, value in os.environ.items() if not key.startswith("OPENAI_")}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=alone | (environment or {}),
    ) as process:
        yield Program(process)
        process.terminate()


@contextmanager
def running_python(module: str, installed: str) -> Iterator[Program]:
    """Run a module of this folder over the packages of one client."""
    path = os.pathsep.join([str(INSTALLED / installed), str(ROOT)])
    command = [sys.executable, "-P", "-m", f"tests.clients.{module}"]
    with running_program(command, {"PYTHONPATH": path}) as program:
        yield program


def serve(*operations: Operation) -> None:
    """Answer the calls of standard input, in the client's process."""
    named = {operation.__name__: operation for operation in operations}
    asyncio.run(_serve(named))


async def _serve(operations: Mapping[str, Operation]) -> None:
    # Clients print: only answers may reach the reader.
    answers, sys.stdout = sys.stdout, sys.stderr
    while line := await asyncio.to_thread(sys.stdin.readline):
        call = json.loads(line)
        try:
            answer = {"value": _plain(await operations[call.pop("operation")](call))}
        except Exception as error:
            # The test reads any exception.
            answer = {"raised": repr(error)}
        print(json.dumps(answer), file=answers, flush=True)


def _plain(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@contextmanager
def running_node(driver: str, installed: str) -> Iterator[Program]:
    """Run a script of this folder over the packages of one client."""
    node = Path(sys.executable).with_name("node")
    script = Path(__file__).with_name(driver)
    with running_program([str(node), str(script), str(INSTALLED / installed)]) as program:
        yield program
