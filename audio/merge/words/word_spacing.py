"""The spaces between words, and the pieces that make up one word, in any script.

Conventions
-----------
A gap is the white space between two words: empty, a space, or another space sign (a no-break space
before a French mark, an ideographic space). A word's own gap, `Word.gap`, is what the engine's
text has before it; it is None where the rules of the scripts say the same, or where the text does
not have the word.

Chinese, Japanese, Thai, Lao, Khmer, Burmese and some neighbours write no spaces between words:
white space is not the border of a word there, and each timed piece of an engine is a word. In
other scripts, also in Korean, the pieces between two spaces of the text are one word.

Source: Unicode Standard Annex 24 (scripts) and 14 (classes ID, CJ and SA: scripts in which a line
may break without a space).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from unicodedata import category, normalize

from audio.merge.values import Word

# A piece that follows after a longer silence is a word of its own: the silence that ends a block.
LONGEST_PAUSE_S = 1.5

_CLOSING = ",;:!?)]}।॥،؛؟。，、！？；：）」』】"  # noqa: RUF001
# Before a word these open it (in some languages even » and ”); alone they close the word before.
_EITHER = ".…'’\"”»"  # noqa: RUF001
_MARKS = re.escape(_CLOSING + _EITHER)
_CLITIC = r"(?:['’](?:s|t|re|ve|ll|d|m)|n['’]t)"  # noqa: RUF001
_TIGHT = re.compile(rf"[{re.escape(_CLOSING)}].*|[{_MARKS}]+|{_CLITIC}+[{_MARKS}]*", re.I | re.S)
_MAYBE_TIGHT = frozenset(_CLOSING + _EITHER + "nN")

# Marks as wide as a Han sign contain the space around them.
_WIDE_MARKS = (
    r"\u3001-\u3003\u3008-\u3011\u3014-\u301f\u3030\u303d\u30fb\ufe30-\ufe4f"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_WIDE_MARK = re.compile(f"[{_WIDE_MARKS}]")
_UNSPACED = re.compile(
    "["
    r"\u0e00-\u0eff"  # Thai, Lao
    r"\u0f00-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Tibetan, Burmese
    r"\u1780-\u17ff\u19e0-\u19ff"  # Khmer
    r"\u1950-\u19df\u1a20-\u1aaf\uaa80-\uaadf"  # the Tai scripts
    r"\u1b00-\u1b7f\ua980-\ua9df"  # Balinese, Javanese
    r"\u2e80-\u312f\u3190-\u31ff\u3220-\u325f\u3280-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han, kana
    r"\ua000-\ua4cf"  # Yi
    rf"{_WIDE_MARKS}\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f"  # wide and narrow forms
    r"\U0001aff0-\U0001b16f\U00020000-\U0003ffff\U000e0100-\U000e01ef"
    "]"
)
# The first sign of a script without spaces.
_FIRST_UNSPACED = "\u0e00"
_OPENING = frozenset({"Ps", "Pi"})
# No-break, narrow no-break and ideographic: other white space becomes a space.
_KEPT_SPACES = ("\u00a0", "\u202f", "\u3000")
# How far a piece is looked for in the text after one that the text does not have.
_WINDOW = 64
_MOST_MISSED = 2000


def writes_spaces(sign: str) -> bool:
    """Return whether the script of a sign puts spaces between words; full-width marks do not."""
    return not _UNSPACED.match(sign)


def gap_between(before: str, after: str) -> str:
    """Return the gap between two words of which no text says how they were written.

    Parameters
    ----------
    before, after
        Stripped texts; not empty.

    Returns
    -------
    str
        Empty before a closing mark (``, ; : ! ?`` or a closing bracket), a text that is only
        punctuation, or a clitic (``'s 't 're 've 'll 'd 'm n't``); between signs of scripts
        without spaces, and beside a full-width mark. Otherwise a space, also before a quote,
        apostrophe or dot that opens a word.

    Examples
    --------
    >>> gap_between("use", ".NET"), gap_between("fine", "."), gap_between("早", "上")
    (' ', '', '')

    """
    if after[0] in _MAYBE_TIGHT and _TIGHT.fullmatch(after):
        return ""
    one, other = before[-1], after[0]
    if one < _FIRST_UNSPACED and other < _FIRST_UNSPACED:
        return " "
    if _WIDE_MARK.match(one) or _WIDE_MARK.match(other):
        return ""
    if not writes_spaces(one) and (not writes_spaces(other) or _is_only_marks(after)):
        return ""
    # A quote of several scripts, like ”, after which Chinese goes on; Latin marks have a space.
    is_quoted = not writes_spaces(other) and _is_only_marks(before) and not before.isascii()
    return "" if is_quoted else " "


def join_words(words: Iterable[Word]) -> str:
    """Join the texts of words into one line.

    Texts are stripped and empty ones dropped. Between two words is the gap that the engine's text
    has there, else that of `gap_between`.

    Parameters
    ----------
    words
        As a recogniser gives them, in the order of speech.

    Returns
    -------
    str
        The line; empty for no texts.

    Examples
    --------
    >>> tokens = ["use", ".NET", ",", "it", "'s", " fine", "."]
    >>> join_words([Word(0.0, 0.0, token) for token in tokens])
    "use .NET, it's fine."

    """
    line, before = [], ""
    for word in words:
        text = word.text.strip()
        if not text:
            continue
        if before:
            line.append(gap_between(before, text) if word.gap is None else word.gap)
        line.append(text)
        before = text
    return "".join(line)


def whole_words(pieces: Sequence[Word], text: str) -> list[Word]:
    """Join the pieces that spell one word of the text, and note the gaps that the text has.

    A piece continues the word before it where the text has nothing between the two, the script
    writes spaces, and there is no long silence between them. Closing marks and combining signs
    continue the word in every script.

    Parameters
    ----------
    pieces
        In the order of the text, in seconds; none is blank.
    text
        The engine's text. It may lack pieces, and have marks that the pieces lack.

    Returns
    -------
    list of Word
        In the same order; for an empty text the pieces.

    Examples
    --------
    >>> pieces = [Word(0.0, 0.1, "Hel"), Word(0.1, 0.2, "lo"), Word(0.2, 0.3, "早"),
    ...           Word(0.3, 0.4, "上")]
    >>> [(word.text, word.gap) for word in whole_words(pieces, "Hello早上")]
    [('Hello', None), ('早', ''), ('上', None)]

    """
    words: list[Word] = []
    for piece, gap in zip(pieces, _gaps(pieces, text), strict=True):
        if words and gap == "" and _continues(words[-1], piece):
            words[-1] = _continued(words[-1], piece)
        elif words and gap is not None and gap != gap_between(words[-1].text, piece.text):
            words.append(replace(piece, gap=gap))
        else:
            words.append(piece)
    return words


def split_words(text: str) -> list[re.Match[str]]:
    """Split a text into words: at white space, and around each sign of a script without spaces.

    Examples
    --------
    >>> [word.group() for word in split_words("OK 早上 good.")]
    ['OK', '早', '上', 'good.']

    """
    return list(_WORD.finditer(text))


_WORD = re.compile(rf"{_UNSPACED.pattern}|(?:(?!{_UNSPACED.pattern})\S)+")


def _continues(word: Word, piece: Word) -> bool:
    if abs(piece.start - word.end) > LONGEST_PAUSE_S and not _is_only_marks(piece.text):
        return False
    first = piece.text[0]
    if category(first).startswith("M") or _is_only_marks(word.text):
        return True
    if _is_only_marks(piece.text):
        return category(first) not in _OPENING or writes_spaces(word.text[-1])
    return writes_spaces(word.text[-1]) and writes_spaces(first)


def _continued(word: Word, piece: Word) -> Word:
    # A mark after a silence is no speech: the word ends before the silence.
    ends = piece.end if piece.start - word.end <= LONGEST_PAUSE_S else word.end
    start, end = min(word.start, piece.start), max(word.end, ends)
    return replace(
        word,
        start=start,
        end=end,
        text=word.text + piece.text,
        is_estimated=word.is_estimated or piece.is_estimated,
        confidence=_least_confidence(word, piece),
    )


def _least_confidence(word: Word, piece: Word) -> float | None:
    """Return the confidence of the less confident part; that of a mark says nothing of a word."""
    parts = [word] if _is_only_marks(piece.text) else [word, piece]
    known = [one.confidence for one in parts if one.confidence is not None]
    return min(known, default=None)


def _is_only_marks(text: str) -> bool:
    # Nearly all words are of letters and digits alone.
    return not text.isalnum() and not any(category(sign)[0] in "LNM" for sign in text)


def _gaps(pieces: Sequence[Word], text: str) -> Iterator[str | None]:
    """Yield the gap that the text has before each piece; None where it does not say."""
    written, at, missed = _plain(text), 0, 0
    for piece in pieces:
        sought = _plain(piece.text)
        found = _find_next(written, sought, at)
        if found is not None:
            yield _gap(written[at : found[0]])
        elif missed <= _MOST_MISSED:
            found = _find_near(written, sought, slice(at, at + missed + _WINDOW))
            yield None if found is None else _space_before(written, found[0])
        else:
            yield None
        at, missed = (at, missed + len(sought)) if found is None else (found[1], 0)


def _plain(text: str) -> str:
    """Return the text decomposed: the decomposed pieces of a text are pieces of it."""
    return normalize("NFD", text).casefold()


def _find_next(text: str, sought: str, at: int) -> tuple[int, int] | None:
    """Find a piece where only spaces and marks come before it; return its start and end."""
    bare = _bare(sought)
    for start in range(at, len(text)):
        for spelling in filter(None, (sought, bare)):
            if text.startswith(spelling, start):
                return start, start + len(spelling)
        if not _is_only_marks(text[start]):
            return None
    return None


def _bare(piece: str) -> str:
    """Return a piece without the marks around it."""
    if piece.isalnum():
        return piece
    return piece.strip("".join(sign for sign in piece if _is_only_marks(sign)))


def _find_near(text: str, sought: str, window: slice) -> tuple[int, int] | None:
    start = text.find(sought, window.start, window.stop + len(sought))
    if start < 0 or _is_only_marks(sought):
        return None
    if start and text[start - 1].isalnum() and writes_spaces(text[start]):
        return None
    return start, start + len(sought)


def _gap(between: str) -> str | None:
    """Return the white space between two pieces; None for marks without any."""
    spaces = "".join(sign for sign in between if sign.isspace())
    if not spaces:
        return None if between else ""
    return spaces if spaces in _KEPT_SPACES else " "


def _space_before(text: str, at: int) -> str | None:
    return _gap(text[at - 1]) if at and text[at - 1].isspace() else None
