from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spark_control.laptop import processes
from tests.spark_control.laptop.launcher import Laptop, open_folder, remaining


@pytest.fixture(scope="package")
def root_folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def empty_root_folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="package")
def laptop(root_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    return Laptop(tmp_path_factory.mktemp("data"), root_folder)


@pytest.fixture
def other(root_folder: Path, tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "other", root_folder)


@pytest.fixture
def left_behind() -> Iterator[Callable[[], set[str]]]:
    """What still runs five seconds after the launcher, whose orphans the test adopts."""
    processes.prctl(processes.PR_SET_CHILD_SUBREAPER, 1)
    before = processes.children()
    yield lambda: remaining(before)
    processes.prctl(processes.PR_SET_CHILD_SUBREAPER, 0)
