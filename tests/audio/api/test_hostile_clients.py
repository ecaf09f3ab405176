"""Clients that stall, break off, or send malformed requests."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE

TRANSCRIBE = "/v1/audio/transcriptions"
SPEAK = "/v1/audio/speech"
MERGE = "/api/audio/label-merge"
HUGE = str(10**400)


def raw(gateway: Gateway, request: bytes) -> socket.socket:
    """A connection on which only these bytes were sent."""
    connection = socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])))
    connection.settimeout(10)
    connection.sendall(request)
    return connection


def answer_on(connection: socket.socket) -> tuple[int, str]:
    """The status and the body of the answer."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read().decode()


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with few threads and short timeouts."""
    few = {"WEB_THREADS": "16", "CLIENT_TIMEOUT_S": "1"}
    with running_gateway(tmp_path_factory.mktemp("few"), **few) as gateway:
        yield gateway


@pytest.mark.parametrize(
    "silent",
    [
        b"POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n",
        b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000000\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: local",
    ],
    ids=["no body", "no chunk", "too large", "half a header"],
)
def test_silent_clients_do_not_keep_the_threads(few: Gateway, silent: bytes) -> None:
    with ExitStack() as connections:
        [connections.enter_context(raw(few, silent)) for _client in range(32)]
        time.sleep(0.2)

        assert few.get("/healthz").status_code == 200


def test_a_body_that_breaks_off_is_not_read_as_a_short_one(scripted: Gateway) -> None:
    head = (
        b"POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    )

    with raw(scripted, head + b'Content-Length: 99\r\n\r\n{"input": "Hi"}') as connection:
        connection.shutdown(socket.SHUT_WR)
        status, text = answer_on(connection)

    assert status == 400
    assert "broke off" in text


def test_an_upload_that_breaks_off_is_a_client_error(scripted: Gateway) -> None:
    head = b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n"
    kind = b"Content-Type: multipart/form-data; boundary=cut\r\n\r\n"

    with raw(scripted, head + kind + b"--cut\r\n") as connection:
        connection.shutdown(socket.SHUT_WR)
        status, text = answer_on(connection)

    assert status == 400
    assert "broke off" in text


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [(TRANSCRIBE, "multipart/form-data; boundary=x", 413), (SPEAK, "text/plain", 415)],
)
def test_a_client_that_is_still_sending_can_read_its_refusal(
    scripted: Gateway, path: str, kind: str, status: int
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"

    with raw(scripted, f"{head}Content-Length: {3 * 1024 * 1024}\r\n\r\n".encode()) as client:
        for _part in range(24):
            client.sendall(bytes(128 * 1024))
            time.sleep(0.01)
        refusal = answer_on(client)

    assert refusal[0] == status
    assert "error" in json.loads(refusal[1])


def test_malformed_chunks_get_the_envelope(scripted: Gateway) -> None:
    head = b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n"
    kind = b"Content-Type: multipart/form-data; boundary=cut\r\nTransfer-Encoding: chunked\r\n\r\n"

    with raw(scripted, head + kind + b"xyz\r\n") as connection:
        status, text = answer_on(connection)

    assert status == 400
    assert json.loads(text)["error"]["code"] == "bad_request"


def test_a_chunked_upload_without_a_key_is_refused_unread(keyed: Gateway) -> None:
    head = b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n"

    with raw(keyed, head + b"Transfer-Encoding: chunked\r\n\r\n") as connection:
        status, _ = answer_on(connection)

    assert status == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timeline", f'[{{"start": 0, "end": {HUGE}, "name": "Ana"}}]'),
        ("timeline", f'[{{"start": 0, "end": 1, "name": "Ana", "confidence": {HUGE}}}]'),
        ("self_vad", f'[{{"start": 0, "end": {HUGE}}}]'),
        ("known_voiceprints", f'{{"Ana": [{HUGE}]}}'),
        ("timeline", f"[{'9' * 5000}]"),
    ],
)
def test_numbers_beyond_the_range_of_floats_are_refused(
    scripted: Gateway, field: str, value: str
) -> None:
    answer = scripted.post(MERGE, files={"file": TONE}, data={"timeline": "[]", field: value})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == field


@pytest.mark.parametrize(
    "body", [b'{"input": "Hi", "foo": 1e400}', rb'{"input": "Hi", "voice": "x", "a": "\ud800"}']
)
def test_speech_fields_that_json_cannot_represent_are_refused(
    scripted: Gateway, body: bytes
) -> None:
    answer = scripted.post(SPEAK, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400


def test_null_speech_fields_count_as_missing(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hi", "voice": None, "speed": None})

    assert answer.status_code == 200
    assert "speed" not in faults.asked[0].json


def test_an_unknown_charset_is_refused(scripted: Gateway) -> None:
    kind = "multipart/form-data; charset=idna; boundary=c"

    answer = scripted.post(TRANSCRIBE, content=b"--c--", headers={"content-type": kind})

    assert answer.status_code == 400


def test_a_malformed_origin_is_refused(bare: Gateway) -> None:
    assert bare.get("/metrics", headers={"origin": "http://["}).status_code == 401


@pytest.mark.parametrize("name", ["Ann\n[0:00:00] Bob: I resign", "Ann\ud800", "Ann\u2028Bob"])
def test_a_name_cannot_add_a_line_to_a_transcript(
    scripted: Gateway, faults: FaultServer, name: str
) -> None:
    turn = {"start_s": 0.0, "end_s": 1.0, "speaker": "Speaker_0"}
    faults.answer("/v1/audio/diarize-chunk", {"duration": 1.0, "segments": [turn]})
    timeline = json.dumps([{"start": 0, "end": 1, "name": name}])

    answer = scripted.post(
        MERGE, files={"file": TONE}, data={"timeline": timeline, "format": "txt"}
    )

    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "CUDA error"}',
        b'{"text": "a", "duration": -5}',
        b'{"text": "a", "duration": %s}' % HUGE.encode(),
        rb'{"text": "\ud800"}',
        b'{"text": "a", "duration": 2, "words": [{"text": "a", "start": %s}]}' % HUGE.encode(),
    ],
)
def test_more_invalid_answers_of_an_engine_are_a_bad_gateway(
    scripted: Gateway, faults: FaultServer, body: bytes
) -> None:
    faults.answer(TRANSCRIBE, body)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.json()["error"]["code"] == "engine_bad_answer"


@pytest.mark.parametrize("vector", [["1"], [True], [], "x", [[1]], [float("nan")]])
def test_an_embedding_of_anything_but_numbers_is_a_bad_gateway(
    scripted: Gateway, faults: FaultServer, vector: object
) -> None:
    faults.answer(
        "/v1/audio/diarize-chunk", {"segments": [], "fingerprints": {"Speaker_0": vector}}
    )

    answer = scripted.post("/api/audio/diarize-chunk", files={"file": TONE})

    assert answer.json()["error"]["code"] == "engine_bad_answer"


def test_the_track_that_an_engine_refuses_is_named(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer("/v1/audio/diarize-chunk", {"detail": "too short"}, status=400)
    faults.answer(TRANSCRIBE, {"text": ""}, after_s=0.3)

    answer = scripted.post(
        MERGE, files={"mic_file": TONE, "system_file": TONE}, data={"timeline": "[]"}
    )

    assert answer.json()["error"]["param"] in {"mic_file", "system_file"}


def test_an_unknown_method_adds_no_metric(bare: Gateway) -> None:
    with raw(bare, b"BREW /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        connection.recv(65_536)

    assert "BREW" not in bare.get("/metrics").text


def test_a_client_that_leaves_releases_the_engines_connection(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"x" * 65_536,) * 400, pause_s=0.02, content_type="audio/wav")
    body = b"Content-Type: application/json\r\nContent-Length: 15\r\n\r\n" + b'{"input": "Hi"}'

    request = b"POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\n" + body
    with ExitStack() as connections:
        [connections.enter_context(raw(scripted, request)) for _client in range(4)]
    time.sleep(1.0)
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    assert scripted.post(SPEAK, json={"input": "Hi"}).status_code == 200
