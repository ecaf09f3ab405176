"""The stored vocabularies of API keys: read, replaced, and cleared of erased names.

Each transcription reads the vocabulary of its key. A process remembers all of them for a few
seconds, and as long as the database is away, so that a transcription costs neither a query nor a
wait for the database.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from threading import Lock

from django.db import transaction

from audio.library import LibraryUnavailable
from voiceprints.models import Vocabulary, audit
from voiceprints.models.audit import Action
from voiceprints.people.erasure_marks import lock_names
from voiceprints.transcripts.name_mentions import mentions_name, name_words

FRESH_S = 5.0
Terms = tuple[str, ...]


class RememberedVocabularies:
    """The vocabularies that this process read last; safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._terms: Mapping[str, Terms] | None = None
        self._read_after = 0.0
        self._changes = 0

    def forget(self) -> None:
        """Read them again when they are needed next."""
        self._changes += 1
        self._read_after = 0.0

    def terms(self, key: str, read_all: Callable[[], Mapping[str, Terms]]) -> Terms:
        """Return the terms of a key; one thread reads, while others use the terms read before.

        Raises
        ------
        LibraryUnavailable
            If the library was never available to this process.
        """
        if self._is_due() and self._lock.acquire(blocking=self._terms is None):
            try:
                self._read(read_all)
            finally:
                self._lock.release()
        if self._terms is None:
            raise LibraryUnavailable
        return self._terms.get(key, ())

    def _is_due(self) -> bool:
        return time.monotonic() >= self._read_after

    def _read(self, read_all: Callable[[], Mapping[str, Terms]]) -> None:
        if not self._is_due():
            return
        changes = self._changes
        with suppress(LibraryUnavailable):
            self._terms = read_all()
        # After a failure too: each attempt may wait for seconds. What changed meanwhile is read.
        if changes == self._changes:
            self._read_after = time.monotonic() + FRESH_S


remembered = RememberedVocabularies()


def all_terms() -> Mapping[str, Terms]:
    """Return the terms of every key that has some."""
    return {key: tuple(terms) for key, terms in Vocabulary.objects.values_list("key", "terms")}


@transaction.atomic
def replace_terms(
    key: str,
    terms: Iterable[str],
    *,
    actor: str,
    check: Callable[[Vocabulary], None] = lambda _: None,
) -> Vocabulary:
    """Store the terms of a key in place of its former ones; `check` may refuse the stored version.

    Removed terms leave an empty row: versions, which clients compare, go on from it.
    """
    lock_names()
    stored = Vocabulary.objects.select_for_update().filter(key=key).first()
    check(stored or empty_vocabulary(key))
    listed = list(dict.fromkeys(terms))
    if stored or listed:
        Vocabulary.objects.update_or_create(key=key, defaults={"terms": listed})
        audit.record(actor, Action.VOCABULARY_CHANGED, key=key, terms=len(listed))
        transaction.on_commit(remembered.forget)
    return find_vocabulary(key)


def find_vocabulary(key: str) -> Vocabulary:
    """Return the vocabulary of a key, which is empty where none is stored."""
    return Vocabulary.objects.filter(key=key).first() or empty_vocabulary(key)


def empty_vocabulary(key: str) -> Vocabulary:
    """Return the vocabulary of a key that has none."""
    return Vocabulary(key=key, terms=[], version=0)


def forget_in_vocabularies(names: Iterable[str], others: Iterable[str]) -> None:
    """Remove the terms that name a person: the name, or words of it that no other person has.

    A single letter is no part of a name: `C++` stays when Ana C. Ruiz is erased.

    The caller holds the lock of names.
    """
    own = [(name, _words(name)) for name in names]
    rest = [_words(name) for name in others]

    def is_trace(term: str) -> bool:
        words = frozenset(word for word in _words(term) if len(word) > 1)
        is_part = bool(words) and any(words <= of_name for _, of_name in own)
        return any(mentions_name(term, name) for name, _ in own) or (
            is_part and not any(words <= of_other for of_other in rest)
        )

    transaction.on_commit(remembered.forget)
    for vocabulary in Vocabulary.objects.select_for_update().order_by("pk"):
        kept = [term for term in vocabulary.terms if not is_trace(term)]
        if kept != vocabulary.terms:
            vocabulary.terms = kept
            vocabulary.save(update_fields=["terms"])


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in name_words(name))
