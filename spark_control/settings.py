"""All settings of the gateway, from the environment, which no other module reads.

`.env.example` lists the variables with their defaults and units.
"""

import builtins
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

Number = TypeVar("Number", int, float)


POSTGRES_SCHEMES = ("postgres", "postgresql", "psql", "pgsql")


class Variables(environ.Env):  # type: ignore[misc]
    """Parses numbers and database URLs strictly; environ reads 1e3 as 13, and accepts any URL.

    Its errors name no variable, and some repeat the password.
    """

    def int(self, var: str, default: builtins.int = 0) -> builtins.int:
        return self._number(builtins.int, var, default, "a whole number, as 60")

    def float(self, var: str, default: builtins.float = 0.0) -> builtins.float:
        return self._number(builtins.float, var, default, "a number, as 60 or 1.5")

    def _number(
        self, read: Callable[[str], Number], var: str, default: Number, expected: str
    ) -> Number:
        given = self.str(var, "")
        try:
            return read(given) if given else default
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} is {given!r}; expected {expected}.") from error

    def postgres(self, var: str) -> dict[str, Any]:
        """Return Django's settings for the Postgres database that a URL names."""
        url = self.str(var).strip()
        try:
            if url.partition("://")[0] not in POSTGRES_SCHEMES:
                raise ValueError("another scheme")
            return self._database(url)
        except ValueError as error:
            # Without the cause: its message may repeat a part of the password.
            expected = "postgres://user:password@host:5432/name"
            raise ImproperlyConfigured(f"{var}: expected {expected}, got {error}.") from None

    def _database(self, url: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self.db_url_config(url)
            # A URL may name several servers, each with a port.
            ports = [int(port) for port in str(found["PORT"]).split(",") if port]
        except ValueError as error:
            raise ValueError("an invalid host or port") from error
        if not all(0 < port < 65_536 for port in ports):
            raise ValueError("an invalid port")
        if not (found["NAME"] or "service" in found.get("OPTIONS", {})):
            raise ValueError("no name of a database")
        return found


def with_pool(database: dict[str, Any], pool: dict[str, float]) -> dict[str, Any]:
    """Add a pool to a database's settings; the options of its URL have precedence."""
    options = {"connect_timeout": 2, **database.get("OPTIONS", {}), "pool": pool}
    return {**database, "OPTIONS": options, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 0}


BASE_DIR = Path(__file__).resolve().parent.parent
env = Variables()
environ.Env.read_env(BASE_DIR / ".env")

# Engines
PARAKEET_URL: str = env.str("PARAKEET_URL", "").rstrip("/")
KOKORO_URL: str = env.str("KOKORO_URL", "").rstrip("/")
# An engine of its own for each role: words, turns, voices, speech
WORDS_URL: str = env.str("WORDS_URL", "")
WORDS_DIALECT: str = env.str("WORDS_DIALECT", "").lower()
WORDS_MODEL: str = env.str("WORDS_MODEL", "")
WORDS_KEY: str = env.str("WORDS_KEY", "")
WORDS_PATH: str = env.str("WORDS_PATH", "")
WORDS_MAX_BYTES: int = env.int("WORDS_MAX_BYTES", 0)
WORDS_MAX_S: float = env.float("WORDS_MAX_S", 0.0)
WORDS_PROBE: str = env.str("WORDS_PROBE", "").lower()
TURNS_URL: str = env.str("TURNS_URL", "")
TURNS_DIALECT: str = env.str("TURNS_DIALECT", "").lower()
TURNS_MODEL: str = env.str("TURNS_MODEL", "")
TURNS_KEY: str = env.str("TURNS_KEY", "")
TURNS_MAX_BYTES: int = env.int("TURNS_MAX_BYTES", 0)
TURNS_MAX_S: float = env.float("TURNS_MAX_S", 0.0)
TURNS_PROBE: str = env.str("TURNS_PROBE", "").lower()
VOICES_URL: str = env.str("VOICES_URL", "")
VOICES_DIALECT: str = env.str("VOICES_DIALECT", "").lower()
VOICES_MODEL: str = env.str("VOICES_MODEL", "")
VOICES_KEY: str = env.str("VOICES_KEY", "")
VOICES_PROBE: str = env.str("VOICES_PROBE", "").lower()
SPEECH_URL: str = env.str("SPEECH_URL", "")
SPEECH_DIALECT: str = env.str("SPEECH_DIALECT", "").lower()
SPEECH_MODEL: str = env.str("SPEECH_MODEL", "")
SPEECH_KEY: str = env.str("SPEECH_KEY", "")
SPEECH_PROBE: str = env.str("SPEECH_PROBE", "").lower()
_ROLE_URLS = (PARAKEET_URL, KOKORO_URL, WORDS_URL, TURNS_URL, VOICES_URL, SPEECH_URL)
_engines = sum(1 for urls in _ROLE_URLS for url in urls.split(",") if url.strip())
ENGINE_CONNECTIONS: int = env.int("ENGINE_CONNECTIONS", 48)
ENGINE_WAIT_S: float = env.float("ENGINE_WAIT_S", 2.0)
ENGINE_KEY_SHARE: float = env.float("ENGINE_KEY_SHARE", 0.5)
ENGINE_BASE_TIMEOUT_S: float = env.float("ENGINE_BASE_TIMEOUT_S", 60.0)
ENGINE_TIMEOUT_PER_AUDIO_S: float = env.float("ENGINE_TIMEOUT_PER_AUDIO_S", 1.0)
ENGINE_TIMEOUT_S: float = env.float("ENGINE_TIMEOUT_S", 600.0)
CHUNK_AFTER_S: float = env.float("CHUNK_AFTER_S", 600.0)
CHUNK_S: float = env.float("CHUNK_S", 300.0)

# The rule of requests and archives that name none
DEFAULT_RULE: str = env.str("DEFAULT_RULE", "overlap").lower()

# The terms by which transcripts are always spelled, by key
VOCABULARY_FILE: str = env.str("VOCABULARY_FILE", "")

# Decoding, in separate processes
MAX_AUDIO_S: float = env.float("MAX_AUDIO_S", 28_800.0)
DECODERS: int = env.int("DECODERS", 2)
DECODER_MEMORY_MB: int = env.int("DECODER_MEMORY_MB", 1024)
DECODER_CPU_S: int = env.int("DECODER_CPU_S", 600)

# Recovery of engines: probes and restarts
RESTART_WITH: str = env.str("RESTART_WITH", "").lower()
DOCKER_URL: str = env.str("DOCKER_URL", "unix:///var/run/docker.sock")
PARAKEET_CONTAINER: str = env.str("PARAKEET_CONTAINER", "")
KOKORO_CONTAINER: str = env.str("KOKORO_CONTAINER", "")
RESTART_COMMAND: str = env.str("RESTART_COMMAND", "")
RECOVERY_TIMEOUT_S: float = env.float("RECOVERY_TIMEOUT_S", 300.0)
WATCH_INTERVAL_S: float = env.float("WATCH_INTERVAL_S", 300.0)
PROBE_TIMEOUT_S: float = env.float("PROBE_TIMEOUT_S", 30.0)
PROBE_AFTER_FAILURE: bool = env.bool("PROBE_AFTER_FAILURE", True)
RECOVERY_DIR: str = env.str("RECOVERY_DIR", "")
# Constants: how long a restart may take, the most random delay before it, and the least time
# between two of one engine.
RESTART_TIMEOUT_S = 60.0
RESTART_JITTER_S = 5.0
RESTART_MIN_INTERVAL_S = 120.0
RESTART_MAX_PER_HOUR = 3
# When a restarted engine is expected, and how often it is probed until then.
RECOVERY_EXPECTED_S = 60.0
RECOVERY_PROBE_S = 5.0
# From which answer time an engine is slow, and the least time between two probes that failed calls
# or clients cause.
PROBE_SLOW_S = 10.0
PROBE_COOLDOWN_S = 10.0

# Clients
API_KEYS: list[str] = env.list("API_KEYS", default=[])
ALLOW_ANONYMOUS: bool = env.bool("ALLOW_ANONYMOUS", False)
PUBLIC_DISCOVERY: bool = env.bool("PUBLIC_DISCOVERY", True)
CORS_ALLOWED_ORIGINS: list[str] = [
    origin.strip() for origin in env.list("CORS_ALLOWED_ORIGINS", default=[])
]
KEY_AUDIO_S_PER_HOUR: int = env.int("KEY_AUDIO_S_PER_HOUR", 0)
MODEL_ALIASES: list[str] = env.list("MODEL_ALIASES", default=[])
STRICT_MODELS: bool = env.bool("STRICT_MODELS", False)
MAX_UPLOAD_MB: int = env.int("MAX_UPLOAD_MB", 2048)
DEFAULT_VOICE: str = env.str("DEFAULT_VOICE", "bm_george")
DEFAULT_SPEECH_FORMAT: str = env.str("DEFAULT_SPEECH_FORMAT", "wav")

# Realtime sessions, in a process of their own
REALTIME_SESSIONS: int = env.int("REALTIME_SESSIONS", 100)
REALTIME_SESSION_S: float = env.float("REALTIME_SESSION_S", 3600.0)
REALTIME_IDLE_S: float = env.float("REALTIME_IDLE_S", 300.0)
REALTIME_BUFFER_S: float = env.float("REALTIME_BUFFER_S", 300.0)

# Home Assistant's protocol, in a process of its own
WYOMING_CONNECTIONS: int = env.int("WYOMING_CONNECTIONS", 32)
WYOMING_AUDIO_S: float = env.float("WYOMING_AUDIO_S", 300.0)
# Parakeet TDT 0.6b v3's.
_LANGUAGES = "bg,cs,da,de,el,en,es,et,fi,fr,hr,hu,it,lt,lv,mt,nl,pl,pt,ro,ru,sk,sl,sv,uk"
WYOMING_LANGUAGES: list[str] = env.str("WYOMING_LANGUAGES", _LANGUAGES).split(",")

# Server and logs
# Enough for the slots of each engine, and 16 more.
_THREADS = 16 + 48 * max(2, _engines)
WEB_THREADS: int = env.int("WEB_THREADS", _THREADS)
HEAD_TIMEOUT_S: float = env.float("HEAD_TIMEOUT_S", 15.0)
CLIENT_TIMEOUT_S: int = env.int("CLIENT_TIMEOUT_S", 60)
LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO")

DEBUG = env.bool("DEBUG", False)
# Only sessions of the admin are signed: without a database, a key per process is enough.
SECRET_KEY = env.str("SECRET_KEY", "") or get_random_secret_key()
SECRET_KEY_IS_RANDOM = not env.str("SECRET_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# Voice library: DATABASE_URL switches it on
LIBRARY = bool(env.str("DATABASE_URL", ""))
SPEAKER_LIBRARY = (
    "voiceprints.stored_library.StoredLibrary" if LIBRARY else "audio.library.NoLibrary"
)
# Connections are shared by all threads. There may be one per thread, so that a thread waits only
# for a database that is away; idle ones are closed.
_DATABASE_POOL = {
    "min_size": 0,
    "max_size": WEB_THREADS,
    "max_idle": 60.0,
    "timeout": 2.0,
    # Attempts to connect end early, so that the next request finds a database that is back.
    "reconnect_timeout": 1.0,
}
DATABASES = {"default": with_pool(env.postgres("DATABASE_URL"), _DATABASE_POOL)} if LIBRARY else {}
# The origin of the admin's forms behind a proxy that terminates TLS. Cookies then require TLS.
CSRF_TRUSTED_ORIGINS: list[str] = [
    origin.strip() for origin in env.list("CSRF_TRUSTED_ORIGINS", default=[])
]
# Proxies whose X-Forwarded-For is believed where failed logins are counted.
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=["127.0.0.1", "::1"])
# For a proxy that terminates TLS and reports it: how long browsers must use TLS only.
HSTS_S: int = env.int("HSTS_S", 0)
SECURE_HSTS_SECONDS = HSTS_S
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HSTS_S else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# After too many failed logins an account is locked for a while. Attempts are counted in memory:
# typed passwords and names are never stored.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
# It warns that this cache is not shared between processes; a gateway is a single process.
SILENCED_SYSTEM_CHECKS = ["axes.W001"]
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "voiceprints.admin.login_limits.render_lockout"
AXES_CLIENT_STR_CALLABLE = "voiceprints.admin.login_limits.describe_client"
AXES_CLIENT_IP_CALLABLE = "voiceprints.admin.login_limits.client_address"
AXES_ENABLE_ADMIN = False

# Enrolment can store its recordings, to compute embeddings again for another model.
KEEP_SAMPLES: bool = env.bool("KEEP_SAMPLES", False)
# The recordings of stored transcripts can be stored too, to listen to them.
KEEP_AUDIO: bool = env.bool("KEEP_AUDIO", False)
KEEP_AUDIO_ON_FORGET: str = env.str("KEEP_AUDIO_ON_FORGET", "delete")
# A word of a stored transcript is marked as doubtful below this confidence of its engine.
DOUBTFUL_CONFIDENCE: float = env.float("DOUBTFUL_CONFIDENCE", 0.5)
MEDIA_ROOT = env.str("SAMPLES_DIR", "") or BASE_DIR / "var" / "samples"
# A bucket instead of that folder. Without keys, boto3 searches its usual places.
S3_BUCKET: str = env.str("S3_BUCKET", "")
S3_PREFIX: str = env.str("S3_PREFIX", "").strip("/")
S3_ENDPOINT_URL: str = env.str("S3_ENDPOINT_URL", "")
S3_REGION: str = env.str("S3_REGION", "")
S3_ACCESS_KEY_ID: str = env.str("S3_ACCESS_KEY_ID", "")
S3_SECRET_ACCESS_KEY: str = env.str("S3_SECRET_ACCESS_KEY", "")
_BUCKET = {
    "BACKEND": "voiceprints.storage.bucket.Bucket",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "location": S3_PREFIX,
        "endpoint_url": S3_ENDPOINT_URL or None,
        "region_name": S3_REGION or None,
        "access_key": S3_ACCESS_KEY_ID or None,
        "secret_key": S3_SECRET_ACCESS_KEY or None,
    },
}
_FOLDER = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
STORAGES = {
    "default": _BUCKET if S3_BUCKET else _FOLDER,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Jobs
JOB_ATTEMPTS: int = env.int("JOB_ATTEMPTS", 6)
JOB_RETRY_S: float = env.float("JOB_RETRY_S", 10.0)
JOB_DAYS: int = env.int("JOB_DAYS", 7)
WORKER_LOST_AFTER_S: float = env.float("WORKER_LOST_AFTER_S", 30.0)
WEBHOOK_SECRET: str = env.str("WEBHOOK_SECRET", "")
WEBHOOK_HOSTS: list[str] = env.list("WEBHOOK_HOSTS", default=[])
WEBHOOK_PRIVATE_HOSTS: list[str] = env.list("WEBHOOK_PRIVATE_HOSTS", default=[])
PROCRASTINATE_IMPORT_PATHS = ["voiceprints.jobs.tasks"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_WORKER_DEFAULTS = {
    # The outcome is stored with the gateway's own job.
    "delete_jobs": "always",
    "update_heartbeat_interval": WORKER_LOST_AFTER_S / 3,
    "stalled_worker_timeout": WORKER_LOST_AFTER_S,
    # After this time, a stopping worker finishes its current chunks and returns the job.
    "shutdown_graceful_timeout": 5.0,
}

# Django
INSTALLED_APPS = [
    "audio",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django.contrib.staticfiles",
]
if LIBRARY:
    CSRF_FAILURE_VIEW = "voiceprints.admin.failure_pages.csrf_failure"
    INSTALLED_APPS = [
        "voiceprints",
        "voiceprints.apps.LibraryAdminConfig",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.postgres",
        "procrastinate.contrib.django",
        "axes",
        *INSTALLED_APPS,
    ]

MIDDLEWARE = [
    "audio.api.request_log.NoteRoute",
    "audio.api.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
]
if CORS_ALLOWED_ORIGINS:
    # Outside all views, so that errors and static files have the headers too.
    MIDDLEWARE.insert(2, "corsheaders.middleware.CorsMiddleware")
if LIBRARY:
    MIDDLEWARE += [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "voiceprints.admin.login_limits.LimitAnonymousForms",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "axes.middleware.AxesMiddleware",
    ]

ROOT_URLCONF = "spark_control.urls"
WSGI_APPLICATION = "spark_control.wsgi.application"
# A redirect turns an SDK's POST into a GET; instead, every route exists with and without a slash.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                *(
                    [
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                    if LIBRARY
                    else []
                ),
            ]
        },
    }
]

