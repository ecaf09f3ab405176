"""What the speakers are called whom nobody names: A, B, … in order of appearance."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count, product
from string import ascii_uppercase

from audio.merge.values import UNKNOWN_SPEAKER, LabelledWords

NOBODY = "Unknown"


def name_in_order(spoken: LabelledWords, names: Mapping[str, str]) -> LabelledWords:
    """Tell who said each word: by name where there is one, else by letter.

    Parameters
    ----------
    spoken
        Words under labels.
    names
        By label; the labels of strangers are missing. A letter that is somebody's name is nobody
        else's.

    Returns
    -------
    LabelledWords
        With names for speakers. Words that belong to no speaker are ``Unknown``'s.

    Examples
    --------
    >>> spoken = LabelledWords((), ("Speaker_1", "Speaker_0", "Speaker_1", "Speaker_2"))
    >>> name_in_order(spoken, {"Speaker_0": "Ann"}).speakers
    ('A', 'Ann', 'A', 'B')

    """
    free = (letters for letters in _letters() if letters not in set(names.values()))
    chosen = dict(names) | {UNKNOWN_SPEAKER: NOBODY}
    for label in spoken.speakers:
        if label not in chosen:
            chosen[label] = next(free)
    return replace(spoken, speakers=tuple(chosen[label] for label in spoken.speakers))


def _letters() -> Iterator[str]:
    """Yield A to Z, then AA, AB, and so on."""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))
