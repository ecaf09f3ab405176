"""The colours of people and speakers."""

from uuid import UUID

from voiceprints.admin.colours import COLOURS, Tint, tint_of, tints_in
from voiceprints.models import TranscriptSpeaker

ANA, BEN = UUID(int=1), UUID(int=2)


def test_a_person_has_the_same_colour_in_every_transcript() -> None:
    alone = tints_in([speaker(1, "Ana", ANA)])
    among_others = tints_in([speaker(1, "Zoe"), speaker(2, "Ben", BEN), speaker(3, "Ana", ANA)])

    assert alone["Ana"].colour == among_others["Ana"].colour == tint_of(ANA).colour


def test_an_unknown_gets_a_free_colour() -> None:
    speakers = [speaker(n, f"Unknown_{n}") for n in range(COLOURS)]

    assert len({tint.colour for tint in tints_in(speakers).values()}) == COLOURS


def test_people_of_one_colour_are_distinguished_by_an_outline() -> None:
    same = [key for key in map(UUID, range_of_ids()) if tint_of(key) == tint_of(ANA)]
    first, second = tints_in([speaker(1, "Ana", ANA), speaker(2, "Twin", same[1])]).values()

    assert (str(first), str(second)) == (f"voice-{first.colour}", f"voice-{first.colour} twin")


def test_speakers_who_share_a_name_share_a_colour() -> None:
    assert len(tints_in([speaker(1, "Ana", ANA), speaker(2, "Ana", ANA)])) == 1


def test_a_tint_is_a_class_of_the_style_sheet() -> None:
    assert str(Tint(3)) == "voice-3"


def range_of_ids() -> list[str]:
    return [f"{number:032x}" for number in range(1, 100)]


def speaker(key: int, name: str, person: UUID | None = None) -> TranscriptSpeaker:
    return TranscriptSpeaker(pk=key, name=name, person_id=person)
