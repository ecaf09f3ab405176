"""Docker's own client, against a daemon on a Unix socket."""

import time

import pytest
from pytest_django.fixtures import Settings

from audio.engines.recovery.containers import Container
from audio.engines.recovery.restarts import RestartFailed
from tests.audio.engines.recovery.docker_daemon import DockerDaemon


def test_a_container_has_a_start_time(container: DockerDaemon) -> None:
    container.started_at["engine"] = 1_795_359_600.25

    assert Container("engine").started_at() == 1_795_359_600.25


def test_a_restart_takes_the_calls_that_a_proxy_must_allow(container: DockerDaemon) -> None:
    Container("engine").started_at()
    Container("engine").restart()

    assert container.asked == [
        "GET /version",
        "GET /v1.51/containers/engine/json",
        "GET /version",
        "POST /v1.51/containers/engine/restart?t=0",
    ]


def test_a_restart_starts_the_container_again(container: DockerDaemon) -> None:
    Container("engine").restart()

    assert container.restarts == ["engine"]
    assert time.time() - container.started_at["engine"] < 5


def test_a_missing_container_is_reported(container: DockerDaemon) -> None:
    with pytest.raises(RestartFailed, match="no container of the configured name"):
        Container("other").started_at()


def test_a_refusal_is_reported_without_its_text(container: DockerDaemon) -> None:
    container.refuses_with = 500

    with pytest.raises(RestartFailed, match=r"^Docker refused with 500\.$"):
        Container("engine").restart()


def test_a_container_that_was_never_started_was_started_long_ago(container: DockerDaemon) -> None:
    container.started_at["engine"] = -62_135_596_800.0

    assert Container("engine").started_at() < 0


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_missing_daemon_is_reported_without_its_address(no_docker: None) -> None:
    with pytest.raises(RestartFailed, match=r"^Docker's API cannot be reached\.$"):
        Container("engine").restart()


def test_a_missing_proxy_is_reported_without_its_address(settings: Settings) -> None:
    settings.DOCKER_URL = "tcp://127.0.0.1:1"

    with pytest.raises(RestartFailed, match=r"^Docker's API cannot be reached\.$"):
        Container("engine").restart()


def test_a_proxy_of_the_environment_is_not_used(
    container: DockerDaemon, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    settings.DOCKER_URL = "tcp://localhost:1"

    with pytest.raises(RestartFailed) as failure:
        Container("engine").started_at()

    assert "Proxy" not in str(failure.value.__cause__)
