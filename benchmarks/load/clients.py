"""The clients of the load test, and the outcome of every request."""

import random
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from audio.media.encoding import wav

# Loading the CA certificates takes as long as ten requests, so all clients share them.
_TLS = ssl.create_default_context()
# Longer than any answer of the gateway may take here.
PATIENCE_S = 30.0
LEAST_PAUSE_S, MOST_PAUSE_S = 0.6, 1.8
_NOISE = wav((np.random.default_rng(7).normal(0.0, 2000.0, 64_000)).astype(np.int16))
_FILE = ("talk.wav", _NOISE)
_TIMELINE = '[{"start": 0.0, "end": 1.8, "name": "Ana"}]'


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: its share, its engine, and how it is sent."""

    name: str
    weight: int
    engine: str
    method: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)


_TRANSCRIBE, _MERGE = "/v1/audio/transcriptions", "/api/audio/label-merge"
KINDS = (
    Kind("speech", 30, "kokoro", "POST", "/v1/audio/speech", {"json": {"input": "Good morning."}}),
    Kind("transcription", 30, "parakeet", "POST", _TRANSCRIBE, {"files": {"file": _FILE}}),
    Kind(
        "diarized",
        12,
        "parakeet",
        "POST",
        _TRANSCRIBE,
        {"files": {"file": _FILE}, "data": {"response_format": "diarized_json"}},
    ),
    Kind(
        "label-merge dual",
        8,
        "parakeet",
        "POST",
        _MERGE,
        {"files": {"mic_file": _FILE, "system_file": _FILE}, "data": {"timeline": _TIMELINE}},
    ),
    Kind("models", 10, "", "GET", "/v1/models"),
    Kind("voices", 10, "", "GET", "/v1/audio/voices"),
)
LOST, CUT = "lost", "cut"
_OTHER = {"parakeet": "kokoro", "kokoro": "parakeet"}


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase in which one engine fails in one way, or has just been restored."""

    broken: str = ""
    way: str = ""
    mended: str = ""

    @property
    def sound(self) -> str:
        """Return the engine that works while the other one fails."""
        return _OTHER[self.broken]


CALM_PHASE = Phase()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request: a status, `cut` after one, or `lost`.

    Begun in a phase, and answered in it or, where it was under way meanwhile, in the next.
    """

    phase: Phase
    ended_in: Phase
    kind: Kind
    seconds: float
    answer: str


class Clients:
    """Concurrent clients, each of which asks, waits, pauses and repeats."""

    def __init__(self, url: str, count: int) -> None:
        self.outcomes: list[Outcome] = []
        self.phase = CALM_PHASE
        self._url, self._over = url, threading.Event()
        self._threads = [threading.Thread(target=self._ask_on, args=(n,)) for n in range(count)]

    def answered(self, engine: str) -> int:
        """Return how many requests to an engine were begun and answered in this phase."""
        outcomes = list(self.outcomes)
        return sum(one.phase == self.phase and one.kind.engine == engine for one in outcomes)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Run the clients during the block, and wait for the last answers."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()

    def _ask_on(self, number: int) -> None:
        chance = random.Random(number)  # noqa: S311 — the same mix every time
        weights = [kind.weight for kind in KINDS]
        with _client(self._url) as client:
            while not self._over.wait(chance.uniform(LEAST_PAUSE_S, MOST_PAUSE_S)):
                [kind] = chance.choices(KINDS, weights)
                begun_in = self.phase
                seconds, answer = ask(client, kind)
                self.outcomes.append(Outcome(begun_in, self.phase, kind, seconds, answer))


def ask(client: httpx.Client, kind: Kind) -> tuple[float, str]:
    """Send one request; return its time to the last byte and its outcome."""
    started, answer = time.monotonic(), LOST
    with (
        suppress(httpx.HTTPError),
        client.stream(kind.method, kind.path, **kind.options) as response,
    ):
        # Speech may break off; any other incomplete answer counts as lost.
        answer = CUT if kind.name == "speech" else LOST
        response.read()
        answer = str(response.status_code)
    return time.monotonic() - started, answer


def ask_concurrently(url: str, count: int, kind: Kind) -> None:
    """Send several requests of a kind at the same time and ignore their outcomes."""

    def one() -> None:
        with _client(url) as client:
            ask(client, kind)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def ask_each(url: str) -> list[str]:
    """Return the outcomes of one request of each kind, one after another."""
    with _client(url) as client:
        return [ask(client, kind)[1] for kind in KINDS]


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=PATIENCE_S, verify=_TLS, trust_env=False)
