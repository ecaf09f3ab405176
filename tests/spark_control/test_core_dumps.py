"""No process of the gateway writes core dumps, even where the system allows them."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway_process import ROOT, running_gateway

SHOW = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"


@pytest.fixture
def _allowed() -> Iterator[None]:
    """Allow core dumps to the processes that the test starts."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    if before[1] == 0:
        pytest.skip("needs a system that allows core dumps")
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.usefixtures("_allowed")
def test_a_gateway_writes_no_core_dump(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway:
        [worker] = Path(f"/proc/{gateway.pid}/task/{gateway.pid}/children").read_text().split()

        assert resource.prlimit(gateway.pid, resource.RLIMIT_CORE)[0] == 0
        assert resource.prlimit(int(worker), resource.RLIMIT_CORE)[0] == 0


@pytest.mark.usefixtures("_allowed")
def test_a_command_or_a_worker_writes_no_core_dump() -> None:
    assert limits_of("manage.py", "shell", "--no-imports", "-c", SHOW) == "0"


@pytest.mark.usefixtures("_allowed")
def test_the_launcher_and_what_it_starts_write_no_core_dump(tmp_path: Path) -> None:
    launcher = ("-m", "spark_control.laptop", "--no-database", "--no-engines")

    limits = limits_of(*launcher, "--data", str(tmp_path), "--", sys.executable, "-c", SHOW)

    assert limits == "0"


def limits_of(*command: str) -> str:
    environment = {**os.environ, "DATABASE_URL": ""}
    ran = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    return ran.stdout.strip()
