import pytest

from nvidia_engine.recognition.tdt import Token
from nvidia_engine.recognition.token_words import parse_vocabulary, spell_words

PIECES = ["<unk>", "▁good", "▁mor", "ning", ".", "▁<0xC3>", "<0xC3>", "<0xA9>", "▁", "<blk>"]


def token(piece: str, frame: int, jump: int = 1, probability: float = 0.9) -> Token:
    return Token(PIECES.index(piece), frame, jump, probability)


def spelled(*tokens: Token, offset_s: float = 0.0) -> list[tuple[str, float, float]]:
    return [(w.text, w.start, w.end) for w in spell_words(tokens, PIECES, offset_s, 60.0)]


def test_pieces_join_the_word_before_unless_they_begin_one() -> None:
    words = spelled(
        token("▁good", 0, 3), token("▁mor", 10, 2), token("ning", 12, 4), token(".", 16, 0)
    )

    assert words == [("good", 0.0, 0.24), ("morning.", 0.8, 1.28)]


def test_a_word_ends_before_the_next_begins() -> None:
    assert spelled(token("▁good", 0, 4), token("▁mor", 2))[0] == ("good", 0.0, 0.16)


def test_a_word_lasts_a_frame_where_there_is_room() -> None:
    assert spelled(token("▁good", 5, 0)) == [("good", 0.4, 0.48)]


def test_a_word_ends_with_its_window() -> None:
    [word] = spell_words([token("▁good", 5, 4)], PIECES, 0.0, 0.5)

    assert word.end == 0.5


def test_times_count_from_the_beginning_of_the_recording() -> None:
    assert spelled(token("▁good", 0), offset_s=16.5) == [("good", 16.5, 16.58)]


def test_confidence_is_that_of_the_least_sure_piece() -> None:
    tokens = [token("▁mor", 0, probability=0.9), token("ning", 1, probability=0.4)]

    [word] = spell_words(tokens, PIECES, 0.0, 60.0)

    assert word.confidence == 0.4


def test_pieces_that_are_bytes_are_decoded_together() -> None:
    assert spelled(token("▁mor", 0), token("<0xC3>", 1), token("<0xA9>", 2))[0][0] == "moré"


def test_marks_are_dropped() -> None:
    assert spelled(token("<unk>", 0), token("▁good", 1)) == [("good", 0.08, 0.16)]


def test_a_piece_without_text_gives_no_word() -> None:
    assert spelled(token("▁", 0)) == []


def test_a_vocabulary_is_read_in_order() -> None:
    assert parse_vocabulary("<unk> 0\n▁a 1\n<blk> 2\n") == ["<unk>", "▁a", "<blk>"]


@pytest.mark.parametrize("text", ["", "a 0\n", "a 1\n<blk> 0\n", "a\n<blk>\n"])
def test_a_vocabulary_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"vocab\.txt: expected"):
        parse_vocabulary(text)
