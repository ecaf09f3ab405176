"""The running engine: weights, child, known answer, and who is taken on."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nvidia_engine import settings
from nvidia_engine.admission import Admission
from nvidia_engine.connection import LOOK_S, ClientLeft, connected
from nvidia_engine.device import Device, candidates, versions
from nvidia_engine.engine import Engine, Recording
from nvidia_engine.features import SAMPLE_RATE
from nvidia_engine.inference.child import Child, serve_models
from nvidia_engine.inference.deadlines import Limits
from nvidia_engine.inference.dispatcher import Dispatcher
from nvidia_engine.inference.messages import Ready
from nvidia_engine.inference.model_files import (
    DIARIZER_NAMES,
    EMBEDDER_NAME,
    RECOGNIZER_NAME,
    ModelFiles,
    find_files,
)
from nvidia_engine.inference.tally import Tally
from nvidia_engine.inference.units import EngineFault, Request
from nvidia_engine.known_answer import FirstEmbedding, KnownAnswer, load_known_answer
from nvidia_engine.media.audio_samples import decoded
from nvidia_engine.prober import Prober, Remedies
from nvidia_engine.recognition.token_words import parse_vocabulary
from nvidia_engine.weights.downloads import ensure_weights
from nvidia_engine.weights.manifest import WeightsRefused, choose_files, load_manifest

logger = logging.getLogger(__name__)

# New requests wait this long for a child that is being replaced; Retry-After is the same.
RESTART_S = 30

StartChild = Callable[[ModelFiles, Device, int], Child]


class NotReady(Exception):
    """The engine cannot answer now; the message is one word."""


def start_child(files: ModelFiles, device: Device, pieces: int) -> Child:
    """Start the process that owns the device."""
    return Child(serve_models, (files, device, pieces))


class Service:
    """One engine in one process.

    Parameters
    ----------
    give_up
        Ends the program with a status that is not 0.
    """

    def __init__(self, give_up: Callable[[str], None], start: StartChild = start_child) -> None:
        self._give_up, self._start_child = give_up, start
        self._state = "loading"
        self._dispatcher: Dispatcher | None = None
        self._engine: Engine | None = None
        self._ready: Ready | None = None
        self._prober: Prober | None = None
        self._stopped = threading.Event()
        self.tally = Tally()
        self.admission = Admission(settings.MAX_REQUESTS, settings.MAX_QUEUE_S, self._cost)

    def start(self) -> None:
        """Fetch, load and probe in a thread: /health answers from the first second."""
        threading.Thread(target=self._run, name="service", daemon=True).start()

    def stop(self) -> None:
        """End the child."""
        self._stopped.set()
        if self._dispatcher:
            self._dispatcher.stop()

    @property
    def state(self) -> str:
        """One word: ready, downloading, loading, restarting, probe_failed or failed."""
        if self._state != "ready":
            return self._state
        if self._dispatcher and self._dispatcher.state != "ready":
            return self._dispatcher.state
        return "ready" if self._prober and self._prober.is_good else "probe_failed"

    @property
    def restarts(self) -> int:
        """How many children were lost."""
        return self._dispatcher.restarts if self._dispatcher else 0

    def health(self) -> dict[str, object]:
        """Describe the engine, without asking a model."""
        state, ready, prober = self.state, self._ready, self._prober
        if state == "ready":
            state = "full" if self.admission.is_full else "healthy"
        age_s = prober.age_s if prober else None
        return {
            "status": state,
            "device": ready.device if ready else None,
            "models": model_names(),
            "max_speakers": ready.diarizer.speakers if ready else None,
            "probe": {
                "verdict": prober.verdict if prober else "none yet",
                "age_s": None if age_s is None else round(age_s, 1),
            },
            "queue_s": round(self.admission.seconds, 1),
            "restarts": self.restarts,
            "peak_memory_mb": self._dispatcher.peak_memory_mb if self._dispatcher else 0,
            "versions": versions(),
        }

    @contextmanager
    def recording(
        self, path: Path, is_gone: Callable[[], bool]
    ) -> Iterator[tuple[Engine, Recording]]:
        """Take on a recording: decode it, and count it until it is answered.

        Raises
        ------
        NotReady
            While the engine cannot answer.
        Full
            When too much waits.
        BadAudio
            When the recording cannot be used.
        """
        with (
            self.admission.call(),
            self._serving(is_gone) as (engine, dispatcher),
            decoded(path, settings.FILE_UPLOAD_TEMP_DIR) as samples,
            self.admission.request(len(samples) / SAMPLE_RATE) as request,
            connected(samples, request, dispatcher, is_gone) as recording,
        ):
            yield engine, recording
        if self._prober:
            self._prober.note_answer()

    @contextmanager
    def _serving(self, is_gone: Callable[[], bool]) -> Iterator[tuple[Engine, Dispatcher]]:
        """Give the models; wait a while for a child that is being replaced."""
        until = time.monotonic() + RESTART_S
        while self.state == "restarting" and time.monotonic() < until:
            if is_gone():
                raise ClientLeft
            self._stopped.wait(LOOK_S / 5)
        engine, dispatcher = self._engine, self._dispatcher
        if engine is None or dispatcher is None or self.state not in ("ready", "probe_failed"):
            raise NotReady(self.state)
        yield engine, dispatcher

    def _run(self) -> None:
        """Try each device that may do; the last one has to."""
        try:
            names = candidates(settings.DEVICE, settings.ASR_DTYPE)
            for name in names:
                if self._open(name, is_last=name == names[-1]):
                    break
                logger.warning("%s DOES NOT WORK HERE, TRYING THE NEXT DEVICE", name.upper())
        except (WeightsRefused, OSError, ValueError) as problem:
            self._state = "failed"
            logger.error("giving up: %s", problem)
            self._give_up(str(problem))
            return
        self._state = "ready"
        if self._prober and self._ready:
            logger.info("the models run on: %s", self._ready.device)
            self._prober.run(self._stopped)

    def _open(self, name: str, *, is_last: bool) -> bool:
        """Load the models on a device and ask the known answer; say whether it is of use."""
        device = Device(
            name, settings.DEVICE_ID, settings.GPU_MEM_LIMIT_MB, settings.ENGINE_THREADS
        )
        files, pieces = self._prepare(device)
        self._state = "loading"
        dispatcher = Dispatcher(
            lambda: self._start_child(files, device, len(pieces)),
            limits(),
            self._give_up if is_last else logger.error,
            self.tally,
        )
        self._dispatcher = dispatcher
        dispatcher.start()
        try:
            self._ready = dispatcher.ready.result()
        except EngineFault:
            return is_last
        self._engine = Engine(self._ready, pieces)
        self._prober = self._make_prober(files, dispatcher)
        self._prober.probe()
        if not self._prober.is_good and not is_last:
            dispatcher.stop()
            return False
        return True

    def _make_prober(self, files: ModelFiles, dispatcher: Dispatcher) -> Prober:
        made_with = [
            f"{file.name} {file.stat().st_size}" for file in (files.diarizer, files.embedder)
        ]
        device = self._ready.device if self._ready else ""
        return Prober(
            self._ask_known_answer,
            load_known_answer(settings.MODELS_DIR),
            FirstEmbedding(settings.MODELS_DIR, [*made_with, device]),
            settings.PROBE_S,
            Remedies(dispatcher.replace_child, self._give_up, settings.START_LIMIT_S),
        )

    def _prepare(self, device: Device) -> tuple[ModelFiles, list[str]]:
        """Have the files of a device's dtype, and read the vocabulary."""
        dtype = device.dtype if settings.ASR_DTYPE == "auto" else settings.ASR_DTYPE
        files = find_files(settings.MODELS_DIR, dtype, settings.DIARIZER)
        if files.missing():
            self._state = "downloading"
        manifest = load_manifest(settings.HF_ENDPOINT, settings.MODELS_MANIFEST)
        wanted = choose_files(manifest, dtype, settings.DIARIZER)
        ensure_weights(
            settings.MODELS_DIR, wanted, is_offline=settings.OFFLINE, report=logger.warning
        )
        return files, parse_vocabulary(files.vocabulary.read_text(encoding="utf-8"))

    def _ask_known_answer(
        self, known: KnownAnswer
    ) -> tuple[list[str], int, NDArray[np.float32] | None]:
        engine, dispatcher = self._engine, self._dispatcher
        if engine is None or dispatcher is None:
            raise EngineFault("not loaded")
        with decoded(known.recording, settings.FILE_UPLOAD_TEMP_DIR) as samples:
            request = Request(len(samples) / SAMPLE_RATE)
            with connected(samples, request, dispatcher, self._stopped.is_set) as recording:
                words = [word.text for word in engine.transcribe(recording)]
                diarization = engine.diarize(recording)
                embeddings = engine.embed(recording, diarization)
        return words, len(diarization.heads), next(iter(embeddings.values()), None)

    def _cost(self) -> float:
        return self._dispatcher.cost if self._dispatcher else 0.0


def limits() -> Limits:
    """Read the dispatcher's limits from the settings."""
    return Limits(
        settings.BATCH_S,
        settings.BATCH_WAIT_MS / 1000,
        settings.START_LIMIT_S,
        settings.DEADLINE_S,
    )


def model_names() -> dict[str, str]:
    """Name the models in use, as the engines' contract does."""
    return {
        "transcription": RECOGNIZER_NAME,
        "diarization": DIARIZER_NAMES[settings.DIARIZER],
        "embedding": EMBEDDER_NAME,
    }
