"""A voice, or a mix of voices, as clients write it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.engines.speech_voices import Ingredient, engine_mix, parse_mix

NAMES = st.from_regex(r"[a-z]{2}_[a-z0-9]{1,12}", fullmatch=True)
WEIGHTS = st.one_of(
    st.just(""), st.integers(1, 9).map("({})".format), st.sampled_from(["(.5)", "(2.)", "(0.25)"])
)
ITEMS = st.builds(str.__add__, NAMES, WEIGHTS)
SIGNED = st.builds(str.__add__, st.sampled_from("+-"), ITEMS)
MIXES = st.builds(lambda first, rest: first + "".join(rest), ITEMS, st.lists(SIGNED, max_size=4))


@given(MIXES)
def test_a_mix_is_spelled_as_it_was_written(mix: str) -> None:
    assert str(parse_mix(mix)) == mix


@given(MIXES)
def test_spaces_in_a_mix_count_for_nothing(mix: str) -> None:
    spaced = re.sub(r"([()+-])", r" \1\t", mix)

    assert parse_mix(spaced) == parse_mix(mix)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("a1_+-(). /"), max_size=30))
def test_nothing_but_harmless_characters_passes(text: str) -> None:
    try:
        passed = str(parse_mix(text))
    except ValueError:
        passed = ""

    assert re.fullmatch(r"[A-Za-z0-9_+\-().]*", passed)


def test_a_mix_is_read_into_voices_with_signs_and_weights() -> None:
    assert parse_mix("af_bella(2) - af_sky").ingredients == (
        Ingredient("af_bella", weight="2"),
        Ingredient("af_sky", sign="-"),
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "+", "a+", "+a", "a++b", "a()", "a(b)", "a(1", "a(-1)", "a(1e3)", "a(1.2.3)"),
        *(
            "a(0)",
            "a(0.0)",
            f"a({'9' * 150}{'9' * 40}e)",
            "a.b",
            "../a",
            "a/b",
            "ä",
            "a\x00",
            "a*b",
        ),
        *("a" * 201, "a(٣)"),
    ],
)
def test_what_is_no_mix_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a voice|greater than 0"):
        parse_mix(text)


def test_openai_names_in_a_mix_become_the_engines() -> None:
    assert str(engine_mix(parse_mix("Alloy(2)+af_sky-marin"))) == "am_adam(2)+af_sky-af_heart"
