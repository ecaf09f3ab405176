"""The program's own settings; the only reader of the environment in it."""

import math
from pathlib import Path

import environ

env = environ.Env()
REPOSITORY = Path(__file__).resolve().parent.parent
_ON, _OFF = {"true", "yes", "on", "1"}, {"false", "no", "off", "0", ""}


def _choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = str(env.str(name, default=default))
    if value not in choices:
        raise environ.ImproperlyConfigured(
            f"{name}: expected one of {', '.join(choices)}; got {value!r}"
        )
    return value


def _whole(name: str, default: int, least: int = 0) -> int:
    """Read a whole number of at least `least`."""
    text = str(env.str(name, default=str(default)))
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise environ.ImproperlyConfigured(
            f"{name}: expected a whole number from {least} on; got {text!r}"
        )
    return int(text)


def _seconds(name: str, default: float) -> float:
    """Read seconds, more than 0."""
    text = str(env.str(name, default=str(default)))
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise environ.ImproperlyConfigured(f"{name}: expected seconds above 0; got {text!r}")
    return value


def _switch(name: str) -> bool:
    """Read true or false; the default is false."""
    text = str(env.str(name, default="false")).lower()
    if text not in _ON | _OFF:
        raise environ.ImproperlyConfigured(f"{name}: expected true or false; got {text!r}")
    return text in _ON


# auto takes CUDA where there is a provider and a device, and says what it took.
DEVICE = _choice("DEVICE", "auto", ("auto", "cuda", "cpu"))
DEVICE_ID = _whole("DEVICE_ID", 0)
# auto: fp32 on CUDA, int8 on the CPU.
ASR_DTYPE = _choice("ASR_DTYPE", "auto", ("auto", "fp32", "fp16", "int8"))
DIARIZER = _choice("DIARIZER", "nemotron-3", ("nemotron-3", "sortformer-v2", "sortformer-v2.1"))
# 0: all of it.
GPU_MEM_LIMIT_MB = _whole("GPU_MEM_LIMIT_MB", 0)
# CPU threads of one inference; 0: one for each core.
ENGINE_THREADS = _whole("ENGINE_THREADS", 0)

MODELS_DIR = Path(env.str("MODELS_DIR", default=str(REPOSITORY / "var/nvidia-models")))
# A manifest in the place of weights/models.json, for weights that were converted at home.
MODELS_MANIFEST = Path(
    env.str("MODELS_MANIFEST", default=str(REPOSITORY / "nvidia_engine/weights/models.json"))
)
# A mirror of the hub.
HF_ENDPOINT = env.str("HF_ENDPOINT", default="https://huggingface.co").rstrip("/")
# true: no host is asked for anything.
OFFLINE = _switch("OFFLINE")

# Seconds of audio that may wait or be worked on, and calls; more are answered 429.
MAX_QUEUE_S = _whole("MAX_QUEUE_S", 21_600, least=1)
MAX_REQUESTS = _whole("MAX_REQUESTS", 64, least=1)
# Padded seconds of audio in a batch, and how long a batch that is not full waits for more.
BATCH_S = _whole("BATCH_S", 384, least=1)
BATCH_WAIT_MS = _whole("BATCH_WAIT_MS", 5)
# How long the models may take to load, and how often a known answer is asked for while no client
# asks.
START_LIMIT_S = _seconds("START_LIMIT_S", 900)
PROBE_S = _seconds("PROBE_S", 60)
# What a batch may take beside its audio before its process is replaced.
DEADLINE_S = _seconds("DEADLINE_S", 10)

MAX_UPLOAD_MB = _whole("MAX_UPLOAD_MB", 2048, least=1)
MAX_UPLOAD_BYTES = MAX_UPLOAD_MB * 1024 * 1024
# Where uploads and their samples lie while they are worked on; empty: the system's folder for
# temporary files.
FILE_UPLOAD_TEMP_DIR = env.str("UPLOADS_DIR", default="") or None

DEBUG = False
# Met on a private network by the gateway only: it trusts its callers.
ALLOWED_HOSTS = ["*"]
DATABASES: dict[str, object] = {}
INSTALLED_APPS: list[str] = []
ROOT_URLCONF = "nvidia_engine.http.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
MIDDLEWARE = ["nvidia_engine.http.errors.JsonErrors"]
# An upload is always a file on disk, so that memory does not grow with the recording.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
