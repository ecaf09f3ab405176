"""One file reads the environment, and .env.example lists all of it."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.urls import get_resolver

from spark_control.laptop.processes import StartError
from tests.gateway_process import ROOT, running_gateway

SOURCE = (ROOT / "spark_control" / "settings.py").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
BOTH_ENGINES = {"PARAKEET_URL": "http://a:8000", "KOKORO_URL": "http://b:8880"}
HOOKS = {"DATABASE_URL": "postgres://a/b", "WEBHOOK_SECRET": "secret"}


def test_the_example_lists_every_variable_that_the_settings_read() -> None:
    read = set(re.findall(r'env(?:\.\w+)?\("(\w+)"', SOURCE))

    assert read == set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))


@pytest.mark.parametrize("program", ["cpu_engine", "nvidia_engine"])
def test_the_example_lists_the_variables_of_the_engines_too(program: str) -> None:
    engine = (ROOT / program / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|_choice|_whole|_seconds|_switch)\("(\w+)"', engine))

    assert read <= set(re.findall(r"^(?:# )?(\w+)=", EXAMPLE, re.MULTILINE))


@pytest.mark.parametrize(("name", "value"), re.findall(r"^(\w+)=(\S+)$", EXAMPLE, re.MULTILINE))
def test_a_value_in_the_example_is_the_default(
    name: str, value: str, defaults: dict[str, object]
) -> None:
    shown = defaults[name]
    expected = ",".join(shown) if isinstance(shown, list) else str(shown)

    assert value.lower() == expected.lower().removesuffix(".0")


@pytest.mark.parametrize("package", ["audio", "voiceprints", "spark_control"])
def test_nothing_but_the_settings_reads_the_environment(package: str) -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.environ\b(?!\.setdefault)|getenv|environ\.Env", path.read_text())
    }

    assert {path for path in readers if "/laptop" not in path} <= {"spark_control/settings.py"}


BUCKET = {"DATABASE_URL": "postgres://a/b", "S3_BUCKET": "recordings"}


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a management command with only these variables."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={"PATH": str(Path(sys.executable).parent), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(**environment: str) -> dict[str, object]:
    """The settings in an environment of only these variables."""
    with patch.dict(os.environ, environment, clear=True):
        found = runpy.run_path(str(ROOT / "spark_control" / "settings.py"))
    return {name: value for name, value in found.items() if name.isupper()}


@pytest.fixture(scope="module")
def defaults() -> dict[str, object]:
    """The settings of an environment without variables, such as those that the launcher sets."""
    return settings_of()


def hints(**environment: str) -> dict[str, str]:
    """The hints of the system checks in such an environment, by identifier."""
    # A check imports the routes, which depend on settings: here they belong to the whole process.
    get_resolver().url_patterns  # noqa: B018
    of_this_process = ("DATABASES", "INSTALLED_APPS", "MIDDLEWARE", "TEMPLATES")
    found = settings_of(**environment)
    with override_settings(**{name: found[name] for name in found.keys() - of_this_process}):
        return {str(message.id): message.hint or "" for message in run_checks()}


def test_a_gateway_without_a_database_passes_the_checks() -> None:
    checked = manage("check", "--fail-level", "ERROR", DATABASE_URL="")

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("environment", "identifier"),
    [
        ({"DATABASE_URL": "postgres://a/b", "SECRET_KEY": ""}, "spark.E001"),
        ({"API_KEYS": "desk"}, "spark.E002"),
        ({"WEB_THREADS": "8"}, "spark.E003"),
        ({**BOTH_ENGINES, "ENGINE_CONNECTIONS": "48", "WEB_THREADS": "111"}, "spark.E003"),
        ({"PARAKEET_URL": "parakeet:8000"}, "spark.E004"),
        ({"PARAKEET_URL": "http://parakeet:port"}, "spark.E004"),
        ({"KOKORO_URL": "http://"}, "spark.E004"),
        ({"DATABASE_URL": "", "PARAKEET_URL": "", "KOKORO_URL": ""}, "spark.W001"),
        ({"DEFAULT_SPEECH_FORMAT": "midi"}, "spark.E006"),
        ({"DEFAULT_VOICE": "a/b"}, "spark.E008"),
        ({"WORDS_URL": "http://a:1,b:2"}, "spark.E004"),
        ({"WORDS_URL": "http://a:1", "WORDS_DIALECT": "whisper"}, "spark.E040"),
        ({"VOICES_URL": "http://a:1", "VOICES_DIALECT": "openai"}, "spark.E041"),
        ({"TURNS_URL": "http://a:1", "TURNS_DIALECT": "speaches"}, "spark.E042"),
        ({"WORDS_URL": "http://a:1?version=2"}, "spark.E043"),
        ({"WORDS_MODEL": "whisper-1"}, "spark.E044"),
        ({"WORDS_URL": "http://a:1", "WORDS_PROBE": "never"}, "spark.E045"),
        ({"WORDS_URL": "http://a:1", "WORDS_MAX_S": "1"}, "spark.E046"),
        ({"WORDS_URL": "http://a:1"}, "spark.W003"),
        ({"KOKORO_URL": "http://a:1", "SPEECH_URL": "http://b:1"}, "spark.W004"),
        ({"DEFAULT_RULE": "luck"}, "spark.E034"),
        ({"MODEL_ALIASES": "narrator"}, "spark.E035"),
        ({"MODEL_ALIASES": "narrator=gpt-5"}, "spark.E035"),
        ({"MODEL_ALIASES": "whisper-1=kokoro"}, "spark.E035"),
        ({"MODEL_ALIASES": "a=kokoro,A=whisper-1"}, "spark.E035"),
        ({"DATABASE_URL": "postgres://a/b", "KEEP_AUDIO_ON_FORGET": "hide"}, "spark.E050"),
        ({"DATABASE_URL": "postgres://a/b", "DOUBTFUL_CONFIDENCE": "50"}, "spark.E051"),
        ({"CORS_ALLOWED_ORIGINS": "https://app.example/"}, "spark.E007"),
        ({"CORS_ALLOWED_ORIGINS": "*"}, "spark.E007"),
        ({"ENGINE_KEY_SHARE": "0"}, "spark.E010"),
        ({"ENGINE_KEY_SHARE": "1.5"}, "spark.E010"),
        ({"UPLOADS_KEY_SHARE": "0"}, "spark.E010"),
        ({"API_KEYS": "desk:key", "UPLOADS_QUOTA_MB": "3000"}, "spark.E031"),
        ({"ENGINE_TIMEOUT_S": "0"}, "spark.E011"),
        ({"ENGINE_TIMEOUT_S": "inf"}, "spark.E011"),
        ({"ENGINE_TIMEOUT_PER_AUDIO_S": "-1"}, "spark.E011"),
        ({"ENGINE_CONNECTIONS": "0"}, "spark.E012"),
        ({"CLIENT_TIMEOUT_S": "0"}, "spark.E012"),
        ({"MAX_UPLOAD_MB": "0"}, "spark.E012"),
        ({"REALTIME_SESSIONS": "0"}, "spark.E012"),
        ({"KEY_AUDIO_S_PER_HOUR": "-1"}, "spark.E012"),
        ({"DECODER_MEMORY_MB": "200"}, "spark.E030"),
        ({"UPLOADS_QUOTA_MB": "100"}, "spark.E031"),
        ({"UPLOADS_DIR": "/proc/uploads"}, "spark.E032"),
        ({"RESTART_WITH": "magic"}, "spark.E014"),
        ({"RESTART_WITH": "docker", "KOKORO_URL": "http://kokoro:8880"}, "spark.E015"),
        ({"RESTART_WITH": "docker", "DOCKER_URL": "/var/run/docker.sock"}, "spark.E015"),
        ({"RESTART_WITH": "command"}, "spark.E016"),
        ({"RESTART_WITH": "command", "RESTART_COMMAND": "restart 'it"}, "spark.E016"),
        ({"WATCH_INTERVAL_S": "0"}, "spark.E017"),
        ({"RECOVERY_DIR": "/proc/none"}, "spark.W002"),
        ({"DATABASE_URL": "postgres://a/b", "WEBHOOK_HOSTS": "a.example"}, "spark.E020"),
        ({**HOOKS, "TRUSTED_PROXIES": "proxy.example"}, "spark.E029"),
        ({**HOOKS, "WEBHOOK_HOSTS": "https://a.example"}, "spark.E028"),
        ({**HOOKS, "WEBHOOK_PRIVATE_HOSTS": "a.example:0"}, "spark.E028"),
        ({"DATABASE_URL": "postgres://a/b", "WEBHOOK_SECRET": "whsec_?"}, "spark.E021"),
        ({"DATABASE_URL": "postgres://a/b", "JOB_ATTEMPTS": "0"}, "spark.E022"),
        ({"DATABASE_URL": "postgres://a/b", "S3_REGION": "eu-1"}, "spark.E023"),
        ({"DATABASE_URL": "postgres://a/b", "S3_BUCKET": "s3://a"}, "spark.E024"),
        (BUCKET | {"S3_ENDPOINT_URL": "minio:9000"}, "spark.E025"),
        (BUCKET | {"S3_ACCESS_KEY_ID": "a"}, "spark.E026"),
    ],
)
def test_a_contradiction_is_reported_with_a_hint(
    environment: dict[str, str], identifier: str
) -> None:
    assert hints(**environment).get(identifier)


def test_a_bucket_without_its_packages_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text('import sys; sys.modules["boto3"] = None')
    checked = manage("check", PYTHONPATH=str(tmp_path), **BUCKET)

    assert "spark.E027" in checked.stderr


def test_a_complete_bucket_passes_the_checks() -> None:
    server = {"S3_ENDPOINT_URL": "http://minio:9000", "S3_PREFIX": "/a/"}
    keys = {"S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "b"}
    checked = manage("check", **BUCKET, **server, **keys)

    assert "spark.E02" not in checked.stderr


def test_a_server_with_contradicting_settings_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(StartError) as failure, running_gateway(tmp_path, API_KEYS="my-secret"):
        raise AssertionError("it started")

    assert "spark.E002" in str(failure.value)
    assert "my-secret" not in str(failure.value)


@pytest.mark.parametrize("keys", ["a:same:audio,b:same:audio", "a:schlüssel", "a:two words"])
def test_keys_that_cannot_work_are_reported(keys: str) -> None:
    assert "spark.E002" in hints(API_KEYS=keys)


@pytest.mark.parametrize("value", ["soon", "1,5", "30s"])
def test_an_invalid_number_is_refused_with_its_name(value: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_of(PROBE_TIMEOUT_S=value)

    assert str(refused.value) == f"PROBE_TIMEOUT_S is '{value}'; expected a number, as 60 or 1.5."


WRONG_DATABASES = {
    "foo": "another scheme",
    "user:s3cret@host/name": "another scheme",
    "mysql://user:s3cret@host/name": "another scheme",
    "unknown://user:s3cret@host/name": "another scheme",
    "sqlite:///s3cret": "another scheme",
    "postgres://user:s3cret@host:99999/name": "an invalid host or port",
    "postgres://user:s3cret@host:5432,other:99999/name": "an invalid port",
    "postgres://user:s3c/ret@host/name": "an invalid host or port",
    "postgres://user:s3cret@host": "no name of a database",
}


@pytest.mark.parametrize(("url", "reason"), WRONG_DATABASES.items())
def test_a_wrong_database_url_is_refused_with_its_name(url: str, reason: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_of(DATABASE_URL=url)

    expected = "DATABASE_URL: expected postgres://user:password@host:5432/name, got"
    assert str(refused.value) == f"{expected} {reason}."


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://host/name",
        "postgres:///name?host=/var/run/postgresql",
        "postgres://user:p%40ss@host:5432,other:5433/name?sslmode=require",
        "postgres:///?service=library",
    ],
)
def test_a_database_url_in_another_form_is_accepted(url: str) -> None:
    assert settings_of(DATABASE_URL=url)["LIBRARY"] is True


@pytest.mark.parametrize("url", WRONG_DATABASES)
@pytest.mark.parametrize("command", [("check",), ("procrastinate", "worker")])
def test_a_command_reports_a_wrong_database_url_in_one_line(
    command: tuple[str, ...], url: str
) -> None:
    ended = manage(*command, DATABASE_URL=url)

    assert ended.returncode == 1
    assert ended.stderr.startswith("DATABASE_URL: expected postgres://")
    assert ended.stderr.count("\n") == 1
    assert "s3c" not in ended.stderr + ended.stdout


def test_a_server_does_not_start_with_a_wrong_database_url(tmp_path: Path) -> None:
    wrong = "mysql://user:s3cret@host/name"
    with pytest.raises(StartError) as failure, running_gateway(tmp_path, DATABASE_URL=wrong):
        raise AssertionError("it started")

    assert "DATABASE_URL: expected postgres://" in str(failure.value)
    assert "Traceback" not in str(failure.value)
    assert "s3cret" not in str(failure.value)


def test_the_database_has_a_pool_with_at_most_one_connection_per_thread() -> None:
    databases = settings_of(DATABASE_URL="postgres://host/name?sslmode=require", WEB_THREADS="80")
    database = databases["DATABASES"]["default"]  # type: ignore[index]

    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (0, True)
    assert database["OPTIONS"]["pool"]["max_size"] == 80
    assert database["OPTIONS"]["sslmode"] == "require"


def test_an_invalid_whole_number_is_refused_with_its_name() -> None:
    stderr = manage("check", WEB_THREADS="1.5").stderr

    assert "WEB_THREADS is '1.5'; expected a whole number, as 60." in stderr
