"""The state of the engines, and probes on request."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.audio.engines.recovery.engine import heal, wedge
from tests.engine_answers import SPEAK
from tests.faults import FaultServer, breakages
from tests.gateway_process import Gateway, running_gateway

PROBE = "/api/engines/kokoro/probe"


@pytest.fixture(scope="module")
def running(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    urls = {"PARAKEET_URL": fault_server.url, "KOKORO_URL": fault_server.url}
    no_cooldown = {"DJANGO_SETTINGS_MODULE": "tests.short_waits"}
    with running_gateway(tmp_path_factory.mktemp("probed"), **no_cooldown, **urls) as made:
        yield made


@pytest.fixture
def probed(running: Gateway, faults: FaultServer) -> Gateway:
    """A gateway without a cooldown between probes, over an engine that answers correctly."""
    heal(faults)
    return running


def test_missing_engines_are_listed_as_not_configured(bare: Gateway) -> None:
    engines = bare.get("/api/engines").json()["data"]

    assert [(engine["name"], engine["state"]) for engine in engines] == [
        ("parakeet", "not_configured"),
        ("kokoro", "not_configured"),
    ]


def test_before_any_probe_the_state_is_unknown(scripted: Gateway) -> None:
    assert scripted.get("/api/engines").json()["data"][0] == {
        "name": "parakeet",
        "state": "unknown",
        "reason": "It has not been probed yet.",
        "since": None,
        "probed_at": None,
        "probe_s": None,
        "restarts_last_hour": 0,
        "recovery_s": None,
        "ready_in_s": None,
        "roles": ["words", "turns", "voices"],
        "dialect": "parakeet",
        "models": {},
        "capabilities": {
            "words": "words",
            "turns": True,
            "voices": "turns",
            "speech": False,
            "max_bytes": None,
            "max_s": None,
            "translates": True,
            "wav_only": False,
        },
    }


def test_a_probe_is_answered_with_its_result(probed: Gateway) -> None:
    answer = probed.post(PROBE)

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["state"]) == ("kokoro", "healthy")
    assert answer.json()["probe_s"] > 0


def test_the_probe_of_a_wedged_engine_reports_the_reason(
    probed: Gateway, faults: FaultServer
) -> None:
    wedge(faults)

    answer = probed.post(PROBE)

    assert answer.json()["state"] == "wedged"
    assert answer.json()["reason"] == "It answers 500. No automatic restart is configured."


def test_a_wedged_engine_makes_the_gateway_unready(probed: Gateway, faults: FaultServer) -> None:
    wedge(faults)
    probed.post(PROBE)

    answer = probed.get("/readyz")

    assert (answer.status_code, answer.json()["kokoro"]) == (503, "wedged")


def test_a_probe_right_after_another_sends_nothing(scripted: Gateway, faults: FaultServer) -> None:
    heal(faults)

    answers = [scripted.post(PROBE).json()["probed_at"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert faults.paths() == [SPEAK]


def test_an_unknown_engine_is_not_found(probed: Gateway) -> None:
    answer = probed.post("/api/engines/sortformer/probe")

    assert answer.status_code == 404
    assert answer.json()["error"]["param"] == "name"
    assert "expected one of parakeet, kokoro." in answer.json()["error"]["message"]


def test_an_engine_that_is_not_configured_cannot_be_probed(bare: Gateway) -> None:
    answer = bare.post(PROBE)

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine_not_configured")


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/engines"), ("POST", PROBE)])
def test_the_scope_audio_is_required(keyed: Gateway, method: str, path: str) -> None:
    ask = {"GET": keyed.get, "POST": keyed.post}[method]

    assert ask(path).status_code == 401
    assert ask(path, headers={"Authorization": "Bearer reader-key"}).status_code == 403


def test_metrics_show_the_state_and_the_probes(probed: Gateway) -> None:
    probed.post(PROBE)

    text = probed.get("/metrics").text

    assert 'spark_engine_state{engine="kokoro",state="healthy"} 1.0' in text
    assert 'spark_engine_state{engine="kokoro",state="wedged"} 0.0' in text
    assert 'spark_engine_probes_total{engine="kokoro",result="ok"}' in text


def test_few_of_many_waiting_clients_occupy_a_thread(faults: FaultServer, tmp_path: Path) -> None:
    faults.break_with(SPEAK, breakages.SILENT)
    hanging = {"KOKORO_URL": faults.url, "PROBE_TIMEOUT_S": "3"}

    with running_gateway(tmp_path, **hanging) as gateway, ThreadPoolExecutor(9) as clients:
        answers = list(clients.map(gateway.post, [PROBE] * 9))

    times = [answer.json()["probed_at"] for answer in answers]
    assert (len(times), times.count(None)) == (9, 5)
