"""The seam, and what stands there when nothing is kept."""

import numpy as np
import pytest

from audio.library import NoLibrary, NothingIsKept, Provenance
from audio.merge.values import NamedTranscript


def test_the_default_library_knows_nobody() -> None:
    assert NoLibrary().voices("titanet", {"S": np.ones(192)}, asked_by="desk").names == ()


def test_the_default_library_refuses_to_remember() -> None:
    provenance = Provenance(sha256="ab" * 32, created_by="desk")

    with pytest.raises(NothingIsKept):
        NoLibrary().remember(NamedTranscript("mono", 0.0, ()), provenance)
