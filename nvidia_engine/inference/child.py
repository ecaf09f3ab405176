"""One child process: start it, ask it under a deadline, kill it."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nvidia_engine.device import Device
from nvidia_engine.inference.messages import Batch, Failed, Ready, Refused
from nvidia_engine.inference.model_files import ModelFiles

# An exception that names one of these leaves the device unusable for this process.
_FATAL = ("CUDA", "CUBLAS", "CUDNN", "CURAND", "MEMORY", "BAD_ALLOC", "ALLOC")
_MEMORY = ("MEMORY", "ALLOC")


class ChildFault(Exception):
    """A child that has to be replaced."""

    is_out_of_memory = False


class OutOfMemory(ChildFault):
    """The batch was too large for the device."""

    is_out_of_memory = True


class BatchFailed(Exception):
    """A batch that failed while its child is well."""


class StartRefused(Exception):
    """A child that says that it cannot run here."""


Target = Callable[..., None]


class Child:
    """A process that serves batches.

    Parameters
    ----------
    target
        `serve_models`, called with the connection and these arguments.
    """

    def __init__(self, target: Target, arguments: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
        self._process.start()
        theirs.close()

    def wait_ready(self, limit_s: float) -> Ready:
        """Wait until the models are loaded.

        Raises
        ------
        StartRefused
            When it says that it cannot run.
        ChildFault
            When it died or is late.
        """
        answer = self._receive(self._connection, limit_s)
        if isinstance(answer, Refused):
            raise StartRefused(answer.reason)
        if not isinstance(answer, Ready):
            raise ChildFault("the child did not say that it is ready")
        return answer

    def ask(self, batch: Batch, limit_s: float) -> list[Any]:
        """Have a batch answered.

        Raises
        ------
        ChildFault
            When the child died, is late, or its device is lost.
        BatchFailed
            When the graph refused this input.
        """
        try:
            self._connection.send(batch)
        except OSError as error:
            raise ChildFault("the child died") from error
        answer = self._receive(self._connection, limit_s)
        if isinstance(answer, Failed):
            raise _fault(answer)
        return list(answer)

    @property
    def peak_memory_mb(self) -> int:
        """The most memory of the host that the process ever held; 0 once it is gone."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "0 0")
        return int(line.split()[1]) // 1024

    def end(self) -> None:
        """End the process from any thread; a thread that waits for its answer gets a fault."""
        self._process.kill()

    def kill(self) -> None:
        """End the process immediately: only its death gives the device's memory back."""
        self.end()
        self._process.join()
        self._connection.close()

    @staticmethod
    def _receive(connection: Connection, limit_s: float) -> Any:
        try:
            if not connection.poll(limit_s):
                raise ChildFault(f"no answer within {limit_s:.0f} s")
            return connection.recv()
        except (EOFError, OSError) as error:
            raise ChildFault("the child died") from error


def serve_models(connection: Connection, files: ModelFiles, device: Device, pieces: int) -> None:
    """Serve batches in a child process."""
    # Here, so that the process that starts it loads neither onnxruntime nor CUDA's libraries.
    from nvidia_engine.inference.worker import serve

    serve(connection, files, device, pieces)


def _fault(failed: Failed) -> Exception:
    """Judge an exception of a graph by its words, as onnxruntime has no classes for it."""
    words = f"{failed.error} {failed.text}".upper()
    if any(word in words for word in _MEMORY):
        return OutOfMemory(failed.error)
    if any(word in words for word in _FATAL):
        return ChildFault(failed.error)
    return BatchFailed(failed.error)
