"""The status board, which the processes of a host share."""

import time
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
        '{"state": "splendid"}',
        '{"state": "restarting", "ready_at": "soon"}',
        '{"state": "restarting", "ready_at": Infinity}',
        '{"state": "healthy", "probes": {"ok": "many"}, "outcomes": {}}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_a_broken_file_counts_as_missing(folder: Path, text: str) -> None:
    engine_status.write_status("parakeet", URL, WEDGED)
    (path,) = folder.glob("*.json")

    path.write_bytes(text.encode(errors="surrogateescape"))

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


def test_one_thread_at_a_time_has_the_lock() -> None:
    with (
        engine_status.examination_lock("parakeet", URL) as first,
        engine_status.examination_lock("parakeet", URL) as second,
    ):
        assert (first, second) == (True, False)


def test_the_lock_ends_with_its_block() -> None:
    with engine_status.examination_lock("parakeet", URL):
        pass

    with engine_status.examination_lock("parakeet", URL) as again:
        assert again


def test_each_engine_has_a_lock_of_its_own() -> None:
    with (
        engine_status.examination_lock("parakeet", URL),
        engine_status.examination_lock("kokoro", URL) as other,
    ):
        assert other


def test_without_a_folder_no_thread_gets_the_lock(settings: Settings) -> None:
    settings.RECOVERY_DIR = "/proc/nothing"

    with engine_status.examination_lock("parakeet", URL) as is_locked:
        assert not is_locked


def test_a_status_that_cannot_be_written_is_reported(folder: Path) -> None:
    folder.rmdir()

    assert not engine_status.write_status("parakeet", URL, WEDGED)
