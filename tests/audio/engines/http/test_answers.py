"""What clients read of an engine's own words."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from audio.engines.http.answers import read_reason, read_retry_after


def reason(told: str) -> str:
    return read_reason(json.dumps({"detail": told}).encode())[0]


@pytest.mark.parametrize(
    "inner",
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
def test_what_is_inside_stays_inside(inner: str) -> None:
    assert reason(f"It failed at {inner} today.") == "It failed at … today."


@pytest.mark.parametrize(
    "told",
    [
        "Voice 'nobody' not found.",
        "response_format: expected one of json, text and/or srt.",
        "POST /v1/audio/speech wants 0.25 to 4.0, got 1:30 or 5.1",
        "The audio is too short (0.05 s of at least 0.1 s).",
    ],
)
def test_a_sentence_for_clients_stays_as_it_is(told: str) -> None:
    assert reason(told) == told


@pytest.mark.parametrize(
    "told",
    [
        "Traceback (most recent call last): …",
        'File "/app/x.py", line 3, in f raise ValueError(token)',
        "<!doctype html><h1>nginx</h1>",
    ],
)
def test_what_is_no_sentence_is_nothing(told: str) -> None:
    assert reason(told) == ""


def test_a_field_that_is_none_is_not_told() -> None:
    answer = {"error": {"message": "no", "param": "/etc/x"}}

    assert read_reason(json.dumps(answer).encode()) == ("no", None)


def test_an_absurd_retry_after_is_a_minute() -> None:
    answer = httpx.Response(429, headers={"retry-after": "9" * 5000})

    assert read_retry_after(answer) == 60


def test_a_retry_after_that_is_a_date_is_told_in_seconds() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    told = read_retry_after(httpx.Response(503, headers={"retry-after": date}))

    assert told is not None
    assert 1 <= told <= 31


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_an_odd_retry_after_is_understood_or_ignored(given: str, told: int | None) -> None:
    assert read_retry_after(httpx.Response(503, headers={"retry-after": given})) == told
