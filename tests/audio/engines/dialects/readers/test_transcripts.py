"""Transcriptions and turns of foreign engines: the rules for every reader."""

from collections.abc import Mapping

import pytest

from audio.engines.dialects.readers.transcripts import (
    read_transcription,
    read_turns,
    read_words_and_turns,
)
from audio.merge.values import Diarization, Transcription, Turn

LENGTH_S = 12.0


def words(*listed: Mapping[str, object], **body: object) -> list[tuple[str, float, float]]:
    """Return the words of an answer with one segment from 0 to 10 s."""
    segment = {"start": 0, "end": 10, "text": "one two three", "words": list(listed), **body}
    read = read_transcription({"segments": [segment]}, LENGTH_S)
    return [(word.text, word.start, word.end) for word in read.words]


def turns(*segments: Mapping[str, object]) -> tuple[Turn, ...]:
    return read_turns({"segments": list(segments)}, LENGTH_S).turns


def turn(start: object, end: object, speaker: object = "A") -> dict[str, object]:
    return {"start": start, "end": end, "speaker": speaker}


def both(*segments: Mapping[str, object]) -> tuple[Transcription, Diarization]:
    return read_words_and_turns({"segments": list(segments)}, LENGTH_S)


def test_the_words_of_a_segment_share_it_by_their_characters_and_one() -> None:
    assert words() == [("one", 0.0, 40 / 14), ("two", 40 / 14, 80 / 14), ("three", 80 / 14, 10.0)]


def test_words_without_times_share_the_hole_between_their_neighbours() -> None:
    read = words(
        {"word": "room", "start": 1.0, "end": 2.0},
        {"word": "22"},
        {"word": "1234"},
        {"word": "please", "start": 4.0, "end": 5.0},
    )

    assert read[1:3] == [("22", 2.0, 2.75), ("1234", 2.75, 4.0)]


def test_words_without_times_at_the_edges_reach_to_those_of_the_segment() -> None:
    read = words({"word": "7"}, {"word": "please", "start": 4.0, "end": 5.0}, {"word": "8"})

    assert (read[0], read[2]) == (("7", 0.0, 4.0), ("8", 5.0, 10.0))


def test_a_word_without_an_end_ends_where_the_next_begins() -> None:
    read = words({"word": "one", "start": 1.0}, {"word": "two", "start": 3.0, "end": 4.0})

    assert read[0] == ("one", 1.0, 3.0)


def test_tokens_without_times_are_not_words() -> None:
    assert words({"word": " one"}, {"word": " tw"}, {"word": "o"}) == words()


def test_times_may_be_written_as_text() -> None:
    read = words({"word": "one", "start": "1.0", "end": "2"})

    assert read == [("one", 1.0, 2.0)]


def test_estimated_words_are_marked() -> None:
    read = read_transcription({"segments": [{"start": 0, "end": 1, "text": "one"}]}, LENGTH_S)

    assert read.words[0].is_estimated


def test_segments_may_be_unsorted() -> None:
    segments = [
        {"start": 5, "end": 6, "text": " there."},
        {"start": 1, "end": 2, "text": " Hi"},
    ]

    assert read_transcription({"segments": segments}, LENGTH_S).text == "Hi there."


def test_words_may_be_unsorted() -> None:
    listed = [{"word": "there.", "start": 5, "end": 6}, {"word": "Hi", "start": 1, "end": 2}]

    read = read_transcription({"text": "Hi there.", "words": listed}, LENGTH_S)

    assert [word.text for word in read.words] == ["Hi", "there."]


def test_pieces_of_words_are_joined_though_their_times_are_out_of_order() -> None:
    listed = [{"word": " morn", "start": 1.0, "end": 1.4}, {"word": "ing", "start": 0.9, "end": 2}]

    read = read_transcription({"text": " morning", "words": listed}, LENGTH_S)

    assert [(word.text, word.start, word.end) for word in read.words] == [("morning", 0.9, 2.0)]


def test_a_segment_without_an_end_lasts_until_the_next() -> None:
    assert turns(turn(1, None), turn(3, 4, "B")) == (Turn(1.0, 3.0, "A"), Turn(3.0, 4.0, "B"))


def test_the_last_segment_without_an_end_lasts_until_the_end_of_the_recording() -> None:
    assert turns(turn(1, None)) == (Turn(1.0, 12.0, "A"),)


@pytest.mark.parametrize(
    "sound", ["[BLANK_AUDIO]", "[MUSIC]", " (silence)", "(upbeat music)", "♪", "[Musik] [MUSIC]"]
)
def test_a_sound_in_brackets_is_silence(sound: str) -> None:
    segments = [{"start": 0, "end": 1, "text": sound}, {"start": 1, "end": 2, "text": "Hi."}]

    read = read_transcription({"text": f"{sound} Hi.", "segments": segments}, LENGTH_S)

    assert (read.text, [word.text for word in read.words]) == ("Hi.", ["Hi."])


