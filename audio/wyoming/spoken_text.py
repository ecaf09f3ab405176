"""Text that arrives in parts, cut where a voice may pause."""

import re
from collections.abc import Iterator

# A speech request over HTTP may have four times as many characters.
LONGEST_PIECE = 1000
# Shorter pieces would be spoken in a row of breaths.
SHORTEST_PIECE = 12
MAX_TEXT = 65_536

# Runs that may end a sentence. Nothing is asked of what follows one, so that none is read twice.
_RUN = re.compile(r"[.!?…]++[\"'”’)\]]*+|[。！？]++[」』”’）]*+|\n\s*+")  # noqa: RUF001
_SPACED_MARKS = ".!?…"
# "Prof." and "J." seldom end a sentence; where they do, it is spoken with the next one.
_LONGEST_ABBREVIATION = 5


class TooMuchText(ValueError):
    """More text than one request may have."""

    def __init__(self) -> None:
        super().__init__(f"text: expected at most {MAX_TEXT} characters.")


class SpokenText:
    """A text from its first part on; what is complete is taken out of it piece by piece."""

    def __init__(self) -> None:
        self._open, self._length = "", 0

    def add(self, text: str) -> list[str]:
        """Add a part; return the pieces that it completes.

        Raises
        ------
        TooMuchText
        """
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise TooMuchText
        pieces = list[str]()
        for start in range(0, len(text), LONGEST_PIECE):
            self._open += text[start : start + LONGEST_PIECE]
            pieces += self._complete()
        return pieces

    def rest(self) -> list[str]:
        """Return what is left at the end of the text."""
        last, self._open = self._open.strip(), ""
        return [last] if last else []

    def _complete(self) -> list[str]:
        pieces, start = list[str](), 0
        for end in pauses(self._open):
            piece = self._open[start:end].strip()
            if len(piece) >= SHORTEST_PIECE and not _ends_abbreviated(piece):
                pieces += _limited(piece)
                start = end
        *long, self._open = _limited(self._open[start:].lstrip())
        return [piece.strip() for piece in [*pieces, *long]]


def pauses(text: str) -> Iterator[int]:
    """Yield where a sentence or a line ends, which may be an abbreviation's end.

    Where scripts have spaces, the end of a sentence needs one after it: "3.5" is one number.
    """
    for run in _RUN.finditer(text):
        after = text[run.end() : run.end() + 1]
        if run[0][0] not in _SPACED_MARKS or after.isspace():
            yield run.end()


def _ends_abbreviated(piece: str) -> bool:
    last = piece.rsplit(maxsplit=1)[-1].lstrip("(\"'“")
    return last.endswith(".") and len(last) <= _LONGEST_ABBREVIATION and last[0].isupper()


def _limited(text: str) -> list[str]:
    """Cut a text between words, or inside one that is too long; the last part may be empty."""
    parts = list[str]()
    while len(text) > LONGEST_PIECE:
        cut = text.rfind(" ", 0, LONGEST_PIECE)
        cut = cut if cut > 0 else LONGEST_PIECE
        parts.append(text[:cut])
        text = text[cut:].lstrip()
    return [*parts, text]
