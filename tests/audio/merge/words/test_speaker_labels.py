"""Words and blocks under the labels of a diarization."""

from audio.merge.values import Block, Transcription, Turn
from audio.merge.words.speaker_labels import LabellingRule, label_blocks, length_of, share_overlaps
from tests.audio.merge.recordings import diarization, words


def test_a_text_without_words_is_one_block_of_the_speaker_of_the_longest_turn() -> None:
    diarized = diarization((0.0, 2.0, "A"), (2.0, 7.0, "B"), (7.0, 9.0, "A"), duration=10.0)

    blocks, [notice] = label_blocks(diarized, Transcription(" Hello there. ", ()))

    assert blocks == (Block(0, 10_000, "B", "Hello there."),)
    assert notice.code == "text_without_words"


def test_a_text_with_blank_words_is_a_text_without_words() -> None:
    diarized = diarization((0.0, 2.0, "A"), duration=3.0)

    blocks, _ = label_blocks(diarized, Transcription("Hello.", words((0.0, 1.0, " "))))

    assert blocks == (Block(0, 3000, "A", "Hello."),)


def test_a_text_without_words_or_turns_has_no_speaker() -> None:
    blocks, _ = label_blocks(diarization(), Transcription("Hello.", (), duration=3.0))

    assert blocks == (Block(0, 3000, "Speaker_unknown", "Hello."),)


def test_an_empty_transcription_makes_no_block_and_no_warning() -> None:
    assert label_blocks(diarization((0.0, 2.0, "A")), Transcription(" ", ())) == ((), ())


def test_words_near_a_turn_belong_to_it_within_the_tolerance() -> None:
    transcribed = Transcription("so yes", words((0.0, 0.9, "so"), (1.02, 1.3, "yes")))

    blocks, _ = label_blocks(
        diarization((0.0, 1.0, "A")), transcribed, rule=LabellingRule(tolerance_s=0.25)
    )

    assert blocks == (Block(0, 1300, "A", "so yes"),)


def test_a_recording_is_as_long_as_the_longer_of_two_answers() -> None:
    assert length_of(diarization(duration=12.0), Transcription("", (), duration=12.5)) == 12.5


def test_without_an_answer_a_recording_ends_with_its_last_turn_or_word() -> None:
    transcribed = Transcription("hi", words((1.0, 4.0, "hi")))

    assert length_of(diarization((0.0, 3.0, "A")), transcribed) == 4.0


def test_an_empty_recording_has_no_length() -> None:
    assert length_of(diarization(), None) == 0.0


def test_overlapping_turns_share_the_words_when_the_rule_says_so() -> None:
    diarized = diarization((0.0, 4.0, "A"), (3.0, 9.0, "B"), duration=9.0)
    transcribed = Transcription("", words((2.0, 3.0, "mine"), (3.5, 4.0, "yours")))

    plain, _ = label_blocks(diarized, transcribed)
    shared, _ = label_blocks(diarized, transcribed, rule=LabellingRule(share_overlaps=True))

    assert [block.speaker for block in plain] == ["A"]
    assert [block.speaker for block in shared] == ["A", "B"]


def test_by_the_plain_rule_a_word_near_a_turn_has_no_speaker() -> None:
    transcribed = Transcription("yes", words((1.02, 1.3, "yes")))

    blocks, _ = label_blocks(diarization((0.0, 1.0, "A")), transcribed)

    assert blocks == (Block(1020, 1300, "Speaker_unknown", "yes"),)


def spans(*turns: Turn) -> list[tuple[float, float, str]]:
    return [(turn.start, turn.end, turn.speaker) for turn in share_overlaps(turns)]


def test_two_turns_are_cut_at_the_middle_of_their_overlap() -> None:
    shared = spans(Turn(0.0, 4.0, "A"), Turn(3.0, 9.0, "B"))

    assert shared == [(0.0, 3.5, "A"), (3.5, 9.0, "B")]


def test_a_turn_between_two_others_is_cut_at_both_ends() -> None:
    shared = spans(Turn(0.0, 4.0, "A"), Turn(3.0, 9.0, "B"), Turn(8.0, 12.0, "A"))

    assert shared == [(0.0, 3.5, "A"), (3.5, 8.5, "B"), (8.5, 12.0, "A")]


def test_a_turn_inside_another_is_unchanged() -> None:
    turns = (Turn(0.0, 9.0, "A"), Turn(3.0, 4.0, "B"))

    assert share_overlaps(turns) == turns


def test_a_turn_inside_another_that_ends_with_it_is_unchanged() -> None:
    turns = (Turn(0.0, 9.0, "A"), Turn(3.0, 9.0, "B"))

    assert share_overlaps(turns) == turns


def test_overlapping_turns_of_one_speaker_are_unchanged() -> None:
    turns = (Turn(0.0, 4.0, "A"), Turn(3.0, 9.0, "A"))

    assert share_overlaps(turns) == turns


def test_turns_that_touch_are_unchanged() -> None:
    turns = (Turn(0.0, 4.0, "A"), Turn(4.0, 9.0, "B"))

    assert share_overlaps(turns) == turns


def test_the_order_they_are_listed_in_does_not_matter() -> None:
    assert spans(Turn(3.0, 9.0, "B"), Turn(0.0, 4.0, "A")) == [(0.0, 3.5, "A"), (3.5, 9.0, "B")]


def test_three_overlapping_turns_are_cut_pair_by_pair() -> None:
    shared = spans(Turn(0.0, 6.0, "A"), Turn(1.0, 6.5, "B"), Turn(1.0, 20.0, "C"))

    assert shared == [(0.0, 3.5, "A"), (3.5, 3.75, "B"), (3.75, 20.0, "C")]
