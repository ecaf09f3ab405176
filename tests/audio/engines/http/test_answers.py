"""The reasons and the waits that clients get from an engine's answer."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from audio.engines.http.answers import read_reason, read_retry_after


def reason(text: str) -> str:
    return read_reason(json.dumps({"detail": text}).encode())[0]


@pytest.mark.parametrize(
    "internal",
    [
        "http://10.0.0.7:8880/v1",
        "kokoro-gpu.internal:8880",
        "gpu7:8000",
        "localhost",
        "[fd00::1]:9000",
        "192.168.1.4",
        "/models/voices/af.pt",
        "/secret",
        "var/models/a.onnx",
        "C:\\models\\x.bin",
        "sk-abcdef123",
        "Bearer SECRETKEY",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_internal_names_are_removed(internal: str) -> None:
    assert reason(f"It failed at {internal} today.") == "It failed at … today."


@pytest.mark.parametrize(
    "text",
    [
        "Voice 'bm_unknown' not found.",
        "response_format: expected one of json, text and/or srt.",
        "POST /v1/audio/speech wants 0.25 to 4.0, got 1:30 or 5.1",
        "The audio is too short (0.05 s of at least 0.1 s).",
    ],
)
def test_a_sentence_for_clients_is_not_changed(text: str) -> None:
    assert reason(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last): …",
        'File "/app/x.py", line 3, in f raise ValueError(token)',
        "<!doctype html><h1>nginx</h1>",
    ],
)
def test_a_text_that_is_not_a_sentence_is_dropped(text: str) -> None:
    assert reason(text) == ""


def test_an_invalid_field_name_is_dropped() -> None:
    answer = {"error": {"message": "no", "param": "/etc/x"}}

    assert read_reason(json.dumps(answer).encode()) == ("no", None)


def test_an_absurd_retry_after_is_limited_to_a_minute() -> None:
    answer = httpx.Response(429, headers={"retry-after": "9" * 5000})

    assert read_retry_after(answer) == 60


def test_a_retry_after_that_is_a_date_becomes_seconds() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    seconds = read_retry_after(httpx.Response(503, headers={"retry-after": date}))

    assert seconds is not None
    assert 1 <= seconds <= 31


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_an_odd_retry_after_is_understood_or_ignored(given: str, seconds: int | None) -> None:
    assert read_retry_after(httpx.Response(503, headers={"retry-after": given})) == seconds
