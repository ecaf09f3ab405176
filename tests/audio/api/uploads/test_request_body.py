"""Bodies without a length are read; bodies over the limit are refused without being read."""

import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE

TRANSCRIBE = "/v1/audio/transcriptions"
HEAD = (
    b'--cut\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="upload"\r\n\r\n'
)
END = b"\r\n--cut--\r\n"
MULTIPART = {"content-type": "multipart/form-data; boundary=cut"}
MIB = 1024 * 1024


def pieces(recording: bytes) -> Iterator[bytes]:
    yield HEAD
    yield recording
    yield END


def test_a_chunked_upload_is_transcribed(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, {"text": "Hello."})

    answer = scripted.post(TRANSCRIBE, content=pieces(TONE), headers=MULTIPART)

    assert answer.json()["text"] == "Hello."
    assert TONE in faults.asked[0].body


def test_a_chunked_json_body_is_read(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer("/v1/audio/speech", b"RIFF", content_type="audio/wav")
    headers = {"content-type": "application/json"}

    answer = scripted.post(
        "/v1/audio/speech", content=iter([b'{"input":', b'"Hi"}']), headers=headers
    )

    assert answer.content == b"RIFF"


def test_a_chunked_json_body_is_read_where_uploads_may_be_larger_than_json(bare: Gateway) -> None:
    headers = {"content-type": "application/json"}

    answer = bare.post("/v1/audio/speech", content=iter([b'{"input": "."}']), headers=headers)

    assert answer.status_code == 200


def test_a_chunked_upload_over_the_limit_is_refused(
    scripted: Gateway, faults: FaultServer
) -> None:
    answer = scripted.post(TRANSCRIBE, content=pieces(bytes(3 * MIB)), headers=MULTIPART)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "content_too_large"
    assert faults.asked == []


def test_an_upload_over_the_limit_is_refused(scripted: Gateway, faults: FaultServer) -> None:
    answer = scripted.post(TRANSCRIBE, files={"file": bytes(3 * MIB)})

    assert answer.status_code == 413
    assert answer.json()["error"]["message"] == (
        "Maximum content size limit (2097152 bytes) exceeded."
    )
    assert faults.asked == []


def test_three_gigabytes_are_refused_before_they_are_sent(scripted: Gateway) -> None:
    connection = http.client.HTTPConnection(scripted.url.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", TRANSCRIBE)
    connection.putheader("Content-Type", MULTIPART["content-type"])
    connection.putheader("Content-Length", str(3 * 1024 * MIB))
    connection.endheaders(HEAD)

    assert connection.getresponse().status == 413
    connection.close()


def test_a_refused_connection_is_closed_and_not_read_to_the_end(tmp_path: Path) -> None:
    with running_gateway(tmp_path, MAX_UPLOAD_MB="2", CLIENT_TIMEOUT_S="1") as gateway:
        connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"), timeout=10)
        connection.putrequest("POST", TRANSCRIBE)
        connection.putheader("Content-Length", str(3 * 1024 * MIB))
        connection.endheaders()

        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            send_forever(connection)

        connection.close()


def send_forever(connection: http.client.HTTPConnection) -> None:
    """Up to 3 GB at 100 MB/s."""
    for _block in range(3 * 1024):
        connection.send(bytes(MIB))
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["take.wav", "take.webm", "../../etc/passwd.wav", "x" * 500])
def test_a_client_s_file_name_does_not_reach_the_engine(
    scripted: Gateway, faults: FaultServer, name: str
) -> None:
    faults.answer(TRANSCRIBE, {"text": "Hello."})

    scripted.post(TRANSCRIBE, files={"file": (name, TONE, "video/webm")})

    assert b'filename="audio' in faults.asked[0].body
    assert b"passwd" not in faults.asked[0].body
