"""One engine with known answers for all of these tests."""

import pytest

from tests.nvidia_engine.known_answers.engines import KnownEngine


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> KnownEngine:
    return KnownEngine(tmp_path_factory.mktemp("known") / "models")
