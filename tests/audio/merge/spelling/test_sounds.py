"""How words sound and look."""

import pytest

from audio.merge.spelling.sounds import is_alike, near_keys, syllables


@pytest.mark.parametrize(
    ("word", "count"), [("zorvath", 2), ("halnely", 3), ("luke", 1), ("the", 1), ("mkdr", 0)]
)
def test_a_word_has_its_syllables(word: str, count: int) -> None:
    assert len(syllables(word)) == count


@pytest.mark.parametrize(
    ("one", "other"), [("mertus", "murtus"), ("breenia", "brenia"), ("zendrow", "zendrao")]
)
def test_vowels_that_sound_the_same_are_alike(one: str, other: str) -> None:
    assert is_alike(one, other)


def test_a_doubtful_word_must_sound_the_same() -> None:
    assert is_alike("sophman", "sothman")
    assert not is_alike("sophman", "sothman", is_doubtful=True)
    assert is_alike("cubernetes", "kubernetes", is_doubtful=True)


def test_near_keys_share_a_key_without_one_consonant() -> None:
    assert near_keys("SFMN") & near_keys("S0MN")
    assert not near_keys("TL")
