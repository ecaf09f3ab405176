"""Text that arrives in parts, cut where a voice may pause."""

import re

# A speech request over HTTP may have four times as many characters.
LONGEST_PIECE = 1000
# Shorter pieces would be spoken in a row of breaths.
SHORTEST_PIECE = 12
MAX_TEXT = 65_536

# The end of a sentence needs a space after it where scripts have spaces: "3.5" is one number.
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[」』”’）]*|\n")  # noqa: RUF001
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
        self._open += text
        return self._complete()

    def rest(self) -> list[str]:
        """Return what is left at the end of the text."""
        last, self._open = self._open.strip(), ""
        return [last] if last else []

    def _complete(self) -> list[str]:
        pieces, start = [], 0
        for end in _END.finditer(self._open):
            piece = self._open[start : end.end()].strip()
            if len(piece) >= SHORTEST_PIECE and not _ends_abbreviated(piece):
                pieces.append(piece)
                start = end.end()
        self._open = self._open[start:]
        while len(self._open) > LONGEST_PIECE:
            cut = self._open.rfind(" ", 0, LONGEST_PIECE)
            cut = cut if cut > 0 else LONGEST_PIECE
            pieces.append(self._open[:cut].strip())
            self._open = self._open[cut:]
        return [part for piece in pieces for part in _limited(piece)]


def _ends_abbreviated(piece: str) -> bool:
    last = piece.rsplit(maxsplit=1)[-1].lstrip("(\"'“")
    return last.endswith(".") and len(last) <= _LONGEST_ABBREVIATION and last[0].isupper()


def _limited(piece: str) -> list[str]:
    return [piece[start : start + LONGEST_PIECE] for start in range(0, len(piece), LONGEST_PIECE)]