# Where `make docs` writes the documentation pages, which are served under /docs/.
DOCS_DIR = BASE_DIR / "var" / "docs"

STATIC_URL = "/static/"
# Serves the static files of installed packages, so that no collectstatic is needed.
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = ["voiceprints.admin.date_formats"]

# Uploads: each is a file on disk, whatever its size, and engines stream it from there
FILE_UPLOAD_HANDLERS = ["audio.api.uploads.uploaded_files.DiskUploadHandler"]
UPLOADS_DIR: str = env.str("UPLOADS_DIR", "")
UPLOADS_QUOTA_MB: int = env.int("UPLOADS_QUOTA_MB", 20_480)
UPLOADS_KEY_SHARE: float = env.float("UPLOADS_KEY_SHARE", 0.5)
# The texts of a form: known voices and reference clips are JSON and data URLs of many megabytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024

# REST framework and OpenAPI
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["audio.api.authentication.BearerKey"],
    "DEFAULT_PERMISSION_CLASSES": ["audio.api.authentication.HasScope"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "audio.api.rendering.IgnoreAccept",
    "DEFAULT_RENDERER_CLASSES": ["audio.api.rendering.Json"],
    "DEFAULT_PARSER_CLASSES": [
        "audio.api.uploads.body_parsers.LimitedJson",
        "audio.api.uploads.body_parsers.MultipartForm",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "audio.api.errors.envelope",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Spark Control",
    "DESCRIPTION": "Speech to text, text to speech, diarization, and who said what, by name.",
    "VERSION": "0.1.0",
    "TAGS": [
        {"name": name}
        for name in (
            *("OpenAI", "Who said what"),
            *(("Jobs", "Voice library", "Corrections") if LIBRARY else ()),
            "Status",
        )
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "PartState": "audio.api.schema.status_pages.STATES",
        "EngineName": "audio.api.schema.status_pages.ENGINE_NAMES",
        "EngineState": "audio.api.schema.status_pages.ENGINE_STATES",
        "ModelKind": ["stt", "tts"],
        "LabelMergeKind": ["label-merge"],
        "TranscribeWithSpeakersKind": ["transcribe-with-speakers"],
        "CorrectionKind": [
            *("block", "split", "join", "merge_speakers", "split_speaker", "name"),
        ],
        "JobState": ["queued", "running", "done", "failed", "cancelled"],
        "WebhookState": ["waiting", "delivered", "failed"],
        "TranscribeTask": ["transcribe"],
        "DiarizeTask": ["diarize"],
        "WebserviceTask": ["transcribe", "translate"],
    },
    "PREPROCESSING_HOOKS": ["audio.api.schema.openapi_hooks.without_slash_twins"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "audio.api.schema.openapi_hooks.with_refusals",
        "audio.api.schema.openapi_hooks.with_files_first",
    ],
}

# Pages of other origins
# A wildcard covers the SDK's own headers; browsers require Authorization by name.
CORS_ALLOW_HEADERS = ["*", "authorization"]
CORS_EXPOSE_HEADERS = [
    "x-request-id",
    "x-ignored-params",
    "x-warnings",
    "x-transcript-id",
    "retry-after",
    "content-disposition",
]

# Logs: one JSON object per line on standard error
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.orjson.OrjsonFormatter",
            "format": "%(levelname)s %(name)s %(message)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": True,
        }
    },
    "filters": {
        "request_id": {"()": "audio.api.request_log.AddRequestId"},
        "database_failures": {"()": "voiceprints.storage.database_failures.HideAddress"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["request_id", *(["database_failures"] if LIBRARY else [])],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # audio.api.request_log writes a line per request; Django's would repeat it with the path.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "django.server": {"level": "CRITICAL"},
        # httpx logs the URL of every call to an engine.
        "httpx": {"level": "WARNING"},
        # Their lines about calls to a bucket contain its host name.
        "boto3": {"level": "ERROR"},
        "botocore": {"level": "ERROR"},
        "s3transfer": {"level": "ERROR"},
        "urllib3": {"level": "ERROR"},
        # It writes several lines per task and per search for lost jobs.
        "procrastinate": {"level": "WARNING"},
        # Its warnings contain the address of the database.
        "psycopg.pool": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        # It reports each stranger's broken handshake with a traceback; the sessions have lines of
        # their own.
        "websockets": {"level": "CRITICAL"},
    },
}
