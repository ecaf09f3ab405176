"""Tokens → words with times."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from nvidia_engine.recognition.tdt import Token
from nvidia_engine.recognition.windows import Word

# A frame of the encoder: eight mel frames.
FRAME_S = 0.08
# SentencePiece marks the beginning of a word with this sign.
WORD_MARK = "▁"
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def parse_vocabulary(text: str) -> list[str]:
    """Read ``vocab.txt``: one "piece number" a line, in order, the blank last.

    Raises
    ------
    ValueError
        When the numbers are not 0, 1, 2, … or the last piece is not the blank.
    """
    rows = [line.rsplit(" ", 1) for line in text.splitlines() if line]
    pieces = [row[0] for row in rows]
    if [row[-1] for row in rows] != [str(number) for number in range(len(rows))]:
        raise ValueError("vocab.txt: expected one 'piece number' a line, numbered from 0")
    if not pieces or pieces[-1] != "<blk>":
        raise ValueError("vocab.txt: expected <blk> as the last piece")
    return pieces


def spell_words(
    tokens: Sequence[Token], pieces: Sequence[str], offset_s: float, limit_s: float
) -> list[Word]:
    """Join tokens into words, with times from the beginning of the recording.

    A word ends where its last token ends, but not after the next word's beginning, and lasts at
    least a frame where there is room.

    Parameters
    ----------
    offset_s
        Where the window of these tokens begins.
    limit_s
        Where it ends: no word ends later.
    """
    groups = _grouped([t for t in tokens if _is_text(pieces[t.number])], pieces)
    spelled = [(_spelled(group, pieces), group) for group in groups]
    spelled = [(text, group) for text, group in spelled if text]
    next_starts = [group[0].frame for _, group in spelled[1:]]
    words = []
    for (text, group), next_start in zip_longest(spelled, next_starts):
        start, end = group[0].frame, max(group[-1].frame + group[-1].jump, group[0].frame + 1)
        end = end if next_start is None else max(min(end, next_start), start)
        confidence = min(token.probability for token in group)
        start_s, end_s = (min(_seconds(frame, offset_s), limit_s) for frame in (start, end))
        words.append(Word(text, start_s, end_s, confidence))
    return words


def _is_text(piece: str) -> bool:
    """Whether a piece is text or a byte of text; `<unk>` and other marks are not."""
    return not piece.startswith("<") or not piece.endswith(">") or bool(_BYTE.fullmatch(piece))


def _grouped(tokens: Sequence[Token], pieces: Sequence[str]) -> list[list[Token]]:
    groups: list[list[Token]] = []
    for token in tokens:
        if pieces[token.number].startswith(WORD_MARK) or not groups:
            groups.append([])
        groups[-1].append(token)
    return groups


def _spelled(group: Sequence[Token], pieces: Sequence[str]) -> str:
    """Join a word's pieces; those that are bytes are decoded together."""
    text = b"".join(_encoded(pieces[token.number]) for token in group).decode(errors="replace")
    return text.replace(WORD_MARK, " ").strip()


def _encoded(piece: str) -> bytes:
    byte = _BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]) if byte else piece.encode()


def _seconds(frame: int, offset_s: float) -> float:
    return round(offset_s + frame * FRAME_S, 3)