def test_a_sentence_in_brackets_is_speech() -> None:
    segment = {"start": 0, "end": 1, "text": "(Yes, it came at noon, thank you.)"}

    assert len(read_transcription({"segments": [segment]}, LENGTH_S).words) == 7


@pytest.mark.parametrize("sign", ["♪", " ♪", "[a] ", "[a b c d ", "*"])
def test_many_signs_of_music_before_a_word_are_read_once(sign: str) -> None:
    text = f"{sign * 10_000}a"

    assert read_transcription({"text": text}, LENGTH_S).text == text.strip()


def test_a_sound_alone_is_a_silent_recording() -> None:
    assert read_transcription({"text": "[BLANK_AUDIO]"}, LENGTH_S).text == ""


def test_a_segment_that_is_probably_no_speech_is_silence() -> None:
    segment = {"start": 0, "end": 1, "text": "Thank you.", "no_speech_prob": 0.95}

    assert read_transcription({"segments": [segment]}, LENGTH_S).text == ""


def test_a_segment_with_words_is_speech_however_probable() -> None:
    assert words({"word": "one", "start": 0, "end": 1}, no_speech_prob=0.95)


def test_an_empty_text_is_a_silent_recording() -> None:
    assert read_transcription({"text": ""}, LENGTH_S) == Transcription("", (), LENGTH_S)


def test_the_duration_is_that_of_the_recording() -> None:
    assert read_transcription({"text": "", "duration": "11.4"}, LENGTH_S).duration == LENGTH_S


def test_a_number_that_no_reader_uses_may_be_anything() -> None:
    segment = {"start": 0, "end": 1, "text": "one", "avg_logprob": "NaN", "no_speech_prob": "NaN"}

    assert read_transcription({"segments": [segment]}, LENGTH_S).text == "one"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *[("english", "en"), ("en-US", "en"), ("de", "de"), ("Cantonese", "yue"), ("yue", "yue")],
        *[("klingon", None), ("auto", None), (None, None), (7, None), ("a\x00b", None)],
    ],
)
def test_a_language_is_its_code(written: object, code: str | None) -> None:
    assert read_transcription({"text": "Hi.", "language": written}, LENGTH_S).language == code


@pytest.mark.parametrize("speaker", [None, "", "unknown", "UNKNOWN_SPEAKER", "<NA>"])
def test_speech_without_a_speaker_is_no_turn(speaker: object) -> None:
    assert turns(turn(0, 1, speaker), turn(1, 2, "B")) == (Turn(1.0, 2.0, "B"),)


@pytest.mark.parametrize("speaker", [1, 1.0, "1"])
def test_a_label_may_be_a_number(speaker: object) -> None:
    assert turns(turn(0, 1, speaker)) == (Turn(0.0, 1.0, "1"),)


def test_copies_and_pieces_of_one_label_count_once() -> None:
    assert turns(turn(0, 4), turn(1, 2), turn(3, 6), turn(0, 4)) == (Turn(0.0, 6.0, "A"),)


def test_turns_of_several_labels_may_overlap() -> None:
    assert len(turns(turn(0, 4), turn(1, 2, "B"))) == 2


def test_turns_without_length_are_left_out() -> None:
    assert turns(turn(1, 1), turn(2, 3)) == (Turn(2.0, 3.0, "A"),)


def test_turns_end_with_the_recording() -> None:
    assert turns(turn(11, 99)) == (Turn(11.0, 12.0, "A"),)


def test_turns_of_words_are_runs_split_by_long_silences() -> None:
    listed = [
        {"word": "a", "start": 0, "end": 1, "speaker": 1},
        {"word": "b", "start": 2.4, "end": 3, "speaker": 1},
        {"word": "c", "start": 4.6, "end": 5, "speaker": 1},
        {"word": "d", "start": 5, "end": 6, "speaker": 2},
        {"word": "e", "start": 6, "end": 7},
    ]

    _, diarization = read_words_and_turns({"text": "a b c d e", "words": listed}, LENGTH_S)

    assert [(one.start, one.end, one.speaker) for one in diarization.turns] == [
        (0.0, 3.0, "1"),
        (4.6, 5.0, "1"),
        (5.0, 6.0, "2"),
    ]


def test_a_number_without_times_belongs_to_the_words_around_it() -> None:
    listed = [
        {"word": "room", "start": 1.0, "end": 2.0, "speaker": "A"},
        {"word": "22"},
        {"word": "please", "start": 3.0, "end": 4.0, "speaker": "A"},
    ]

    _, diarization = both({"start": 0, "end": 5, "text": "room 22 please", "words": listed})

    assert diarization.turns == (Turn(1.0, 4.0, "A"),)


