"""Every answer has an id, and every request a log line without text, audio or keys."""

import json

import httpx
import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.waiting import until

TRANSCRIBE = "/v1/audio/transcriptions"


def line(gateway: Gateway, request_id: str) -> dict[str, object]:
    """Return the request's line, which is written just after its answer was sent."""

    def lines() -> list[str]:
        log = gateway.log.read_text().splitlines(keepends=True)
        return [text for text in log if text.startswith("{") and text.endswith("\n")]

    until(lambda: any(request_id in text for text in lines()))
    read: dict[str, object] = json.loads(next(text for text in lines() if request_id in text))
    return read


def test_a_request_leaves_one_line_of_json(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, {"text": "a secret"}, after_s=0.2)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    written = line(scripted, answer.headers["x-request-id"])
    assert written["method"] == "POST"
    assert written["route"] == "/v1/audio/transcriptions"
    assert written["status"] == 200
    assert written["key"] == "loopback"
    assert written["bytes_out"] == len(answer.content)
    assert int(str(written["bytes_in"])) > len(TONE)
    assert float(str(written["ms"])) >= float(str(written["engine_ms"])) >= 200


def test_no_line_holds_the_text_or_a_key(keyed: Gateway, faults: FaultServer) -> None:
    faults.answer("/v1/audio/speech", b"RIFF", content_type="audio/wav")

    keyed.post(
        "/v1/audio/speech",
        json={"input": "a secret"},
        headers={"authorization": "Bearer desk-key", "x-request-id": "no-text"},
    )

    assert line(keyed, "no-text")["key"] == "desk"
    assert "a secret" not in keyed.log.read_text()
    assert "desk-key" not in keyed.log.read_text()


def test_a_clients_own_request_id_is_used(scripted: Gateway) -> None:
    answer = scripted.get("/healthz", headers={"x-request-id": "trace-7"})

    assert answer.headers["x-request-id"] == "trace-7"


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, 'a"b'])
def test_an_invalid_request_id_is_replaced(scripted: Gateway, given: str) -> None:
    answer = scripted.get("/healthz", headers={"x-request-id": given})

    assert answer.headers["x-request-id"].startswith("req_")


def test_an_unknown_address_is_logged_without_its_path(scripted: Gateway) -> None:
    answer = scripted.get("/people/Ana")

    assert line(scripted, answer.headers["x-request-id"])["route"] == "unmatched"
    assert "Ana" not in scripted.log.read_text()


def test_a_cut_stream_is_marked(scripted: Gateway, faults: FaultServer) -> None:
    spoken = {"pieces": (b"RIFF", b"more"), "content_type": "audio/wav"}
    faults.answer("/v1/audio/speech", **spoken, pause_s=0.1, cut=True)

    with pytest.raises(httpx.RemoteProtocolError):
        scripted.post(
            "/v1/audio/speech", json={"input": "Hi"}, headers={"x-request-id": "cut-off"}
        )

    assert line(scripted, "cut-off")["cut"] is True
