"""Every error has the same envelope, and shows nothing of the gateway's inside."""

import json
import socket
from contextlib import AbstractContextManager, ExitStack
from functools import partial

import httpx
import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

TRANSCRIBE = "/v1/audio/transcriptions"
SPEAK = "/v1/audio/speech"
KEYS = {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "unknown_url"),
        ("POST", "/v1/nowhere/", 404, "unknown_url"),
        ("GET", "/v1/readyz", 404, "unknown_url"),
        ("GET", "/v1/test", 404, "unknown_url"),
        ("GET", "/v1/audio/speech", 405, "method_not_supported"),
        ("GET", "/v1/audio/transcriptions", 405, "method_not_supported"),
        ("GET", "/v1/audio/translations", 405, "method_not_supported"),
        ("POST", "/v1/audio/voices", 405, "method_not_supported"),
        ("DELETE", "/api/audio/label-merge", 405, "method_not_supported"),
    ],
)
def test_an_unknown_path_gets_the_envelope(
    scripted: Gateway, method: str, path: str, status: int, code: str
) -> None:
    answer = httpx.request(method, scripted.url + path)

    assert answer.status_code == status
    assert answer.json()["error"].keys() == KEYS
    assert answer.json()["error"]["code"] == code


def test_a_foreign_host_name_gets_the_envelope(scripted: Gateway) -> None:
    answer = scripted.get("/v1/models", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    ("engine_status", "status", "code", "retry_after"),
    [
        (500, 503, "engine_restarting", "60"),
        (502, 502, "engine_unreachable", None),
        (422, 422, "engine_refused", None),
    ],
)
def test_an_engines_failure_is_translated(
    scripted: Gateway,
    faults: FaultServer,
    engine_status: int,
    status: int,
    code: str,
    retry_after: str | None,
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "CUDA error"}, status=engine_status)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert answer.headers.get("retry-after") == retry_after


@pytest.mark.parametrize(("given", "passed_on"), [("7", "7"), ("3600", "60")])
def test_a_loaded_engines_retry_after_is_passed_on_up_to_a_minute(
    scripted: Gateway, faults: FaultServer, given: str, passed_on: str
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "loading"}, status=503, headers={"Retry-After": given})

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == passed_on


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "The voice is unknown.", "param": "voice"}},
        {"error": "The voice is unknown."},
        {"detail": "The voice is unknown."},
        {"detail": {"error": "validation_error", "message": "The voice is unknown."}},
        {"detail": [{"loc": ["body", "voice"], "msg": "The voice is unknown."}]},
    ],
)
def test_an_engines_own_reason_is_passed_on_in_any_shape(
    scripted: Gateway, faults: FaultServer, body: dict[str, object]
) -> None:
    faults.answer(SPEAK, body, status=400)

    answer = scripted.post(SPEAK, json={"input": "Hi"})

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "The voice is unknown."


@pytest.mark.parametrize(
    "reason",
    [
        "cannot open /tmp/upload_7/audio.wav",
        "connection to http://10.0.0.7:8000/x failed",
        "10.0.0.7:8000 said no",
        'Traceback (most recent call last):\n  File "/app/main.py", line 1',
    ],
)
def test_no_address_path_or_stack_trace_of_an_engine_leaks(
    scripted: Gateway, faults: FaultServer, reason: str
) -> None:
    faults.answer(TRANSCRIBE, {"detail": reason}, status=400)

    message = scripted.post(TRANSCRIBE, files={"file": TONE}).json()["error"]["message"]

    assert "10.0.0.7" not in message
    assert "/tmp" not in message
    assert "/app" not in message


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1]",
        b'{"text": 7}',
        b'{"text": "a", "words": [{"text": "a", "start": NaN, "end": 1}]}',
        b'{"text": "a", "duration": "long", "words": [{"text": "a", "start": "x"}]}',
        b"[" * 100_000,
    ],
)
def test_an_invalid_answer_of_an_engine_is_a_bad_gateway(
    scripted: Gateway, faults: FaultServer, body: bytes
) -> None:
    faults.answer(TRANSCRIBE, body)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "engine_bad_answer"


def test_an_engine_that_hangs_is_a_gateway_timeout(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, {}, after_s=1.5)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.status_code == 504
    assert answer.json()["error"]["code"] == "engine_timeout"


def test_an_engine_that_breaks_off_is_a_bad_gateway(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, pieces=(b'{"te',), cut=True)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "engine_unreachable"


def test_a_missing_engine_is_reported_as_not_configured(bare: Gateway) -> None:
    answer = bare.post(SPEAK, json={"input": "Hi"})

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "engine_not_configured"


def test_an_empty_stream_of_speech_is_an_error(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, b"", content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hi"})

    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "engine_bad_answer"


def test_speech_that_breaks_off_breaks_off_for_the_client(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(
        SPEAK, pieces=(b"RIFF", b"more"), pause_s=0.1, cut=True, content_type="audio/wav"
    )

    with pytest.raises(httpx.RemoteProtocolError):
        scripted.post(SPEAK, json={"input": "Hi"})


def test_a_full_engine_refuses_quickly(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF",) * 8, pause_s=0.2, content_type="audio/wav")

    with ExitStack() as streams:
        [streams.enter_context(_speaking(scripted)) for _connection in range(4)]
        answer = scripted.post(SPEAK, json={"input": "Hi"})

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "engine_busy"
    assert answer.headers["retry-after"] == "2"


def _speaking(gateway: Gateway) -> AbstractContextManager[httpx.Response]:
    return httpx.stream("POST", gateway.url + SPEAK, json={"input": "Hi"})


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: "
        + b"a" * 9000
        + b"\r\n\r\n",
    ],
)
def test_a_long_head_is_answered_with_the_envelope(bare: Gateway, request_head: bytes) -> None:
    host, _, port = bare.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request_head)
        answer = b"".join(iter(partial(connection.recv, 65536), b""))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4")
    assert b"x-request-id: req_" in head
    assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / NONSENSE\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 900_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_what_is_not_http_is_refused_by_the_server(
    bare: Gateway, request_: bytes, status: bytes
) -> None:
    address = ("127.0.0.1", int(bare.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request_)

        assert connection.recv(65_536).startswith(b"HTTP/1.1 " + status)


def test_a_message_repeats_only_the_beginning_of_a_media_type(scripted: Gateway) -> None:
    kind = "text/" + "x" * 4000

    answer = scripted.post(SPEAK, content=b"a", headers={"content-type": kind})

    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "unsupported_media_type"
    assert 'Unsupported media type "text/xxx' in answer.json()["error"]["message"]
    assert len(answer.json()["error"]["message"]) < 300
