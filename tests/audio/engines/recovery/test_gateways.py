"""Several gateways of one host recover an engine together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.audio.engines.recovery.docker_daemon import DockerDaemon, running_docker_daemon
from tests.audio.engines.recovery.engine import heal, wedge
from tests.engine_answers import TRANSCRIBE
from tests.faults import FaultServer, breakages
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE
from tests.waiting import until

GATEWAYS = 4
SHORT_WAITS = {
    "DJANGO_SETTINGS_MODULE": "tests.short_waits",
    "PROBE_AFTER_FAILURE": "true",
    "RESTART_WITH": "docker",
    "PARAKEET_CONTAINER": "engine",
    "KOKORO_CONTAINER": "engine",
}


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerDaemon]:
    with running_docker_daemon(tmp_path_factory.mktemp("docker")) as daemon:
        yield daemon


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("host") / "recovery"


@pytest.fixture(scope="module")
def running(
    fault_server: FaultServer,
    docker: DockerDaemon,
    board: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Gateway]]:
    """Four gateways of one host, with the same engine."""
    alike = {"PARAKEET_URL": fault_server.url, "KOKORO_URL": fault_server.url}
    alike |= {"DOCKER_URL": docker.url, "RECOVERY_DIR": str(board), **SHORT_WAITS}
    with ExitStack() as stack:
        folders = [tmp_path_factory.mktemp("gateway") for _ in range(GATEWAYS)]
        yield [stack.enter_context(running_gateway(folder, **alike)) for folder in folders]


@pytest.fixture
def gateways(
    running: list[Gateway], faults: FaultServer, docker: DockerDaemon, board: Path
) -> Iterator[list[Gateway]]:
    """The gateways with an empty board, and a container whose restart heals the engine."""
    for file in board.glob("*.json"):
        file.unlink()
    heal(faults)
    docker.restarts.clear()
    docker.refuses_with = 0
    docker.started_at["engine"] = 0.0
    docker.when_restarted = lambda name: heal(faults)
    yield running
    # No restart is followed any more when the next test begins.
    heal(faults)
    until(lambda: {probed(gateway) for gateway in running} == {"healthy"})


@pytest.fixture
def restarting(gateways: list[Gateway], faults: FaultServer, docker: DockerDaemon) -> Gateway:
    """One of the gateways, while its engine restarts."""
    docker.when_restarted = lambda name: None
    wedge(faults)
    until(lambda: transcribe(gateways[0]).status_code == 503 and docker.restarts == ["engine"])
    until(lambda: state(gateways[0]) == "restarting")
    return gateways[0]


def transcribe(gateway: Gateway) -> httpx.Response:
    return gateway.post(TRANSCRIBE, files={"file": TONE})


def probed(gateway: Gateway) -> object:
    return gateway.post("/api/engines/parakeet/probe").json()["state"]


def state(gateway: Gateway) -> object:
    return gateway.get("/api/engines").json()["data"][0]["state"]


def test_four_gateways_restart_a_wedged_engine_once(
    gateways: list[Gateway], faults: FaultServer, docker: DockerDaemon
) -> None:
    wedge(faults)

    with ThreadPoolExecutor(GATEWAYS) as pool:
        answers = list(pool.map(transcribe, gateways))
    until(lambda: state(gateways[0]) == "healthy")

    assert {answer.status_code for answer in answers} == {503}
    assert docker.restarts == ["engine"]
    assert [transcribe(gateway).status_code for gateway in gateways] == [200] * GATEWAYS


def test_the_first_failure_says_that_a_restart_was_triggered(
    gateways: list[Gateway], faults: FaultServer
) -> None:
    wedge(faults)

    answer = transcribe(gateways[0])

    assert answer.headers["retry-after"] == "60"
    assert answer.json()["error"]["code"] == "engine_restarting"
    assert "an automatic restart was triggered" in answer.json()["error"]["message"]


def test_after_a_restart_that_failed_the_message_says_so(
    gateways: list[Gateway], faults: FaultServer, docker: DockerDaemon
) -> None:
    docker.refuses_with = 500
    wedge(faults)
    transcribe(gateways[0])
    until(lambda: state(gateways[0]) == "down")

    answer = transcribe(gateways[0])

    assert "an automatic restart did not help" in answer.json()["error"]["message"]


def test_all_gateways_learn_soon_that_an_engine_is_down(
    gateways: list[Gateway], faults: FaultServer, docker: DockerDaemon
) -> None:
    faults.break_with(TRANSCRIBE, breakages.RESET)

    assert transcribe(gateways[0]).status_code == 502

    until(lambda: state(gateways[1]) == "down")
    assert docker.restarts == []


def test_while_an_engine_restarts_calls_are_refused_without_asking_it(
    restarting: Gateway, faults: FaultServer
) -> None:
    faults.asked.clear()

    answer = transcribe(restarting)

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "engine_restarting"
    assert 50 < int(answer.headers["retry-after"]) <= 60
    assert not [asked for asked in faults.asked if TONE in asked.body]


def test_the_other_gateways_of_the_host_refuse_them_too(
    restarting: Gateway, gateways: list[Gateway]
) -> None:
    answer = transcribe(gateways[-1])

    assert "is being restarted. Try again in about" in answer.json()["error"]["message"]


def test_while_an_engine_restarts_readiness_says_so(restarting: Gateway) -> None:
    answer = restarting.get("/readyz")

    assert (answer.status_code, answer.json()["parakeet"]) == (503, "restarting")


def test_while_an_engine_restarts_the_models_are_listed(restarting: Gateway) -> None:
    assert restarting.get("/v1/models").status_code == 200


def test_an_engine_with_bad_answers_is_restarted(
    gateways: list[Gateway], faults: FaultServer, docker: DockerDaemon
) -> None:
    faults.answer(TRANSCRIBE, b"nonsense")

    answer = transcribe(gateways[0])
    until(lambda: state(gateways[0]) == "healthy")

    assert answer.json()["error"]["code"] == "engine_bad_answer"
    assert docker.restarts == ["engine"]


def test_input_that_an_engine_refuses_causes_no_probe(
    gateways: list[Gateway], faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "too short"}, status=422)

    assert transcribe(gateways[0]).status_code == 422
    assert (faults.paths(), state(gateways[0])) == ([TRANSCRIBE], "unknown")
