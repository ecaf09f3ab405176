"""Which colour has a voice? The same on every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from voiceprints.models import TranscriptSpeaker

# As many as the style sheet has.
COLOURS = 8
SHAPES = 4


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour; outlined where somebody else in the same transcript has it."""

    colour: int
    is_twin: bool = False

    def __str__(self) -> str:
        return f"voice-{self.colour} twin" if self.is_twin else f"voice-{self.colour}"


def tint_of(key: object) -> Tint:
    """The colour of a person, by identifier, or of a name that nobody has."""
    return Tint(crc32(str(key).encode()) % COLOURS)


def shape_of(key: object) -> int:
    """A shape that tells people of one colour apart."""
    return crc32(str(key).encode()) // COLOURS % SHAPES


def tints_in(speakers: Iterable[TranscriptSpeaker]) -> dict[str, Tint]:
    """By name: people have the colour they have everywhere, all others one that is left."""
    tints: dict[str, Tint] = {}
    for speaker in sorted(speakers, key=lambda speaker: (speaker.person_id is None, speaker.pk)):
        if speaker.name not in tints:
            taken = {tint.colour for tint in tints.values()}
            own = tint_of(speaker.person_id or speaker.name.casefold()).colour
            colour = own if speaker.person_id else _free(own, taken)
            tints[speaker.name] = Tint(colour, is_twin=colour in taken)
    return tints


def _free(wanted: int, taken: set[int]) -> int:
    others = ((wanted + step) % COLOURS for step in range(COLOURS))
    return next((colour for colour in others if colour not in taken), wanted)
