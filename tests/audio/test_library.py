"""The seam to the voice library, and the library of a gateway without one."""

from collections.abc import Mapping

import numpy as np
import pytest
from pytest_django import Settings

from audio.library import (
    LibraryMissing,
    LibraryUnavailable,
    NoLibrary,
    Provenance,
    find_people,
    find_voices,
)
from audio.merge.values import Embedding, NamedTranscript, Voices
from audio.vocabulary import UNAVAILABLE, stored_terms

EMBEDDINGS = {"S": np.ones(192)}


class AwayLibrary(NoLibrary):
    """A library whose database does not answer."""

    def voices(self, space: str, embeddings: Mapping[str, Embedding], *, asked_by: str) -> Voices:
        raise LibraryUnavailable

    def terms(self, key: str) -> tuple[str, ...]:
        raise LibraryUnavailable

    def people(self) -> tuple[str, ...]:
        raise LibraryUnavailable


def test_the_default_library_has_no_voices_terms_and_people() -> None:
    assert NoLibrary().voices("titanet", EMBEDDINGS, asked_by="desk").names == ()
    assert NoLibrary().terms("desk") == NoLibrary().people() == ()


def test_the_default_library_refuses_to_store_a_transcript() -> None:
    provenance = Provenance(sha256="ab" * 32, created_by="desk")

    with pytest.raises(LibraryMissing):
        NoLibrary().remember(NamedTranscript("mono", 0.0, ()), provenance)


def test_the_default_library_cannot_be_stored_in() -> None:
    with pytest.raises(LibraryMissing):
        NoLibrary().check_available()


def test_an_available_library_gives_no_warning(settings: Settings) -> None:
    settings.SPEAKER_LIBRARY = "audio.library.NoLibrary"
    voices, warnings = find_voices("titanet", EMBEDDINGS, asked_by="desk")

    assert (voices.names, warnings) == ((), ())


def test_an_unavailable_library_gives_no_voices_and_a_warning(settings: Settings) -> None:
    settings.SPEAKER_LIBRARY = f"{__name__}.AwayLibrary"
    voices, warnings = find_voices("titanet", EMBEDDINGS, asked_by="desk")

    assert voices.names == ()
    assert [warning.code for warning in warnings] == ["library_unavailable"]


def test_an_unavailable_library_is_an_error_where_its_voices_are_required(
    settings: Settings,
) -> None:
    settings.SPEAKER_LIBRARY = f"{__name__}.AwayLibrary"

    with pytest.raises(LibraryUnavailable):
        find_voices("titanet", EMBEDDINGS, asked_by="desk", is_required=True)


def test_an_unavailable_library_has_no_people_unless_they_are_required(settings: Settings) -> None:
    settings.SPEAKER_LIBRARY = f"{__name__}.AwayLibrary"

    assert find_people() == ()
    with pytest.raises(LibraryUnavailable):
        find_people(is_required=True)


def test_an_unavailable_vocabulary_is_warned_of_where_it_was_asked_for(settings: Settings) -> None:
    settings.SPEAKER_LIBRARY = f"{__name__}.AwayLibrary"

    assert stored_terms("desk") == ((), ())
    assert stored_terms("desk", is_asked=True) == ((), (UNAVAILABLE,))
