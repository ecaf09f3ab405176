"""The program's own settings; the only reader of the environment in it."""

from pathlib import Path

import environ

env = environ.Env()
REPOSITORY = Path(__file__).resolve().parent.parent


def _choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.str(name, default=default)
    if value not in choices:
        raise environ.ImproperlyConfigured(f"{name}: expected one of {', '.join(choices)}")
    return str(value)


# auto takes CUDA where there is a provider and a device, and says what it took.
DEVICE = _choice("DEVICE", "auto", ("auto", "cuda", "cpu"))
DEVICE_ID = env.int("DEVICE_ID", default=0)
# auto: fp32 on CUDA, int8 on the CPU.
ASR_DTYPE = _choice("ASR_DTYPE", "auto", ("auto", "fp32", "fp16", "int8"))
DIARIZER = _choice("DIARIZER", "nemotron-3", ("nemotron-3", "sortformer-v2", "sortformer-v2.1"))
# 0: all of it.
GPU_MEM_LIMIT_MB = env.int("GPU_MEM_LIMIT_MB", default=0)
# CPU threads of one inference; 0: one for each core.
ENGINE_THREADS = env.int("ENGINE_THREADS", default=0)

MODELS_DIR = Path(env.str("MODELS_DIR", default=str(REPOSITORY / "var/nvidia-models")))
# A manifest in the place of weights/models.json, for weights that were converted at home.
MODELS_MANIFEST = Path(
    env.str("MODELS_MANIFEST", default=str(REPOSITORY / "nvidia_engine/weights/models.json"))
)
# A mirror of the hub.
HF_ENDPOINT = env.str("HF_ENDPOINT", default="https://huggingface.co").rstrip("/")
# true: no host is asked for anything.
OFFLINE = env.bool("OFFLINE", default=False)

# Seconds of audio that may wait or be worked on, and calls; more are answered 429.
MAX_QUEUE_S = env.int("MAX_QUEUE_S", default=21_600)
MAX_REQUESTS = env.int("MAX_REQUESTS", default=64)
# Padded seconds of audio in a batch, and how long a batch that is not full waits for more.
BATCH_S = env.int("BATCH_S", default=384)
BATCH_WAIT_MS = env.int("BATCH_WAIT_MS", default=5)
# How long the models may take to load, and how often a known answer is asked for while no client
# asks.
START_LIMIT_S = env.float("START_LIMIT_S", default=900)
PROBE_S = env.float("PROBE_S", default=60)
# What a batch may take beside its audio before its process is replaced.
DEADLINE_S = env.float("DEADLINE_S", default=10)

MAX_UPLOAD_MB = env.int("MAX_UPLOAD_MB", default=2048)
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
