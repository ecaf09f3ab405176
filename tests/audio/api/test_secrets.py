"""Secrets of clients and operators appear in no log and in no error."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE

TRANSCRIBE = "/v1/audio/transcriptions"
SPEAK = "/v1/audio/speech"
MERGE = "/api/audio/label-merge"
DIARIZE = "/v1/audio/diarize-chunk"
KEY, WRONG_KEY, ENGINE_PASSWORD = "key-4711-secret", "wrong-0815-key", "engine-pa55word"
ENGINE_KEY = "sk-engine-0042"
NAME, TEXT, VECTOR = "Ottokar Geheimrat", "the merger is confidential", 0.123456789
FILE_NAME = "dismissal-of-ottokar.wav"
FIELDS = {"prompt": TEXT}
INVALID_FIELDS = {"prompt": TEXT, "response_format": "nothing"}
KEYS = [KEY, WRONG_KEY, ENGINE_PASSWORD, ENGINE_KEY]
SECRETS = [*KEYS, NAME, TEXT, str(VECTOR), FILE_NAME]


@dataclass(frozen=True)
class Asked:
    """The log of a gateway after many kinds of requests, and its refusals."""

    log: str
    refusals: list[httpx.Response]


@pytest.fixture(scope="module")
def asked(fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    with_password = fault_server.url.replace("//", f"//engine:{ENGINE_PASSWORD}@")
    settings = {
        "PARAKEET_URL": with_password,
        "SPEECH_URL": f"http://127.0.0.1:9?api_key={ENGINE_KEY}",
        "SPEECH_DIALECT": "kokoro",
        "API_KEYS": f"desk:{KEY}:audio+voices:read",
        "LOG_LEVEL": "DEBUG",
    }
    with running_gateway(tmp_path_factory.mktemp("secrets"), **settings) as gateway:
        answers = [*heard(gateway, fault_server), *refused(gateway, fault_server)]
    # The log is complete only when the gateway has ended.
    return Asked(gateway.log.read_text(), [one for one in answers if one.status_code >= 400])


def heard(gateway: Gateway, faults: FaultServer) -> Iterator[httpx.Response]:
    """Requests that succeed."""
    faults.reset()
    turn = {"start_s": 0.0, "end_s": 1.0, "speaker": "Speaker_0"}
    vector = [VECTOR] * 192
    faults.answer(TRANSCRIBE, {"text": TEXT})
    faults.answer(DIARIZE, {"segments": [turn], "fingerprints": {"Speaker_0": vector}})
    yield post(gateway, TRANSCRIBE, FIELDS)
    yield post(gateway, MERGE, merge_fields())


def refused(gateway: Gateway, faults: FaultServer) -> Iterator[httpx.Response]:
    """Requests that fail in different ways."""
    fields = merge_fields()
    yield post(gateway, TRANSCRIBE, FIELDS, key=WRONG_KEY)
    yield post(gateway, f"{MERGE}/{NAME}?token={KEY}", fields)
    yield post(gateway, MERGE, fields | {"timeline": f'{{"{NAME}'})
    yield post(gateway, MERGE, fields | {"known_voiceprints": f'{{"{NAME}": [{VECTOR}, "x"]}}'})
    yield post(gateway, TRANSCRIBE, INVALID_FIELDS, content=b"no audio")
    yield gateway.post(SPEAK, json={"input": TEXT, "voice": "nobody"}, headers=bearer(KEY))
    faults.reset()
    faults.answer(TRANSCRIBE, {"detail": "CUDA error"}, status=500)
    faults.answer(DIARIZE, f'{{"segments": "{NAME}"'.encode())
    yield post(gateway, TRANSCRIBE, FIELDS)
    yield post(gateway, MERGE, fields)
    with suppress(httpx.HTTPError):
        broken = httpx.post(
            gateway.url + MERGE, content=iter([TEXT.encode()]), headers=bearer(KEY), timeout=10
        )
        yield broken


def merge_fields() -> dict[str, str]:
    hint = {"start": 0.0, "end": 1.0, "name": NAME}
    voices = {NAME: [VECTOR] * 192}
    return {"timeline": json.dumps([hint]), "known_voiceprints": json.dumps(voices)}


def post(
    gateway: Gateway, path: str, fields: dict[str, str], *, key: str = KEY, content: bytes = TONE
) -> httpx.Response:
    return gateway.post(
        path, files={"file": (FILE_NAME, content)}, data=fields, headers=bearer(key)
    )


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_the_requests_were_made_and_logged(asked: Asked) -> None:
    assert asked.log.count('"message":"request"') >= 10
    assert len(asked.refusals) >= 7


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_in_the_log(asked: Asked, secret: str) -> None:
    assert secret.lower() not in asked.log.lower()


@pytest.mark.parametrize(
    "secret", [KEY, WRONG_KEY, ENGINE_PASSWORD, ENGINE_KEY, TEXT, str(VECTOR)]
)
def test_no_secret_is_in_an_error(asked: Asked, secret: str) -> None:
    assert [one.text for one in asked.refusals if secret in one.text] == []
