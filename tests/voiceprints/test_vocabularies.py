"""The stored vocabularies, as transcriptions read them."""

from collections.abc import Mapping

import pytest

from audio.library import LibraryUnavailable
from voiceprints.models import AuditEntry
from voiceprints.vocabularies import RememberedVocabularies, Terms, all_terms, replace_terms


def unavailable() -> Mapping[str, Terms]:
    raise LibraryUnavailable


def test_a_vocabulary_is_read_again_when_it_was_replaced() -> None:
    remembered = RememberedVocabularies()

    first = remembered.terms("desk", lambda: {"desk": ("Zorvath",)})
    second = remembered.terms("desk", lambda: {"desk": ("Halniley",)})
    remembered.forget()
    third = remembered.terms("desk", lambda: {"desk": ("Halniley",)})

    assert (first, second, third) == (("Zorvath",), ("Zorvath",), ("Halniley",))


def test_what_was_read_last_counts_while_the_library_is_away() -> None:
    remembered = RememberedVocabularies()
    remembered.terms("desk", lambda: {"desk": ("Zorvath",)})

    remembered.forget()

    assert remembered.terms("desk", unavailable) == ("Zorvath",)
    assert remembered.terms("other", unavailable) == ()


def test_a_library_that_is_away_from_the_beginning_is_asked_once_in_a_while() -> None:
    remembered = RememberedVocabularies()

    for read in (unavailable, lambda: {"desk": ("Zorvath",)}):
        with pytest.raises(LibraryUnavailable):
            remembered.terms("desk", read)


def test_a_thread_uses_the_terms_read_before_while_another_one_reads() -> None:
    remembered = RememberedVocabularies()
    remembered.terms("desk", lambda: {"desk": ("Zorvath",)})
    meanwhile: list[Terms] = []

    def read() -> Mapping[str, Terms]:
        meanwhile.append(remembered.terms("desk", unavailable))
        return {"desk": ("Halniley",)}

    remembered.forget()

    assert remembered.terms("desk", read) == ("Halniley",)
    assert meanwhile == [("Zorvath",)]


def test_terms_that_change_while_they_are_read_are_read_again() -> None:
    remembered = RememberedVocabularies()

    def read() -> Mapping[str, Terms]:
        remembered.forget()
        return {"desk": ("Zorvath",)}

    first = remembered.terms("desk", read)

    assert first == ("Zorvath",)
    assert remembered.terms("desk", lambda: {"desk": ("Halniley",)}) == ("Halniley",)


@pytest.mark.django_db
def test_a_replaced_vocabulary_has_each_term_once_and_is_audited() -> None:
    replace_terms("desk", ["Zorvath", "Halniley", "Zorvath"], actor="vera")
    changed = replace_terms("desk", ["Zorvath"], actor="vera")

    assert all_terms() == {"desk": ("Zorvath",)}
    assert changed.version == 2
    assert [one.detail for one in AuditEntry.objects.all()] == [
        {"key": "desk", "terms": 1},
        {"key": "desk", "terms": 2},
    ]


@pytest.mark.django_db
def test_versions_go_on_after_the_terms_were_removed() -> None:
    replace_terms("desk", ["Zorvath"], actor="vera")
    removed = replace_terms("desk", [], actor="vera")

    again = replace_terms("desk", ["Halniley"], actor="vera")

    assert (removed.terms, removed.version, again.version) == ([], 2, 3)
