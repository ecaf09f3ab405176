"""The built-in engine answers the probes correctly."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio.engines.recovery.engine_report import report
from audio.engines.recovery.probes import probe
from audio.engines.recovery.watch import examine_all
from tests.environment import engine_urls
from tests.gateway_process import Gateway

pytestmark = pytest.mark.models


@pytest.fixture(autouse=True)
def real_engine(settings: Settings, tmp_path: Path) -> None:
    """Long time-outs: on a busy machine the built-in engine is slow."""
    urls = engine_urls()
    settings.PARAKEET_URL, settings.KOKORO_URL = urls["PARAKEET_URL"], urls["KOKORO_URL"]
    settings.RECOVERY_DIR = str(tmp_path / "recovery")
    settings.PROBE_TIMEOUT_S, settings.PROBE_SLOW_S = 120.0, 120.0


@pytest.mark.parametrize("engine", ["parakeet", "kokoro"])
def test_the_built_in_engine_answers_its_probes(engine: str) -> None:
    assert (probe(engine).result, probe(engine).reason) == ("ok", "It answered correctly.")


def test_both_engines_are_examined_in_parallel() -> None:
    assert examine_all()
    assert [report(engine)["state"] for engine in ("parakeet", "kokoro")] == ["healthy"] * 2


def test_a_client_can_have_it_probed(gateway: Gateway) -> None:
    answer = gateway.post("/api/engines/kokoro/probe")

    assert answer.json()["state"] in ("healthy", "degraded")
