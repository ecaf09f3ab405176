from cpu_engine.whisper import Word, whole_words


def pieces(*texts: str) -> list[Word]:
    """One piece per second."""
    return [Word(second, second + 1.0, text, 0.9) for second, text in enumerate(texts)]


def test_a_word_that_was_split_is_whole_again() -> None:
    words = whole_words(pieces(" an", " X", "-ray", " of", " 420", ",000"))

    assert [word.text for word in words] == ["an", "X-ray", "of", "420,000"]
    assert (words[1].start, words[1].end) == (1, 3)


def test_words_of_a_language_without_spaces_stay_apart() -> None:
    assert [word.text for word in whole_words(pieces("今日", "は", "。"))] == ["今日", "は。"]


def test_an_empty_piece_is_no_word() -> None:
    assert whole_words(pieces(" ", "")) == []


def test_times_are_rounded_to_milliseconds() -> None:
    assert whole_words([Word(0.12345, 0.98765, " so", 1.0)]) == [Word(0.123, 0.988, "so", 1.0)]


def test_a_word_that_was_split_has_the_least_confidence_of_its_pieces() -> None:
    split = [Word(0.0, 0.5, " X", 0.95), Word(0.5, 1.0, "-ray", 0.41234)]

    assert whole_words(split) == [Word(0.0, 1.0, "X-ray", 0.412)]
