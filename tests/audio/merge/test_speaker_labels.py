"""Which speaker said which block, before anybody has a name."""

from audio.merge.diarized_speakers import check_speaker_limit
from audio.merge.speaker_labels import LabellingRule, label_blocks, length_of
from audio.merge.values import Block, Diarization, Transcription
from tests.audio.merge.recordings import diarization, words


def test_a_text_without_words_is_one_block_of_the_speaker_of_the_longest_turn() -> None:
    heard = diarization((0.0, 2.0, "A"), (2.0, 7.0, "B"), (7.0, 9.0, "A"), duration=10.0)

    blocks, [notice] = label_blocks(heard, Transcription(" Hello there. ", ()))

    assert blocks == (Block(0, 10_000, "B", "Hello there."),)
    assert notice.code == "text_without_words"


def test_a_text_with_blank_words_is_a_text_without_words() -> None:
    heard = diarization((0.0, 2.0, "A"), duration=3.0)

    blocks, _ = label_blocks(heard, Transcription("Hello.", words((0.0, 1.0, " "))))

    assert blocks == (Block(0, 3000, "A", "Hello."),)


def test_a_text_without_words_or_turns_belongs_to_nobody() -> None:
    blocks, _ = label_blocks(diarization(), Transcription("Hello.", (), duration=3.0))

    assert blocks == (Block(0, 3000, "Speaker_unknown", "Hello."),)


def test_nothing_said_makes_no_block_and_no_notice() -> None:
    assert label_blocks(diarization((0.0, 2.0, "A")), Transcription(" ", ())) == ((), ())


def test_words_near_a_turn_belong_to_it_within_the_tolerance() -> None:
    said = Transcription("so yes", words((0.0, 0.9, "so"), (1.02, 1.3, "yes")))

    blocks, _ = label_blocks(
        diarization((0.0, 1.0, "A")), said, rule=LabellingRule(tolerance_s=0.25)
    )

    assert blocks == (Block(0, 1300, "A", "so yes"),)


def test_a_recording_is_as_long_as_the_longer_of_two_answers() -> None:
    assert length_of(diarization(duration=12.0), Transcription("", (), duration=12.5)) == 12.5


def test_without_an_answer_a_recording_ends_with_its_last_turn_or_word() -> None:
    said = Transcription("hi", words((1.0, 4.0, "hi")))

    assert length_of(diarization((0.0, 3.0, "A")), said) == 4.0


def test_an_empty_recording_has_no_length() -> None:
    assert length_of(diarization(), None) == 0.0


def test_overlapping_turns_share_the_words_on_request() -> None:
    heard = diarization((0.0, 4.0, "A"), (3.0, 9.0, "B"), duration=9.0)
    said = Transcription("", words((2.0, 3.0, "mine"), (3.5, 4.0, "yours")))

    plain, _ = label_blocks(heard, said)
    shared, _ = label_blocks(heard, said, rule=LabellingRule(share_overlaps=True))

    assert [block.speaker for block in plain] == ["A"]
    assert [block.speaker for block in shared] == ["A", "B"]


def test_four_speakers_in_one_answer_are_told() -> None:
    few, four = Diarization((), ("A",)), Diarization((), ("A", "B", "C", "D"))

    [notice] = check_speaker_limit(few, four)

    assert notice.code == "speaker_limit_reached"
    assert "found 4 speakers" in notice.message


def test_a_fourth_speaker_outside_the_detected_ones_counts() -> None:
    heard = diarization((0.0, 1.0, "D"), speakers=["A", "B", "C"])

    assert len(check_speaker_limit(heard)) == 1


def test_three_speakers_in_each_of_two_answers_are_no_limit() -> None:
    assert check_speaker_limit(Diarization((), ("A", "B", "C")), Diarization((), ("X", "Y"))) == ()


def test_by_the_plain_rule_a_word_near_a_turn_belongs_to_nobody() -> None:
    said = Transcription("yes", words((1.02, 1.3, "yes")))

    blocks, _ = label_blocks(diarization((0.0, 1.0, "A")), said)

    assert blocks == (Block(1020, 1300, "Speaker_unknown", "yes"),)
