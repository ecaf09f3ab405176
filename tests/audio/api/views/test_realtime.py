"""GET /v1/realtime at the gateway, which does not serve it."""

from tests.gateway_process import Gateway


def test_the_gateway_says_who_serves_sessions(scripted: Gateway) -> None:
    answer = scripted.get("/v1/realtime?intent=transcription")

    assert answer.status_code == 426
    assert answer.headers["upgrade"] == "websocket"
    assert answer.json()["error"]["code"] == "upgrade_required"
    assert "manage.py realtime" in answer.json()["error"]["message"]


def test_a_handshake_at_the_gateway_is_refused_too(scripted: Gateway) -> None:
    headers = {
        **{"Connection": "Upgrade", "Upgrade": "websocket"},
        **{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="},
    }

    assert scripted.get("/v1/realtime", headers=headers).status_code == 426
