"""Who may open a session, and what else the process answers."""

from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.realtime_process import QUERY, Realtime, talking

DESK = {"Authorization": "Bearer desk-key"}
KEY_PROTOCOL = Subprotocol("openai-insecure-api-key.desk-key")
REALTIME = Subprotocol("realtime")


def refusal(realtime: Realtime, query: str = QUERY, **options: Any) -> tuple[int, str | None]:
    """Return the status and the code of a refused handshake."""
    with pytest.raises(InvalidStatus) as refused, connect(realtime.url + query, **options):
        pass
    response = refused.value.response
    error = httpx.Response(200, content=bytes(response.body)).json()["error"]
    assert error["message"].endswith(".")
    return response.status_code, error["code"]


def test_a_key_in_the_header_opens_a_session(keyed_realtime: Realtime) -> None:
    with talking(keyed_realtime, additional_headers=DESK):
        pass


def test_a_key_in_the_subprotocol_opens_a_session(keyed_realtime: Realtime) -> None:
    with talking(keyed_realtime, subprotocols=[REALTIME, KEY_PROTOCOL]) as talk:
        assert talk.socket.subprotocol == REALTIME


def test_no_key_opens_no_session(keyed_realtime: Realtime) -> None:
    assert refusal(keyed_realtime) == (401, None)


@pytest.mark.parametrize("key", ["wrong", "reader-key"])
def test_another_key_opens_no_session(keyed_realtime: Realtime, key: str) -> None:
    status, _ = refusal(keyed_realtime, additional_headers={"Authorization": f"Bearer {key}"})

    assert status == {"wrong": 401, "reader-key": 403}[key]


def test_a_wrong_key_is_not_in_the_log(keyed_realtime: Realtime) -> None:
    refusal(keyed_realtime, subprotocols=[REALTIME, Subprotocol("openai-insecure-api-key.s3cret")])

    assert "s3cret" not in keyed_realtime.log.read_text()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_a_page_of_another_site_opens_no_session(keyed_realtime: Realtime, origin: str) -> None:
    status, code = refusal(keyed_realtime, additional_headers=DESK, origin=origin)

    assert (status, code) == (403, "insufficient_scope")


def test_a_page_of_this_host_opens_a_session(keyed_realtime: Realtime) -> None:
    with talking(keyed_realtime, additional_headers=DESK, origin=keyed_realtime.http_url):
        pass


def test_a_proxied_stranger_without_a_key_opens_no_session(realtime: Realtime) -> None:
    status, _ = refusal(realtime, additional_headers={"X-Forwarded-For": "1.2.3.4"})

    assert status == 401


def test_another_host_is_refused(realtime: Realtime) -> None:
    with httpx.Client(base_url=realtime.http_url) as client:
        answer = client.get(
            "/v1/realtime", headers={"Host": "evil.example", "Upgrade": "websocket"}
        )

    assert answer.status_code == 400
    assert "ALLOWED_HOSTS" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("?intent=conversation", (400, "invalid_value")),
        ("?intent=transcription&model=kokoro", (404, "model_not_found")),
        ("?intent=transcription&model=no-such-model", (404, "model_not_found")),
        ("?model=gpt-realtime", (404, "model_not_found")),
    ],
)
def test_only_transcription_is_served(
    realtime: Realtime, query: str, refused: tuple[int, str]
) -> None:
    assert refusal(realtime, query) == refused


@pytest.mark.parametrize(
    ("query", "model"),
    [
        ("", "parakeet-tdt-0.6b-v3"),
        ("?intent=transcription", "parakeet-tdt-0.6b-v3"),
        ("?intent=transcription&model=gpt-realtime", "parakeet-tdt-0.6b-v3"),
        ("?intent=transcription&model=gpt-4o-transcribe", "gpt-4o-transcribe"),
        ("?model=Systran/faster-whisper-small", "Systran/faster-whisper-small"),
    ],
)
def test_the_address_may_name_the_model(realtime: Realtime, query: str, model: str) -> None:
    with talking(realtime, query) as talk:
        session = talk.update()

    assert session["audio"]["input"]["transcription"]["model"] == model


def test_the_beta_is_known_by_its_header_or_its_subprotocol(realtime: Realtime) -> None:
    beta = Subprotocol("openai-beta.realtime-v1")

    with (
        connect(realtime.url, additional_headers={"OpenAI-Beta": "realtime=v1"}) as by_header,
        connect(realtime.url, subprotocols=[REALTIME, beta]) as by_subprotocol,
    ):
        first = [by_header.recv(), by_subprotocol.recv()]

    assert ["transcription_session.created" in str(event) for event in first] == [True, True]


def test_other_paths_answer_like_the_gateway(realtime: Realtime) -> None:
    with httpx.Client(base_url=realtime.http_url) as client:
        answers = {path: client.get(path) for path in ("/healthz", "/v1/realtime", "/v1/models")}

    assert {path: answer.status_code for path, answer in answers.items()} == {
        "/healthz": 200,
        "/v1/realtime": 426,
        "/v1/models": 404,
    }
    assert answers["/v1/realtime"].json()["error"]["code"] == "upgrade_required"


def test_metrics_want_a_key(keyed_realtime: Realtime) -> None:
    url = f"{keyed_realtime.http_url}/metrics"

    refused = httpx.get(url)
    read = httpx.get(url, headers={"Authorization": "Bearer prometheus-key"})

    assert refused.status_code == 401
    assert "spark_realtime_sessions" in read.text


def test_a_key_has_its_share_of_the_sessions(keyed_realtime: Realtime) -> None:
    archive = {"Authorization": "Bearer archive-key"}
    with (
        talking(keyed_realtime, additional_headers=DESK),
        talking(keyed_realtime, additional_headers=DESK),
    ):
        refused = refusal(keyed_realtime, additional_headers=DESK)
        with talking(keyed_realtime, additional_headers=archive):
            pass

    assert refused == (429, "too_many_sessions")
