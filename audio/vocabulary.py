"""The terms that the transcripts of a key are always spelled by.

They come from two places: the file of the setting VOCABULARY_FILE, and the library. In the file
each line is a term; a line `[name]` begins the terms of one key, and those before the first such
line are for every key. Empty lines and lines that begin with `#` have no effect.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from audio.library import LibraryUnavailable, library
from audio.merge.name_spelling import readable
from audio.merge.spelling.vocabulary import MAX_TERM_LENGTH, MAX_TERMS
from audio.merge.values import Notice

MAX_FILE_BYTES = 4 * 1024 * 1024
EVERY_KEY = ""
Terms = tuple[str, ...]

UNAVAILABLE = Notice(
    "vocabulary_unavailable",
    "A stored vocabulary could not be read, so it corrected no spelling.",
)

logger = logging.getLogger(__name__)


class InvalidVocabulary(Exception):
    """The vocabulary's file cannot be used; the message says which line, and never a term."""


def stored_terms(
    key: str, *, is_asked: bool = False
) -> tuple[tuple[Terms, ...], tuple[Notice, ...]]:
    """Return the lists of terms of a key; where they cannot be read, a warning.

    Work without a key, such as an archive, has the terms for every key. That the library is away
    is only warned of where its terms were asked for: most keys have none.
    """
    lists: list[Terms] = []
    warnings: tuple[Notice, ...] = ()
    try:
        listed = terms_of_file()
        lists += [listed.get(name, ()) for name in dict.fromkeys((EVERY_KEY, key))]
    except InvalidVocabulary as error:
        logger.error("VOCABULARY_FILE: %s", error)
        warnings = (UNAVAILABLE,)
    try:
        lists.append(library().terms(key) if key != EVERY_KEY else ())
    except LibraryUnavailable:
        warnings = (UNAVAILABLE,) if is_asked else warnings
    return tuple(filter(None, lists)), warnings


def terms_of_file() -> Mapping[str, Terms]:
    """Return the terms of each key, read again where the file has changed; none without a file.

    Raises
    ------
    InvalidVocabulary
    """
    if not settings.VOCABULARY_FILE:
        return {}
    path = Path(settings.VOCABULARY_FILE)
    try:
        facts = path.stat()
    except OSError as error:
        raise InvalidVocabulary(f"it cannot be read: {error.strerror}") from None
    return _read(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=1)
def _read(path: Path, changed_ns: int, size: int) -> Mapping[str, Terms]:
    if size > MAX_FILE_BYTES:
        raise InvalidVocabulary(f"expected at most {MAX_FILE_BYTES} bytes, got {size}")
    try:
        return parse_vocabulary(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidVocabulary(f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidVocabulary("expected UTF-8") from None


def parse_vocabulary(text: str) -> Mapping[str, Terms]:
    """Return the terms of each key, in the order of the file, each once.

    Raises
    ------
    InvalidVocabulary
    """
    lists: defaultdict[str, dict[str, None]] = defaultdict(dict)
    key = EVERY_KEY
    for number, line in enumerate(text.splitlines(), 1):
        term = readable(line)
        if not term or term.startswith("#"):
            continue
        if term.startswith("["):
            key = _key(term, number)
            continue
        if len(term) > MAX_TERM_LENGTH:
            raise InvalidVocabulary(
                f"line {number}: expected at most {MAX_TERM_LENGTH} characters, got {len(term)}"
            )
        lists[key][term] = None
        if len(lists[key]) > MAX_TERMS:
            raise InvalidVocabulary(f"line {number}: expected at most {MAX_TERMS} terms of a key")
    return {key: tuple(terms) for key, terms in lists.items()}


def _key(line: str, number: int) -> str:
    key = line.removeprefix("[").removesuffix("]").strip()
    if not line.endswith("]") or not key:
        raise InvalidVocabulary(f"line {number}: expected [name of a key]")
    return key
