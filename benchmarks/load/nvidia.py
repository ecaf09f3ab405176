"""The gateway over the NVIDIA engine, whose child process is killed under load.

Its graphs are tiny and untrained: what is loaded is the program around them.
"""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load.clients import Clients, Outcome
from benchmarks.load.engines import EngineProcess as ScriptedEngine
from benchmarks.load.verdict import GOOD, Verdict
from benchmarks.measures.requests import SETTINGS
from spark_control.laptop.gateway import running_gateway
from tests.nvidia_engine.http.engine_process import EngineProcess, running_engine, wait_healthy
from tests.nvidia_engine.models_folder import make_models_folder
from tests.waiting import until

# Its answers are computed, on the same two cores: fewer clients than the scripted engines have.
CLIENTS = 12
CALM_SHARE = 0.4


def verdicts(room: Path, kokoro: ScriptedEngine, seconds: float) -> Iterator[Verdict]:
    """Load it, kill its child, load it on, and judge every answer."""
    with running_engine(make_models_folder(room / "models"), room / "nvidia.log") as engine:
        wait_healthy(engine)
        settings = SETTINGS | {
            "PARAKEET_URL": str(engine.client.base_url),
            "KOKORO_URL": kokoro.url,
            "DATABASE_URL": "",
            "RECOVERY_DIR": str(room / "nvidia-recovery"),
        }
        with running_gateway(room / "nvidia-gateway.log", settings) as gateway:
            clients = Clients(gateway.url, CLIENTS)
            with clients.asking():
                time.sleep(seconds * CALM_SHARE)
                engine.child().kill()
                time.sleep(seconds * (1 - CALM_SHARE))
        until(lambda: engine.health().get("queue_s") == 0)
        yield from _judge(clients.outcomes, engine)


def _judge(outcomes: list[Outcome], engine: EngineProcess) -> Iterator[Verdict]:
    answers = Counter(one.answer for one in outcomes)
    slowest = max((one.seconds for one in outcomes), default=0.0)
    found = ", ".join(f"{count} x {answer}" for answer, count in answers.items())
    yield Verdict(
        "NVIDIA engine: its killed child costs no request",
        set(answers) == {GOOD},
        f"{found}, at most {slowest:.1f} s",
    )
    restarts, health = engine.health()["restarts"], engine.health()["status"]
    yield Verdict(
        "NVIDIA engine: one new child, and healthy",
        (restarts, health) == (1, "healthy"),
        f"{restarts} restarts, {health}",
    )
    units, batches = (
        engine.metric(f'{name}_total{{kind="words"}}') for name in ("units", "batches")
    )
    yield Verdict(
        "NVIDIA engine: windows of different requests share batches",
        units > batches,
        f"{units:.0f} windows in {batches:.0f} batches",
    )
