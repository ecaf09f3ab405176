"""The seam to the voice library, and the library of a gateway without one."""

import numpy as np
import pytest

from audio.library import LibraryMissing, NoLibrary, Provenance
from audio.merge.values import NamedTranscript


def test_the_default_library_has_no_voices() -> None:
    assert NoLibrary().voices("titanet", {"S": np.ones(192)}, asked_by="desk").names == ()


def test_the_default_library_refuses_to_store_a_transcript() -> None:
    provenance = Provenance(sha256="ab" * 32, created_by="desk")

    with pytest.raises(LibraryMissing):
        NoLibrary().remember(NamedTranscript("mono", 0.0, ()), provenance)
