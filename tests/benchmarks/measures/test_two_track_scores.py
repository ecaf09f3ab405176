"""Counts of words under the right name, of bleed, and of words lost in double talk."""

from benchmarks.measures.two_track_scores import Counts, SpokenTurn, count_words

MINE = SpokenTurn("Ana", "good morning to you all here", 0.0, 5.0)
THEIRS = SpokenTurn("Ben", "the budget was approved", 4.0, 8.0)


def test_a_right_transcript_has_no_errors() -> None:
    counts = count_words([MINE, THEIRS], [MINE, THEIRS], "Ana")

    assert (counts.words, counts.errors, counts.right, counts.bleed) == (10, 0, 10, 0)


def test_words_of_others_under_the_users_name_are_bleed() -> None:
    bled = SpokenTurn("Ana", "good morning to you all here budget was", 0.0, 8.0)

    counts = count_words([MINE, THEIRS], [bled, THEIRS], "Ana")

    assert (counts.bleed, counts.remote, counts.errors) == (2, 4, 2)


def test_words_that_are_missing_in_double_talk_are_counted_apart() -> None:
    cut = SpokenTurn("Ana", "good morning to you all", 0.0, 4.0)

    counts = count_words([MINE, THEIRS], [cut, THEIRS], "Ana")

    assert (counts.double, counts.lost_double, counts.alone, counts.lost_alone) == (1, 1, 5, 0)


def test_a_word_that_was_recognized_wrongly_is_not_lost() -> None:
    wrong = SpokenTurn("Ana", "good morning to you all hear", 0.0, 5.0)

    counts = count_words([MINE, THEIRS], [wrong, THEIRS], "Ana")

    assert (counts.lost_alone, counts.lost_double, counts.right) == (0, 0, 9)


def test_another_name_is_no_error_of_cpwer_but_its_words_are_not_right() -> None:
    renamed = SpokenTurn("Unknown_0", THEIRS.text, 4.0, 8.0)

    counts = count_words([MINE, THEIRS], [MINE, renamed], "Ana")

    assert (counts.errors, counts.right) == (0, 6)


def test_counts_of_two_recordings_add_up() -> None:
    assert Counts(words=2, errors=1) + Counts(words=3) == Counts(words=5, errors=1)
    assert Counts(words=4, errors=1).percentages["cpWER"] == 25.0
