"""Values of engines' answers that are long or odd."""

import pytest

from audio.engines.dialects.readers.answer_values import is_sound, rttm_items

MANY = 300_000


def test_a_line_of_rttm_with_endless_white_space_is_read_once() -> None:
    line = f"SPEAKER file 1 0.5 1.5 <NA> <NA>{' ' * MANY}Ana"

    assert rttm_items(line) == [{"start": 0.5, "end": 2.0, "speaker": "Ana"}]


@pytest.mark.parametrize("sign", ["♪", " ", "[a] ", "[a b c d]", "*a*. "])
def test_many_sounds_before_a_word_are_read_once(sign: str) -> None:
    assert is_sound(f"♪{sign * MANY}")
    assert not is_sound(f"♪{sign * MANY}a")