def test_a_segment_whose_words_have_no_speaker_has_its_own() -> None:
    listed = [{"word": "room", "start": 1.0, "end": 2.0}]

    _, diarization = both({"start": 0, "end": 5, "words": listed, "speaker": "A"})

    assert diarization.turns == (Turn(0.0, 5.0, "A"),)


def test_rttm_is_read() -> None:
    line = "SPEAKER audio 1 0.500 1.500 <NA> <NA> SPEAKER_00 <NA> <NA>"

    assert read_turns(f";; comment\n{line}", LENGTH_S).turns == (Turn(0.5, 2.0, "SPEAKER_00"),)


def test_segments_of_which_none_has_a_time_are_the_text_alone() -> None:
    read = read_transcription(
        {"text": " one two", "segments": [{"id": 0, "text": " one"}, {"id": 1, "text": " two"}]},
        LENGTH_S,
    )

    assert (read.text, read.words) == ("one two", ())


def test_segments_may_be_listed_as_the_text() -> None:
    listed = [{"start": 0, "end": 10, "text": " one two", "speaker": "A"}]

    for answer in ({"text": listed, "segments": listed}, {"text": listed}):
        read, turns = read_words_and_turns(answer, LENGTH_S)
        assert (read.text, turns.turns) == ("one two", (Turn(0.0, 10.0, "A"),))


def test_times_before_the_recording_are_those_of_a_token_without_any() -> None:
    read = words(
        {"word": "one", "start": -0.01, "end": -0.01}, {"word": "two", "start": 4, "end": 5}
    )

    assert read == [("one", 0.0, 4.0), ("two", 4.0, 5.0)]


def test_words_without_marks_get_those_of_the_text() -> None:
    listed = ["good", "morning", "Ben", "how", "how", "are", "you"]
    spoken = [{"word": word, "start": at, "end": at + 0.8} for at, word in enumerate(listed)]

    read = read_transcription(
        {"text": "Good morning, Ben. How are you?", "words": spoken}, LENGTH_S
    )

    assert [word.text for word in read.words] == [
        *("Good", "morning,", "Ben.", "How", "how", "are", "you?")
    ]


def test_whole_nanoseconds_are_read_as_seconds() -> None:
    segment = {"start": 500_000_000, "end": 2_500_000_000, "text": "one"}

    [word] = read_transcription({"segments": [segment]}, LENGTH_S).words

    assert (word.start, word.end) == (0.5, 2.5)


UNREADABLE_WORDS = {
    "it is not JSON": "Bad gateway",
    "it is empty": " ",
    "its text has times and speakers' labels": {"text": "[0.48][S01]one[1.66]"},
    "it is not a JSON object": [],
    "it is an error with status 200": {"error": {"message": "no model"}},
    "it has neither text nor segments": {},
    "text is not a text": {"text": 7},
    "segments is not a list of objects": {"segments": ["one"]},
    "words is not a list of objects": {"words": "one"},
    "start is not a finite number": {"segments": [{"start": "NaN", "end": 1, "text": "one"}]},
    "end is not a finite number": {"words": [{"word": "a", "start": 0, "end": float("inf")}]},
    "an end is before its start": {"words": [{"word": "a", "start": 2, "end": 1}]},
    "a segment has no start": {"segments": [{"text": "one"}]},
    "duration is negative": {"text": "one", "duration": -1},
}


@pytest.mark.parametrize(("reason", "answer"), UNREADABLE_WORDS.items())
def test_an_answer_without_readable_words_is_refused(reason: str, answer: object) -> None:
    with pytest.raises(ValueError, match=reason):
        read_transcription(answer, None)


UNREADABLE_TURNS = {
    "it is not JSON": "<html><body>Bad gateway</body></html>",
    "it is neither JSON nor RTTM": "Bad gateway",
    "it is empty": "",
    "an RTTM line has too few fields": "SPEAKER audio 1 0.5",
    "an RTTM line has no duration": "SPEAKER audio 1 0.5 -1 <NA> <NA> A <NA> <NA>",
    "it has no segments": {"text": "one"},
    "its segments have no speakers": {"segments": [{"start": 0.0, "end": 1.0, "text": "one"}]},
    "end is not a finite number": {"segments": [turn(0, [])]},
    "an end is before its start": {"segments": [turn(2, 1)]},
}


@pytest.mark.parametrize(("reason", "answer"), UNREADABLE_TURNS.items())
def test_an_answer_without_readable_turns_is_refused(reason: str, answer: object) -> None:
    with pytest.raises(ValueError, match=reason):
        read_turns(answer, LENGTH_S)
