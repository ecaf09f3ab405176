"""The comparison of words that are heard with words that were spoken."""

from tests.heard_words import is_heard

SPOKEN = "Good morning, doctor."


def test_spelling_and_what_follows_do_not_count() -> None:
    assert is_heard("good morning doctor, thanks for joining", SPOKEN)


def test_one_word_of_three_may_be_heard_differently() -> None:
    assert is_heard("Good morning, Verona.", SPOKEN)


def test_other_words_are_not_heard() -> None:
    assert not is_heard("Thanks for joining", SPOKEN)
    assert not is_heard("", SPOKEN)
