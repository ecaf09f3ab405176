"""The seam, and what stands there when nothing is kept."""

import numpy as np
import pytest

from audio.library import NoLibrary, NothingIsKept, library
from audio.merge.timeline import NamedTranscript


def test_the_default_library_knows_nobody() -> None:
    assert library().voices("titanet", {"Speaker_0": np.ones(192)}).names == ()


def test_the_default_library_refuses_to_remember() -> None:
    with pytest.raises(NothingIsKept):
        NoLibrary().remember(NamedTranscript("mono", 0.0, ()), created_by="desk")
