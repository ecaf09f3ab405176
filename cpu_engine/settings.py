"""The engine's own settings; the only reader of the environment in this program."""

from pathlib import Path

import environ

env = environ.Env()
REPOSITORY = Path(__file__).resolve().parent.parent

# Where the weights are kept, where they may be copied from, and a mirror of the model hub.
MODELS_DIR = Path(env.str("MODELS_DIR", default=str(REPOSITORY / "var/models")))
MODELS_SOURCE = Path(env.str("MODELS_SOURCE")) if env.str("MODELS_SOURCE", default="") else None
MODELS_HUB_URL = env.str("MODELS_HUB_URL", default="")

# CPU threads of one inference, and how many calls may wait for each model.
ENGINE_THREADS = env.int("ENGINE_THREADS", default=2)
ENGINE_QUEUE = env.int("ENGINE_QUEUE", default=8)

MAX_UPLOAD_MB = env.int("MAX_UPLOAD_MB", default=2048)
MAX_UPLOAD_BYTES = MAX_UPLOAD_MB * 1024 * 1024
MAX_AUDIO_MINUTES = env.int("MAX_AUDIO_MINUTES", default=240)
MAX_SPEECH_CHARACTERS = env.int("MAX_SPEECH_CHARACTERS", default=100_000)

# Where uploads lie while they are worked on; empty: the system's folder for temporary files.
FILE_UPLOAD_TEMP_DIR = env.str("UPLOADS_DIR", default="") or None

DEBUG = False
# Met on a private network by the gateway only, as the containers are: it trusts its callers.
ALLOWED_HOSTS = ["*"]
DATABASES: dict[str, object] = {}
INSTALLED_APPS: list[str] = []
ROOT_URLCONF = "cpu_engine.http.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
MIDDLEWARE = ["cpu_engine.http.errors.JsonErrors"]
# An upload is always a file on disk, so that memory does not grow with the recording.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
# A JSON character takes up to twelve bytes (an escaped surrogate pair).
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * MAX_SPEECH_CHARACTERS + 1_000_000
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"faster_whisper": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
