"""The correction of a transcription's misspelled names and jargon, by a vocabulary.

A word that sounds like a term and looks like it becomes the term, unless it is itself known, or
two terms fit. So does a term that was heard as two or three unknown words.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from audio.merge.spelling.vocabulary import IsKnown, Vocabulary
from audio.merge.values import Correction, Transcription, Word

# A name may be heard as this many words.
MOST_PIECES = 3
_MARKS = re.compile(r"[\W_]*+")
_POSSESSIVE = ("'s", "’s")  # noqa: RUF001
_PIECES = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word as it was heard, and the marks around it.

    `may_change`: no dictionary has it. `is_term`: it is spelled as a term, but for its case.
    """

    before: str
    word: str
    after: str
    may_change: bool
    is_term: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """The pieces from `first` up to `stop`, without it, are the word `term`."""

    first: int
    stop: int
    heard: str
    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A transcription with the spelling of a vocabulary, and what was changed."""

    transcription: Transcription
    corrections: tuple[Correction, ...] = ()


def correct_spelling(
    transcription: Transcription, vocabulary: Vocabulary, is_known: IsKnown
) -> Corrected:
    """Spell names and jargon as the vocabulary does.

    Parameters
    ----------
    transcription
        Its words may have marks; times are in seconds. Without words its text is corrected.
    vocabulary
        The words that the reader expects.
    is_known
        Whether a word is in a dictionary: it is never changed.

    Returns
    -------
    Corrected
        Words that became one have the start of the first and the end of the last. A correction's
        `start_ms` is None without words.

    Examples
    --------
    >>> from audio.merge.spelling.vocabulary import vocabulary_of
    >>> heard = Transcription("Ask Sorvat's aunt.", ())
    >>> known = {"ask", "aunt"}.__contains__
    >>> corrected = correct_spelling(heard, vocabulary_of(("Zorvath",)), known)
    >>> corrected.transcription.text, corrected.corrections
    ("Ask Zorvath's aunt.", (Correction(heard='Sorvat', term='Zorvath', start_ms=None),))

    """
    words = transcription.words
    texts = [word.text for word in words] or _PIECES.findall(transcription.text)
    changes = list(_changes(texts, vocabulary, is_known, transcription.text))
    if not changes:
        return Corrected(transcription)
    corrections = tuple(
        Correction(
            change.heard, change.term, round(words[change.first].start * 1000) if words else None
        )
        for change in changes
    )
    corrected = replace(
        transcription,
        text=_changed_text(transcription.text, texts, changes),
        words=_changed_words(words, changes) if words else (),
    )
    return Corrected(corrected, corrections)


def _changes(
    texts: Sequence[str], vocabulary: Vocabulary, is_known: IsKnown, text: str
) -> Iterator[_Change]:
    is_cased = text not in (text.lower(), text.upper())
    spelling_of = partial(vocabulary.spelling_of, is_known=is_known, is_cased=is_cased)
    pieces = [_piece(one, vocabulary, is_known) for one in texts] if vocabulary.indexes else []
    at = 0
    while at < len(pieces):
        change = _change_at(pieces, at, spelling_of) if pieces[at].may_change else None
        if change is not None and change.heard != change.term:
            yield change
        at = change.stop if change is not None else at + 1


def _change_at(
    pieces: Sequence[_Piece], first: int, spelling_of: Callable[[str], str | None]
) -> _Change | None:
    """Return what the pieces from here on are; the most pieces that are one word of a term."""
    for stop in range(_end_of_run(pieces, first), first, -1):
        run = pieces[first:stop]
        heard = " ".join(piece.word for piece in run)
        term = spelling_of(heard)
        if term is not None:
            spelled = term.capitalize() if term.islower() and heard[0].isupper() else term
            text = f"{run[0].before}{spelled}{run[-1].after}"
            return _Change(first, stop, heard, spelled, text)
    return None


def _end_of_run(pieces: Sequence[_Piece], first: int) -> int:
    """Return where unknown words end that have only white space between them.

    A word that is spelled as a term is no part of another one.
    """
    stop = first + 1
    while (
        stop < min(first + MOST_PIECES, len(pieces))
        and pieces[stop].may_change
        and not pieces[stop - 1].is_term
        and not pieces[stop].is_term
        and not pieces[stop - 1].after
        and not pieces[stop].before
    ):
        stop += 1
    return stop


def _piece(text: str, vocabulary: Vocabulary, is_known: IsKnown) -> _Piece:
    before, word, after = _split(text.strip())
    may_change = bool(word) and not is_known(word)
    return _Piece(before, word, after, may_change, may_change and vocabulary.has(word))


def _split(text: str) -> tuple[str, str, str]:
    """Return the marks before a word, the word, and its possessive ending with the marks after."""
    start = _length_of_marks(text)
    stop = len(text) - _length_of_marks(text[start:][::-1])
    if text.endswith(_POSSESSIVE, start, stop):
        stop -= len(_POSSESSIVE[0])
    return text[:start], text[start:stop], text[stop:]


def _length_of_marks(text: str) -> int:
    """Return how many marks a text begins with."""
    found = _MARKS.match(text)
    return found.end() if found else 0


def _changed_words(words: Sequence[Word], changes: Sequence[_Change]) -> tuple[Word, ...]:
    changed, at = list[Word](), 0
    for change in changes:
        first, last = words[change.first], words[change.stop - 1]
        end = max(first.end, last.end)
        joined = replace(first, end=end, text=change.text, confidence=None)
        changed += [*words[at : change.first], joined]
        at = change.stop
    return (*changed, *words[at:])


def _changed_text(text: str, texts: Sequence[str], changes: Sequence[_Change]) -> str:
    """Return the text with the changes, each looked for behind the one before."""
    parts, at = list[str](), 0
    for change in changes:
        heard = r"\s*".join(re.escape(one.strip()) for one in texts[change.first : change.stop])
        found = re.compile(rf"(?<!\w){heard}(?!\w)").search(text, at)
        if found:
            parts += [text[at : found.start()], change.text]
            at = found.end()
    return "".join([*parts, text[at:]])
