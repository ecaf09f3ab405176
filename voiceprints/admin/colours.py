"""Colours of people and speakers, the same on every page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID
from zlib import crc32

from voiceprints.models import Person, TranscriptSpeaker

# The number of voice colours in voices.css.
COLOURS = 8
SHAPES = 4
# People who were added later have a colour by chance: reading more for a page takes too long.
MOST_RANKED = 1000


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour; a twin is outlined, as another speaker of the transcript has the same colour."""

    colour: int
    is_twin: bool = False

    def __str__(self) -> str:
        return f"voice-{self.colour} twin" if self.is_twin else f"voice-{self.colour}"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of people, by the order in which they were added: neighbours differ."""

    ranks: Mapping[UUID, int] = field(default_factory=dict)

    def tint_of(self, key: object) -> Tint:
        """Return the colour of a person, by identifier, or of a name without a person."""
        return Tint(self._rank_of(key) % COLOURS)

    def shape_of(self, key: object) -> int:
        """Return a shape that distinguishes people of one colour."""
        return self._rank_of(key) // COLOURS % SHAPES

    def tints_in(self, speakers: Iterable[TranscriptSpeaker]) -> dict[str, Tint]:
        """Return colours by name: a person's own, and a free one for each other speaker."""
        tints: dict[str, Tint] = {}
        for speaker in sorted(speakers, key=lambda one: (one.person_id is None, one.pk)):
            if speaker.name not in tints:
                taken = {tint.colour for tint in tints.values()}
                own = self.tint_of(speaker.person_id or speaker.name.casefold()).colour
                colour = own if speaker.person_id else _free_colour(own, taken)
                tints[speaker.name] = Tint(colour, is_twin=colour in taken)
        return tints

    def _rank_of(self, key: object) -> int:
        rank = self.ranks.get(key) if isinstance(key, UUID) else None
        return crc32(str(key).encode()) if rank is None else rank


def read_palette() -> Palette:
    """Return the colours of the people of the library."""
    people = Person.objects.order_by("created_at", "pk").values_list("pk", flat=True)
    return Palette({pk: rank for rank, pk in enumerate(people[:MOST_RANKED])})


def _free_colour(wanted: int, taken: set[int]) -> int:
    others = ((wanted + step) % COLOURS for step in range(COLOURS))
    return next((colour for colour in others if colour not in taken), wanted)
