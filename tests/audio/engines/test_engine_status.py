"""The status board, which the processes of a host share."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio.engines import engine_status
from audio.engines.engine_status import EngineStatus

URL = "http://engine:8000"
WEDGED = EngineStatus(
    "wedged", "It answers 500.", 1e9, time.time(), 0.25, probes={"failed": 2}, restarts=(1e9,)
)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for each test."""
    settings.RECOVERY_DIR = str(tmp_path / "recovery")
    assert engine_status.is_usable()
    return engine_status.folder()


def test_what_is_written_is_read() -> None:
    engine_status.write_status("parakeet", URL, WEDGED)

    assert engine_status.current_status("parakeet", URL) == WEDGED


def test_a_change_is_seen_immediately() -> None:
    engine_status.write_status("parakeet", URL, WEDGED)
    engine_status.current_status("parakeet", URL)

    engine_status.write_status("parakeet", URL, EngineStatus("healthy", probed_at=time.time()))

    assert engine_status.current_status("parakeet", URL).state == "healthy"


def test_an_engine_that_was_not_probed_has_no_status() -> None:
    assert engine_status.current_status("parakeet", URL) == EngineStatus()


def test_an_engine_at_another_address_is_another_engine() -> None:
    engine_status.write_status("parakeet", URL, WEDGED)

    assert engine_status.current_status("parakeet", "http://other:8000").state == "unknown"


def test_an_old_status_is_unknown(settings: Settings) -> None:
    old = EngineStatus(
        "wedged", since=1e9, probed_at=time.time() - 2.5 * settings.WATCH_INTERVAL_S
    )

    engine_status.write_status("parakeet", URL, old)

    assert engine_status.current_status("parakeet", URL).state == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"NAME": []}',
        '{"NAME": {"state": "splendid"}}',
        '{"NAME": {"state": "restarting", "ready_at": "soon"}}',
        '{"NAME": {"state": "restarting", "ready_at": Infinity}}',
        '{"NAME": {"state": "healthy", "probes": {"ok": "many"}, "outcomes": {}}}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_a_broken_file_counts_as_missing(folder: Path, text: str) -> None:
    engine_status.write_status("parakeet", URL, WEDGED)
    (path,) = folder.glob("*.json")
    [name] = json.loads(path.read_text())

    path.write_bytes(text.replace("NAME", name).encode(errors="surrogateescape"))

    assert engine_status.current_status("parakeet", URL) == EngineStatus()


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path) -> None:
    engine_status.write_status("parakeet", URL, WEDGED)

    folder.chmod(0o777)

    assert not engine_status.is_usable()
    assert engine_status.current_status("parakeet", URL) == EngineStatus()


def test_without_a_folder_no_status_is_known(settings: Settings) -> None:
    settings.RECOVERY_DIR = "/proc/nothing"

    engine_status.write_status("parakeet", URL, WEDGED)

    assert engine_status.current_status("parakeet", URL) == EngineStatus()


def test_the_status_of_another_engine_stays() -> None:
    healthy = EngineStatus("healthy", probed_at=time.time())

    engine_status.write_status("parakeet", URL, WEDGED)
    engine_status.write_status("kokoro", URL, healthy)

    assert engine_status.current_status("parakeet", URL) == WEDGED
    assert engine_status.current_status("kokoro", URL) == healthy


def test_a_broken_entry_leaves_the_others(folder: Path) -> None:
    engine_status.write_status("parakeet", URL, WEDGED)
    engine_status.write_status("kokoro", URL, WEDGED)
    [path] = folder.glob("*.json")
    board = json.loads(path.read_text())
    [broken] = [name for name in board if name.startswith("kokoro")]

    path.write_text(json.dumps(board | {broken: {"state": "splendid"}}))

    assert engine_status.current_status("parakeet", URL) == WEDGED
    assert engine_status.current_status("kokoro", URL) == EngineStatus()


def test_one_thread_at_a_time_has_the_lock() -> None:
    order: list[str] = []

    def wait() -> None:
        with engine_status.examination_lock():
            order.append("second")

    with ThreadPoolExecutor(1) as other:
        with engine_status.examination_lock() as is_locked:
            waiting = other.submit(wait)
            time.sleep(0.05)
            order.append("first")
        waiting.result()

    assert (is_locked, order) == (True, ["first", "second"])


def test_without_a_folder_no_thread_gets_the_lock(settings: Settings) -> None:
    settings.RECOVERY_DIR = "/proc/nothing"

    with engine_status.examination_lock() as is_locked:
        assert not is_locked


def test_a_status_that_cannot_be_written_is_reported(folder: Path) -> None:
    folder.rmdir()

    assert not engine_status.write_status("parakeet", URL, WEDGED)
