"""The colours of people and speakers."""

from uuid import UUID

import pytest

from tests.voiceprints.people import consenting
from voiceprints.admin.colours import COLOURS, Palette, Tint, read_palette
from voiceprints.models import TranscriptSpeaker

ANA, BEN = UUID(int=1), UUID(int=2)
PALETTE = Palette({ANA: 0, BEN: 1})


def test_a_person_has_the_same_colour_in_every_transcript() -> None:
    alone = PALETTE.tints_in([speaker(1, "Ana", ANA)])
    among_others = PALETTE.tints_in(
        [speaker(1, "Zoe"), speaker(2, "Ben", BEN), speaker(3, "Ana", ANA)]
    )

    assert alone["Ana"].colour == among_others["Ana"].colour == PALETTE.tint_of(ANA).colour


def test_an_unknown_gets_a_free_colour() -> None:
    speakers = [speaker(n, f"Unknown_{n}") for n in range(COLOURS)]

    assert len({tint.colour for tint in PALETTE.tints_in(speakers).values()}) == COLOURS


def test_people_of_one_colour_are_distinguished_by_an_outline() -> None:
    palette = Palette({ANA: 0, BEN: COLOURS})
    first, second = palette.tints_in([speaker(1, "Ana", ANA), speaker(2, "Ben", BEN)]).values()

    assert (str(first), str(second)) == ("voice-0", "voice-0 twin")
    assert palette.shape_of(ANA) != palette.shape_of(BEN)


@pytest.mark.django_db
def test_people_who_were_added_after_each_other_differ() -> None:
    people = [consenting(f"Person {number}") for number in range(COLOURS)]
    palette = read_palette()

    assert len({palette.tint_of(person.pk) for person in people}) == COLOURS


def test_speakers_who_share_a_name_share_a_colour() -> None:
    assert len(PALETTE.tints_in([speaker(1, "Ana", ANA), speaker(2, "Ana", ANA)])) == 1


def test_a_tint_is_a_class_of_the_style_sheet() -> None:
    assert str(Tint(3)) == "voice-3"


def speaker(key: int, name: str, person: UUID | None = None) -> TranscriptSpeaker:
    return TranscriptSpeaker(pk=key, name=name, person_id=person)
