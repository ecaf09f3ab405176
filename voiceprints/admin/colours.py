"""Colours of people and speakers, the same on every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from voiceprints.models import TranscriptSpeaker

# The number of voice colours in admin.css.
COLOURS = 8
SHAPES = 4


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour; a twin is outlined, as another speaker of the transcript has the same colour."""

    colour: int
    is_twin: bool = False

    def __str__(self) -> str:
        return f"voice-{self.colour} twin" if self.is_twin else f"voice-{self.colour}"


def tint_of(key: object) -> Tint:
    """Return the colour of a person, by identifier, or of a name without a person."""
    return Tint(crc32(str(key).encode()) % COLOURS)


def shape_of(key: object) -> int:
    """Return a shape that distinguishes people of one colour."""
    return crc32(str(key).encode()) // COLOURS % SHAPES


def tints_in(speakers: Iterable[TranscriptSpeaker]) -> dict[str, Tint]:
    """Return colours by name: a person's own colour, and a free one for each other speaker."""
    tints: dict[str, Tint] = {}
    for speaker in sorted(speakers, key=lambda speaker: (speaker.person_id is None, speaker.pk)):
        if speaker.name not in tints:
            taken = {tint.colour for tint in tints.values()}
            own = tint_of(speaker.person_id or speaker.name.casefold()).colour
            colour = own if speaker.person_id else _free_colour(own, taken)
            tints[speaker.name] = Tint(colour, is_twin=colour in taken)
    return tints


def _free_colour(wanted: int, taken: set[int]) -> int:
    others = ((wanted + step) % COLOURS for step in range(COLOURS))
    return next((colour for colour in others if colour not in taken), wanted)
