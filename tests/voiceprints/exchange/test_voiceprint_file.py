"""Voiceprints as a file."""

import json

import numpy as np
import pytest

from tests.voiceprints.people import axis
from voiceprints.exchange.voiceprint_file import Exchange, NamedPrints, read, written


def envelope(**fields: object) -> str:
    return json.dumps({"space": "titanet", "voiceprints": {"Ana": [axis(0).tolist()]}} | fields)


def test_what_is_written_is_read_again() -> None:
    kept = Exchange(
        "titanet@1",
        (NamedPrints("Ana Ruiz", (axis(0), axis(1))), NamedPrints("José “J” O'Neil", (axis(2),))),
    )

    again = read(written(kept))

    assert (again.space, [one.name for one in again.people]) == (
        "titanet@1",
        ["Ana Ruiz", "José “J” O'Neil"],
    )
    assert np.array_equal(again.people[0].vectors, [axis(0), axis(1)])


def test_a_library_without_people_is_a_file() -> None:
    assert read(written(Exchange("titanet", ()))) == Exchange("titanet", ())


def test_known_voiceprints_are_read_in_the_space_somebody_names() -> None:
    known = read(json.dumps({"Ana": axis(0).tolist()}), space="titanet")

    assert known.space == "titanet"
    assert np.array_equal(known.people[0].vectors, [axis(0)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "Expected an object"),
        (envelope(space=""), "space: expected the name"),
        (envelope(space=7), "space: expected the name"),
        (envelope(space=None), "does not say which space"),
        (envelope(voiceprints=[]), "voiceprints: expected an object"),
        (envelope(voiceprints={"Ana": "loud"}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": []}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": [1.0] * 191}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": [[1.0] * 192, 5]}), r"voiceprints\['Ana'\]: expected 192"),
        (envelope(voiceprints={"Ana": [float("nan")] * 192}), r"voiceprints\['Ana'\]: expected"),
        (envelope(voiceprints={"Ana": [True] * 192}), r"voiceprints\['Ana'\]: expected 192"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(text)


def test_a_file_of_another_space_than_somebody_says_is_refused() -> None:
    with pytest.raises(ValueError, match="the file says 'titanet', you say 'campplus'"):
        read(envelope(), space="campplus")
