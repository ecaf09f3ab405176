import tracemalloc
from collections.abc import Iterator

import pytest


@pytest.fixture
def memory() -> Iterator[None]:
    """Trace the memory that is allocated from here on."""
    tracemalloc.start()
    yield
    tracemalloc.stop()
