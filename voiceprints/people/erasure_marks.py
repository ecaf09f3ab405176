"""Names that were erased while work was under way: marks, the lock of names, and replacements.

Work that stores names takes a mark before it reads any. A transaction that stores names takes the
lock of names first, shared, and replaces the names that were erased since the mark. An erasure
takes the same lock alone, before it reads anything, and records the names. So a transaction has
either ended, and the erasure finds what it stored; or it begins after the erasure, and finds the
erased names.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from audio.context import current, replaced
from audio.library import LibraryUnavailable
from audio.merge.name_spelling import name_key, readable
from voiceprints.models import ErasedName

# Work that is older stores nothing, so that no erased name needs to be known for longer.
LONGEST_WORK = timedelta(days=30)
# The margin is for clocks that differ.
RETENTION = LONGEST_WORK + timedelta(days=1)
# A person's name in the library has at most this many characters.
LONGEST_NAME = 200
# The lock of names, as a key of Postgres' advisory locks.
_LOCK = 0x6E616D6573
_SALT = "voiceprints.erased_names"


@dataclass(frozen=True, slots=True)
class LibraryMark:
    """The newest erasure that work can have seen when it began, and when that was."""

    newest: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class ErasedNames:
    """Erased names by their digests, and their replacements.

    No name has more than `longest` characters in its words.
    """

    replacements: Mapping[str, str]
    longest: int = LONGEST_NAME

    @classmethod
    def of(
        cls, names: Iterable[str], joined_words: Iterable[str], replacement: str
    ) -> "ErasedNames":
        """Return the erased names of one person; `joined_words` are the names in file names."""
        joined = list(filter(None, joined_words))
        digests = [*map(_name_digest, names), *map(_words_digest, joined)]
        return cls(dict.fromkeys(digests, replacement), max(map(len, joined), default=0))

    def __bool__(self) -> bool:
        return bool(self.replacements)

    def replacement(self, name: str) -> str | None:
        """Return what replaces a name; None if it was not erased."""
        return self.replacements.get(_name_digest(name)) if self.replacements else None

    def replacement_of_words(self, joined: str) -> str | None:
        """Return what replaces a name whose words are written as one word."""
        return self.replacements.get(_words_digest(joined)) if self.replacements else None


def take_mark() -> LibraryMark:
    """Return the mark of work that begins now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(id), 0), clock_timestamp() FROM voiceprints_erasedname"
        )
        newest, taken_at = cursor.fetchone()
    return LibraryMark(newest, taken_at)


def current_mark() -> LibraryMark:
    """Return the mark of the work under way; without one, the work begins here."""
    mark = current().library_mark
    return mark if isinstance(mark, LibraryMark) else take_mark()


@contextmanager
def work_marked() -> Iterator[None]:
    """Mark the beginning of work that stores names, before it reads any."""
    with replaced(library_mark=current_mark()):
        yield


def lock_names(*, since: int | None = None) -> ErasedNames:
    """Exclude erasures until the end of the transaction; return the names erased meanwhile.

    "Meanwhile" is since the mark of the work under way, or since an earlier erasure; work without
    a mark begins here. A transaction takes this lock before any other.

    Raises
    ------
    LibraryUnavailable
        If the work began more than `LONGEST_WORK` ago.
    """
    mark = current_mark()
    if timezone.now() - mark.taken_at > LONGEST_WORK:
        raise LibraryUnavailable
    _take_lock("pg_advisory_xact_lock_shared")
    newest = mark.newest if since is None else min(since, mark.newest)
    found = ErasedName.objects.filter(pk__gt=newest).values_list("digest", "replacement")
    return ErasedNames(dict(found))


def lock_names_for_erasure() -> None:
    """Wait for all transactions that store names, and exclude them until the end of this one."""
    _take_lock("pg_advisory_xact_lock")


def record_erased_names(names: ErasedNames) -> None:
    """Record erased names, under the lock of names."""
    ErasedName.objects.bulk_create(
        ErasedName(digest=digest, replacement=replacement)
        for digest, replacement in names.replacements.items()
    )


def delete_old_names(now: datetime) -> int:
    """Delete the erased names that no work under way can have read; return how many there were."""
    return ErasedName.objects.filter(erased_at__lt=now - RETENTION).delete()[0]


def _take_lock(function: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("The lock of names needs a transaction, with which it ends.")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_LOCK])


def _name_digest(name: str) -> str:
    return _digest(f"name {name_key(readable(name))}")


def _words_digest(joined: str) -> str:
    return _digest(f"words {joined}")


def _digest(text: str) -> str:
    return salted_hmac(_SALT, text, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
