"""The three models of this process, each loaded when it is first asked for."""

from cpu_engine import models, settings
from cpu_engine.diarization.diarizer import Diarizer
from cpu_engine.diarization.embeddings import Embedder
from cpu_engine.diarization.segmentation import Segmenter
from cpu_engine.http.errors import NotReady
from cpu_engine.http.inference_queue import Queued
from cpu_engine.speech.synthesis import Speaker
from cpu_engine.whisper import Transcriber

TRANSCRIPTION_MODEL = "whisper-base"
SEGMENTATION_MODEL = "segmentation-3.0"
FINGERPRINT_MODEL = "campplus-zh-en-common-advanced"


def _transcriber() -> Transcriber:
    _require_models()
    return Transcriber(models.cache().path("whisper-base"), settings.ENGINE_THREADS)


def _diarizer() -> Diarizer:
    _require_models()
    threads = settings.ENGINE_THREADS
    return Diarizer(
        Segmenter(models.product("segmentation"), threads),
        Embedder(models.product("fingerprints"), threads),
    )


def _speaker() -> Speaker:
    _require_models()
    return Speaker(models.cache().path("kokoro-82m"), settings.ENGINE_THREADS)


def _require_models() -> None:
    if not models.prepared():
        raise NotReady


transcriber = Queued(_transcriber, settings.ENGINE_QUEUE)
diarizer = Queued(_diarizer, settings.ENGINE_QUEUE)
speaker = Queued(_speaker, settings.ENGINE_QUEUE)
