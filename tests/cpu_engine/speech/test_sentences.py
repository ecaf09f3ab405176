from cpu_engine.speech.sentences import pieces, sentences


def test_a_text_is_split_at_the_ends_of_its_sentences() -> None:
    assert sentences("One. Two? Three!\nFour") == ["One.", "Two?", "Three!", "Four"]


def test_a_title_does_not_end_a_sentence() -> None:
    assert sentences("Dr. Smith is here. He waits.") == ["Dr. Smith is here.", "He waits."]


def test_an_empty_text_has_no_sentence() -> None:
    assert sentences("  \n ") == []


def test_a_long_sentence_is_cut_after_clauses() -> None:
    assert pieces("one two, three four, five", 15) == ["one two,", "three four,", "five"]


def test_a_long_clause_is_cut_between_words() -> None:
    assert pieces("one two three four", 9) == ["one two", "three", "four"]


def test_a_long_word_is_cut_anywhere_and_nothing_is_lost() -> None:
    assert pieces("abcdefgh", 3) == ["abc", "def", "gh"]


def test_no_piece_of_a_long_text_exceeds_the_limit() -> None:
    long = sentences("and so on " * 500)

    assert max(len(piece) for piece in long) <= 200
    assert " ".join(long).split() == ("and so on " * 500).split()
