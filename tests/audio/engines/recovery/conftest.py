"""A healthy scripted engine, a container that it runs in, and settings with short waits."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.audio.engines.recovery.docker_daemon import DockerDaemon, running_docker_daemon
from tests.audio.engines.recovery.engine import heal
from tests.faults import FaultServer


@pytest.fixture
def engine(faults: FaultServer, settings: Settings, tmp_path: Path) -> FaultServer:
    """An engine that answers correctly, for code that runs in this process."""
    heal(faults)
    settings.PARAKEET_URL = settings.KOKORO_URL = faults.url
    settings.RECOVERY_DIR = str(tmp_path / "recovery")
    settings.PROBE_TIMEOUT_S = 20.0
    settings.RECOVERY_PROBE_S = 0.02
    settings.RECOVERY_TIMEOUT_S = 1.0
    settings.RESTART_JITTER_S = 0.0
    return faults


@pytest.fixture
def impatient(engine: FaultServer, settings: Settings) -> FaultServer:
    """The engine with a short probe time-out, for tests in which it answers too late."""
    settings.PROBE_TIMEOUT_S = 1.0
    return engine


@pytest.fixture
def container(engine: FaultServer, settings: Settings, tmp_path: Path) -> Iterator[DockerDaemon]:
    """A daemon with the engine's container, whose restart heals the engine."""
    with running_docker_daemon(tmp_path) as daemon:
        daemon.when_restarted = lambda name: heal(engine)
        settings.RESTART_WITH = "docker"
        settings.DOCKER_URL = daemon.url
        settings.PARAKEET_CONTAINER = "engine"
        yield daemon


@pytest.fixture
def no_docker(container: DockerDaemon, settings: Settings) -> Iterator[None]:
    """The container, but no daemon listens at its address.

    Docker's client leaves a socket that it could not connect to the garbage collector, which
    warns: tests that use this ignore the warning.
    """
    settings.DOCKER_URL = "unix:///nonexistent/docker.sock"
    yield
    gc.collect()
