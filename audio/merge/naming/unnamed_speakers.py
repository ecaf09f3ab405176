"""Names for the speakers without one: numbered (``Unknown_0``), or by letter (``A``)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, product
from string import ascii_uppercase

from audio.merge.name_spelling import name_key
from audio.merge.values import UNKNOWN_SPEAKER, Diarization, LabelledWords, NamedSpeaker

NO_SPEAKER = "Unknown"


def number_unnamed(
    named: Sequence[NamedSpeaker], diarization: Diarization, taken: Iterable[str]
) -> tuple[NamedSpeaker, ...]:
    """Give numbered names to the speakers without one, and add every speaker's embedding.

    They are ``Unknown_0``, ``Unknown_1``, …; a number is skipped where ``taken`` or a speaker of
    ``named`` already has that name.
    """
    used = set(map(name_key, (*taken, *(one.name for one in named))))
    free = (name for name in map("Unknown_{}".format, count()) if name_key(name) not in used)
    return tuple(
        replace(
            speaker,
            name=next(free) if speaker.source == "unmatched" else speaker.name,
            embedding=diarization.embeddings.get(speaker.speaker),
        )
        for speaker in named
    )


def letter_unnamed(labelled: LabelledWords, names: Mapping[str, str]) -> LabelledWords:
    """Replace the label of each word by the speaker's name, or by a letter without a name.

    Parameters
    ----------
    labelled
        Words under labels.
    names
        By label; speakers who were not identified are missing. A letter that is the name of an
        identified speaker is not given to another.

    Returns
    -------
    LabelledWords
        With names for speakers, letters in order of appearance. Words without a speaker belong to
        ``Unknown``.

    Examples
    --------
    >>> labelled = LabelledWords((), ("Speaker_1", "Speaker_0", "Speaker_1", "Speaker_2"))
    >>> letter_unnamed(labelled, {"Speaker_0": "Ann"}).speakers
    ('A', 'Ann', 'A', 'B')

    """
    used = set(map(name_key, names.values()))
    free = (letters for letters in _letters() if name_key(letters) not in used)
    chosen = dict(names) | {UNKNOWN_SPEAKER: NO_SPEAKER}
    for label in labelled.speakers:
        if label not in chosen:
            chosen[label] = next(free)
    return replace(labelled, speakers=tuple(chosen[label] for label in labelled.speakers))


def _letters() -> Iterator[str]:
    """Yield A to Z, then AA, AB, and so on."""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))
