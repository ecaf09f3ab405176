from cpu_engine.whisper import Word, whole_words


def pieces(*texts: str) -> list[Word]:
    """One piece per second."""
    return [Word(second, second + 1.0, text) for second, text in enumerate(texts)]


def test_a_word_that_was_split_is_whole_again() -> None:
    words = whole_words(pieces(" an", " X", "-ray", " of", " 420", ",000"))

    assert [word.text for word in words] == ["an", "X-ray", "of", "420,000"]
    assert (words[1].start, words[1].end) == (1, 3)


def test_words_of_a_language_without_spaces_stay_apart() -> None:
    assert [word.text for word in whole_words(pieces("今日", "は", "。"))] == ["今日", "は。"]


def test_an_empty_piece_is_no_word() -> None:
    assert whole_words(pieces(" ", "")) == []


def test_times_are_rounded_to_milliseconds() -> None:
    assert whole_words([Word(0.12345, 0.98765, " so")]) == [Word(0.123, 0.988, "so")]
