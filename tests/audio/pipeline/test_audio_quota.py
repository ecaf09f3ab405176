"""A key may have a number of seconds of audio analysed within an hour, and no more."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from audio.context import RequestEntry, replaced
from audio.engines.failures import EngineUnreachable
from audio.pipeline.audio_quota import WINDOW_S, AudioQuotaExceeded, charged
from tests.engine_answers import script_meeting
from tests.faults import FaultServer
from tests.recordings import square_wave, wav

ENDPOINTS: dict[str, dict[str, str]] = {
    "/v1/audio/transcriptions": {"model": "whisper-1"},
    "/api/audio/transcribe-with-speakers": {},
    "/api/audio/diarize-chunk": {},
    "/api/audio/label-merge": {"timeline": "[]"},
}


@pytest.fixture(autouse=True)
def quota(settings: Settings) -> None:
    settings.API_KEYS, settings.KEY_AUDIO_S_PER_HOUR = ["desk:desk-key:audio"], 10
    settings.SPEAKER_LIBRARY = "audio.library.NoLibrary"


@pytest.fixture
def key() -> str:
    """Return the name of a key that has used nothing."""
    return f"key-{uuid4()}"


@contextmanager
def charge(key: str | None, *lengths_s: float | None) -> Iterator[None]:
    with replaced(request=RequestEntry("POST", key=key)), charged(lengths_s):
        yield


def refusal(key: str, *lengths_s: float) -> AudioQuotaExceeded:
    with pytest.raises(AudioQuotaExceeded) as refused, charge(key, *lengths_s):
        pass
    return refused.value


def test_seconds_of_several_requests_add_up(key: str) -> None:
    with charge(key, 4.0, 2.0), charge(key, 4.0):
        pass

    assert refusal(key, 0.5).retry_after_s == pytest.approx(WINDOW_S, abs=5)


def test_keys_have_a_quota_each(key: str) -> None:
    with charge(key, 10.0), charge(f"{key}-2", 10.0):
        pass


def test_what_was_refused_does_not_count(key: str) -> None:
    with charge(key, 8.0):
        refusal(key, 8.0)
    with charge(key, 2.0):
        pass


def test_seconds_are_free_again_after_an_hour(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with charge(key, 10.0):
        pass
    later = time.monotonic() + WINDOW_S
    monkeypatch.setattr(time, "monotonic", lambda: later)

    with charge(key, 10.0):
        pass


def test_the_wait_is_until_enough_is_free(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for age_s in (3000.0, 2000.0):
        past = time.monotonic() - age_s
        with monkeypatch.context() as patch, charge_at(patch, past, key, 5.0):
            pass

    assert refusal(key, 4.0).retry_after_s == pytest.approx(WINDOW_S - 3000, abs=5)
    assert refusal(key, 6.0).retry_after_s == pytest.approx(WINDOW_S - 2000, abs=5)


@contextmanager
def charge_at(patch: pytest.MonkeyPatch, at: float, key: str, seconds: float) -> Iterator[None]:
    patch.setattr(time, "monotonic", lambda: at)
    with charge(key, seconds):
        yield


def test_a_recording_longer_than_the_quota_never_fits(key: str) -> None:
    assert refusal(key, 10.1).retry_after_s is None


def test_a_failure_of_an_engine_takes_the_charge_back(key: str) -> None:
    with suppress(EngineUnreachable), charge(key, 10.0):
        raise EngineUnreachable("away")
    with charge(key, 10.0):
        pass


def test_work_without_a_key_and_unknown_lengths_are_free(key: str) -> None:
    with charge(None, 99.0), charge(key, None, 10.0):
        pass


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_endpoint_that_hears_audio_refuses_beyond_the_quota(
    path: str, faults: FaultServer, settings: Settings, key: str
) -> None:
    script_meeting(faults)
    settings.API_KEYS, settings.ALLOWED_HOSTS = [f"{key}:secret:audio"], ["testserver"]
    settings.PARAKEET_URL = faults.url
    answers = [post(path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].json()["error"]["code"] == "audio_quota_exceeded"
    assert 3500 < int(answers[1]["Retry-After"]) <= 3600


def post(path: str) -> Any:
    file = SimpleUploadedFile("talk.wav", wav(square_wave(4000, 6.0)))
    fields = {"file": file, **ENDPOINTS[path]}
    # The server begins this context; authentication adds the key to it.
    with replaced(request=RequestEntry("POST")):
        return Client().post(path, fields, headers={"Authorization": "Bearer secret"})
