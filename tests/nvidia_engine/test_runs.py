from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvidia_engine import runs
from nvidia_engine.runs import find_runs


@given(bits=st.lists(st.booleans(), max_size=40), block=st.integers(1, 41))
def test_runs_do_not_depend_on_the_blocks_they_are_found_in(bits: list[bool], block: int) -> None:
    flags = np.array(bits, bool)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "BLOCK", block)
        found = list(find_runs(len(flags), lambda start, end: flags[start:end]))

    rebuilt = np.zeros(len(flags), bool)
    for start, end in found:
        assert start < end
        rebuilt[start:end] = True
    assert np.array_equal(rebuilt, flags)
    assert all(first[1] < second[0] for first, second in pairwise(found))
