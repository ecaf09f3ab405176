"""The lexemes by which the text of a block is found: words, and pairs of signs.

Words are compared without case and without the accents of Latin, Greek and Cyrillic letters and
the vowel points of Hebrew and Arabic. Scripts without spaces have no words that an index could
list without a dictionary: there, and in Korean, whose words carry endings, the lexemes are pairs
of neighbouring signs, and what is searched is found inside a sentence as a sequence of pairs.

Postgres' own parsers depend on the locale of the database, and its extensions pg_trgm and unaccent
are not part of every installation; so the lexemes are made here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from unicodedata import category, normalize

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from audio.merge.words.word_spacing import writes_spaces

# Postgres accepts lexemes of 2,046 bytes and vectors of 1 MiB, with 256 places a lexeme.
LONGEST_LEXEME = 500
MOST_BYTES = 900_000
MOST_PLACES = 256
# A query is at most this many lexemes long: the comparison takes time for each.
MOST_SOUGHT = 500
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
# Letters that Unicode does not take apart, and the letters that a keyboard without them has.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ŋ": "n"})
_PLAIN |= str.maketrans({"æ": "ae", "œ": "oe", "þ": "th", "ŧ": "t"})
_ASCII_WORD = re.compile("[a-z0-9]+")
_TERM = re.compile(r'-?"[^"]*"?|\S+')


@dataclass(frozen=True, slots=True)
class _Lexeme:
    """A lexeme and its place: a word, a pair of signs, or the last sign of a run."""

    text: str
    place: int
    is_last_of_pairs: bool = False
    is_alone: bool = False


def lexeme_vector(text: str) -> str:
    """Return the lexemes of a text with their places, as Postgres reads a tsvector.

    What does not fit into a vector of Postgres is left out at the end.
    """
    places: dict[str, list[int]] = {}
    size = 0
    for lexeme in _lexemes(text):
        own = places.setdefault(lexeme.text, [])
        size += 2 if own else len(lexeme.text.encode()) + 8
        if size > MOST_BYTES:
            break
        if len(own) < MOST_PLACES:
            own.append(lexeme.place)
    return " ".join(f"'{text}':{','.join(map(str, at))}" for text, at in places.items() if at)


def lexeme_query(words: str) -> str:
    """Return a search for words as Postgres reads a tsquery; empty where it has no word.

    The syntax is that of a web search: all words must be in one block; `"so"` is a phrase, `or`
    separates alternatives, `-not` excludes.
    """
    alternatives: list[list[str]] = [[]]
    sought = 0
    for term in _TERM.findall(words):
        if term.lower() == "or":
            alternatives.append([])
            continue
        # The pairs before it say what the last sign of a run says.
        lexemes = [lexeme for lexeme in _lexemes(term) if not lexeme.is_last_of_pairs]
        sought += len(lexemes)
        if lexemes and sought <= MOST_SOUGHT:
            excluded = "!" if term.startswith("-") else ""
            alternatives[-1].append(f"{excluded}({_phrase(lexemes)})")
    return " | ".join(" & ".join(terms) for terms in alternatives if terms)


class LexemeQuery(SearchQuery):
    """A `lexeme_query`, compared with a field of lexemes."""

    def __init__(self, words: str) -> None:
        super().__init__(lexeme_query(words), search_type="raw")

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        # The function to_tsquery would parse the lexemes again.
        return models.Func.as_sql(
            self, compiler, connection, template="(%(expressions)s)::tsquery"
        )


class LexemesField(SearchVectorField):  # type: ignore[type-arg]
    """The lexemes of another field of the model, made whenever a row is saved."""

    def __init__(self, *args: Any, source: str = "", **options: Any) -> None:
        self.source = source
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Return the field of the database, which is all that migrations need."""
        name, _, args, options = super().deconstruct()
        return name, "django.contrib.postgres.search.SearchVectorField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        vector = lexeme_vector(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, vector)
        return vector


def _phrase(lexemes: list[_Lexeme]) -> str:
    first, *_ = lexemes
    parts = [_sought(first)]
    for before, lexeme in pairwise(lexemes):
        parts.append(f"<{lexeme.place - before.place}> {_sought(lexeme)}")
    return " ".join(parts)


def _sought(lexeme: _Lexeme) -> str:
    # A sign alone is searched as the beginning of pairs.
    return f"'{lexeme.text}'{':*' if lexeme.is_alone else ''}"


def _lexemes(text: str) -> Iterator[_Lexeme]:
    """Yield the lexemes: a run of signs as its pairs, then its last sign."""
    place = 0
    for word, is_run in _words(text):
        if not is_run:
            place += 1
            yield _Lexeme(word[:LONGEST_LEXEME], place)
            continue
        for pair in pairwise(word):
            place += 1
            yield _Lexeme("".join(pair), place)
        place += 1
        is_alone = len(word) == 1
        yield _Lexeme(word[-1], place, is_last_of_pairs=not is_alone, is_alone=is_alone)


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield words, and the runs of signs of scripts without spaces, which marks do not end."""
    if text.isascii():
        yield from ((word, False) for word in _ASCII_WORD.findall(text.lower()))
        return
    run = ""
    for kind, signs in groupby(_folded(text), key=_kind_of):
        word = "".join(signs)
        if kind == "sign":
            run += word
        elif kind != "other":
            if run:
                yield run, True
            run = ""
            yield word, kind == "hangul"
    if run:
        yield run, True


def _folded(text: str) -> str:
    plain = _MARKS.sub("", normalize("NFKD", text).casefold())
    return normalize("NFC", plain.translate(_PLAIN))


def _kind_of(sign: str) -> str:
    if category(sign)[0] not in "LNM":
        return "other"
    if "\uac00" <= sign <= "\ud7a3":
        return "hangul"
    return "word" if writes_spaces(sign) else "sign"
