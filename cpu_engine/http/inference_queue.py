"""One inference at a time per model, and a short queue before it.

A place in the queue is held for a whole call; a turn at the model only for one inference, so
that speech that is read slowly does not keep others from the model between its sentences.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from cpu_engine.http.errors import Busy

Model = TypeVar("Model")


class Queued(Generic[Model]):
    """A model that is loaded when it is first used, and used by one call at a time."""

    def __init__(self, load: Callable[[], Model], waiting: int) -> None:
        self._load = load
        self._model: Model | None = None
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + waiting)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Stand in the queue.

        Raises
        ------
        Busy
            When the queue is full.
        """
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def turn(self) -> Iterator[Model]:
        """Wait for the model and have it alone."""
        with self._turn:
            if self._model is None:
                self._model = self._load()
            yield self._model

    @contextmanager
    def place_and_turn(self) -> Iterator[Model]:
        """Stand in the queue for one inference."""
        with self.place(), self.turn() as model:
            yield model
