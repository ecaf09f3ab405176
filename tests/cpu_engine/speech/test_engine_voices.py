from pathlib import Path

import numpy as np
import pytest

from cpu_engine.http.errors import BadRequest
from cpu_engine.speech.engine_voices import STYLE_SHAPE, Ingredient, parse_voice, style_of

KNOWN = ["af_bella", "af_sky", "bm_george"]


def test_a_name_is_the_whole_voice() -> None:
    assert parse_voice("af_sky", KNOWN).ingredients == (Ingredient("af_sky", 1.0),)


def test_the_weights_of_a_mix_are_divided_by_their_sum() -> None:
    voice = parse_voice("af_bella(3) + af_sky(1)", KNOWN)

    assert voice.ingredients == (Ingredient("af_bella", 0.75), Ingredient("af_sky", 0.25))


def test_a_minus_subtracts() -> None:
    voice = parse_voice("af_bella-af_sky", KNOWN)

    assert [ingredient.weight for ingredient in voice.ingredients] == [0.5, -0.5]


def test_an_openai_name_is_an_alias_of_a_voice() -> None:
    assert parse_voice("onyx", KNOWN).ingredients[0].name == "bm_george"


def test_a_voice_that_begins_with_b_is_british() -> None:
    assert parse_voice("bm_george+af_sky", KNOWN).british
    assert not parse_voice("af_sky+bm_george", KNOWN).british


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "af_sky+", "af_sky(", "af_sky(0)", "af_sky(-1)", "af_sky af_bella", "../x"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_voice(text, KNOWN)


def test_styles_are_mixed_by_weight(tmp_path: Path) -> None:
    np.full(STYLE_SHAPE, 4, "<f4").tofile(tmp_path / "af_bella.bin")
    np.full(STYLE_SHAPE, 8, "<f4").tofile(tmp_path / "af_sky.bin")

    style = style_of(parse_voice("af_bella(3)+af_sky(1)", KNOWN), tmp_path)

    assert style.shape == STYLE_SHAPE
    assert style[0, 0] == 5
