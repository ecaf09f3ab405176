"""Tests of the file format for voiceprints."""

import json

import numpy as np
import pytest

from tests.voiceprints.people import axis
from voiceprints.exchange.voiceprint_file import (
    NamedVoiceprints,
    VoiceprintFile,
    dump_voiceprint_file,
    parse_voiceprint_file,
)


def envelope(**fields: object) -> str:
    return json.dumps({"space": "titanet", "voiceprints": {"Ana": [axis(0).tolist()]}} | fields)


def test_a_written_file_is_read_again() -> None:
    stored = VoiceprintFile(
        "titanet@1",
        (
            NamedVoiceprints("Ana Ruiz", (axis(0), axis(1))),
            NamedVoiceprints("José “J” O'Neil", (axis(2),)),
        ),
    )

    again = parse_voiceprint_file(dump_voiceprint_file(stored))

    assert (again.space, [one.name for one in again.people]) == (
        "titanet@1",
        ["Ana Ruiz", "José “J” O'Neil"],
    )
    assert np.array_equal(again.people[0].vectors, [axis(0), axis(1)])


def test_a_library_without_people_is_a_file() -> None:
    assert parse_voiceprint_file(
        dump_voiceprint_file(VoiceprintFile("titanet", ()))
    ) == VoiceprintFile("titanet", ())


def test_known_voiceprints_are_read_with_a_given_space() -> None:
    known = parse_voiceprint_file(json.dumps({"Ana": axis(0).tolist()}), space="titanet")

    assert known.space == "titanet"
    assert np.array_equal(known.people[0].vectors, [axis(0)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "Expected an object"),
        (envelope(space=""), "space: expected the name"),
        (envelope(space=7), "space: expected the name"),
        (envelope(space=None), "does not name the space"),
        (envelope(voiceprints=[]), "voiceprints: expected an object"),
        (envelope(voiceprints={"Ana": "loud"}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": []}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": [1.0] * 191}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": [[1.0] * 192, 5]}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": [float("nan")] * 192}), r"voiceprints\['Ana'\]: expected"),
        (envelope(voiceprints={"Ana": [True] * 192}), r"voiceprints\['Ana'\]: expected 192"),
    ],
)
def test_an_invalid_file_is_refused_with_the_field(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_voiceprint_file(text)


def test_a_file_of_another_space_than_the_given_one_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 'campplus', got 'titanet' in the file"):
        parse_voiceprint_file(envelope(), space="campplus")
