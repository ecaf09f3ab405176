"""The places where a transcription is cut into cues."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from audio.formats.cues import Cue, cut_cues, sentence_cues, shown_briefly, subtitle_cues
from audio.formats.line_breaks import display_columns
from audio.merge.values import NamedTranscript, Transcription, Word
from audio.merge.words.assignment import group_words


def transcribed(*words: Word) -> Transcription:
    return Transcription(" ".join(word.text for word in words), words, duration=60.0)


def test_a_sentence_ends_a_cue() -> None:
    cut = sentence_cues(transcribed(Word(0, 1, "Yes."), Word(1, 2, "No."), Word(2, 3, "Maybe")))

    assert cut == [Cue(0, 1, "Yes."), Cue(1, 2, "No."), Cue(2, 3, "Maybe")]


def test_a_pause_of_more_than_a_second_and_a_half_ends_a_cue() -> None:
    assert len(sentence_cues(transcribed(Word(0, 1, "well"), Word(2.5, 3, "then")))) == 1
    assert len(sentence_cues(transcribed(Word(0, 1, "well"), Word(2.51, 3, "then")))) == 2


def test_no_cue_is_longer_than_seven_seconds() -> None:
    cut = sentence_cues(transcribed(*(Word(second, second + 1, "so") for second in range(10))))

    assert [cue.end - cue.start for cue in cut] == [7, 3]


def test_no_cue_has_more_than_84_characters() -> None:
    cut = sentence_cues(transcribed(*(Word(n / 10, n / 10 + 0.1, "ninechars") for n in range(20))))

    assert [len(cue.text) for cue in cut] == [79, 79, 39]


def test_a_text_without_words_is_one_cue_as_long_as_the_recording() -> None:
    assert sentence_cues(Transcription("Hello.", (), duration=4.5)) == [Cue(0.0, 4.5, "Hello.")]


def test_silence_has_no_cues() -> None:
    assert sentence_cues(Transcription("", (), duration=4.5)) == []


def named(*words: Word, speaker: str = "Ann") -> NamedTranscript:
    return NamedTranscript("mono", 60.0, (), tuple(group_words(words, [speaker] * len(words))))


def spoken(texts: Iterable[str], each_s: float = 0.25) -> list[Word]:
    return [Word(at * each_s, (at + 1) * each_s, text) for at, text in enumerate(texts)]


def test_a_block_is_cut_into_cues_with_the_times_of_its_words() -> None:
    transcript = named(Word(0, 1, "Yes."), Word(1.25, 2, "No,"), Word(2, 3, "maybe"))

    assert subtitle_cues(transcript) == [
        Cue(0, 1, "Yes.", "Ann"),
        Cue(1.25, 3, "No, maybe", "Ann"),
    ]


def test_a_name_takes_its_columns_from_the_text() -> None:
    words = spoken(["ninechars"] * 20, 0.1)

    cut = subtitle_cues(named(*words, speaker="Bartholomew Higgs"))

    assert {len(f"{cue.speaker}: {cue.text}") for cue in cut} == {78, 38}


def test_wide_signs_count_two_columns() -> None:
    cut = subtitle_cues(named(*spoken("早" * 100, 0.05)))

    assert [len(cue.text) for cue in cut] == [39, 39, 22]


def test_a_cue_does_not_begin_with_a_mark_that_closes_or_a_small_kana() -> None:
    signs = spoken("シャ" * 40, 0.05)

    assert not any(cue.text.startswith("ャ") for cue in subtitle_cues(named(*signs)))


def test_thai_is_cut_between_its_words_however_the_engine_cuts_it() -> None:
    text = "สวัสดีครับผมชื่อสมชาย" * 6

    cut = subtitle_cues(named(*spoken(text, 0.02)))

    assert "".join(cue.text for cue in cut) == text
    assert len(cut) > 1
    assert {cue.text[0] for cue in cut} <= {"ส", "ค", "ผ", "ช"}


def test_a_french_mark_with_its_space_does_not_begin_a_cue() -> None:
    words = [*spoken(["«", "Oui.", "»", "Bon"])]
    written = [replace(words[0]), replace(words[1], gap=" "), replace(words[2], gap=" "), words[3]]

    assert [cue.text for cue in subtitle_cues(named(*written))] == ["« Oui. »", "Bon"]


def test_a_sentence_ends_before_its_closing_quote() -> None:
    cut = subtitle_cues(named(*spoken(["「はい。」", "どうも"])))

    assert [cue.text for cue in cut] == ["「はい。」", "どうも"]


def test_a_stored_block_is_cut_as_if_spoken_evenly() -> None:
    assert cut_cues([Cue(0.0, 8.5, "One two. Six ten.", "Ann")]) == [
        Cue(0.0, 4.5, "One two.", "Ann"),
        Cue(4.5, 8.5, "Six ten.", "Ann"),
    ]


def test_a_turn_without_text_remains_one_cue() -> None:
    assert cut_cues([Cue(0.0, 90.0, "", "Ann")]) == [Cue(0.0, 90.0, "", "Ann")]


def test_a_word_that_cannot_be_cut_is_shown_for_seven_seconds() -> None:
    assert shown_briefly(subtitle_cues(named(Word(1.0, 20.0, "Hmm")))) == [
        Cue(1.0, 8.0, "Hmm", "Ann")
    ]


def test_a_text_wider_than_a_cue_is_cut_between_signs() -> None:
    cut = cut_cues([Cue(0.0, 4.0, "x" * 200)])

    assert [len(cue.text) for cue in cut] == [84, 84, 32]


WRITTEN = st.text(alphabet="ab .,!?早上。，「」シャักกำ\u0301é» 1", min_size=1, max_size=300)  # noqa: RUF001


@given(WRITTEN.filter(str.strip), st.floats(0.1, 90))
def test_cues_are_within_the_limits_and_together_the_whole_text(text: str, length: float) -> None:
    block = [Cue(0.0, length, " ".join(text.split()), "Ann")]

    cut = shown_briefly(cut_cues(block))

    assert "".join("".join(cue.text for cue in cut).split()) == "".join(text.split())
    assert all(display_columns(f"Ann: {cue.text}") <= 84 for cue in cut)
    assert all(cue.end - cue.start <= 7.0001 for cue in cut)


@given(st.data())
def test_words_are_cut_within_the_limits_and_together_the_whole_text(data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from([*"早上。シャ好", "word", "end.", "กำ", "»"])))
    lengths = data.draw(st.lists(st.floats(0, 9), min_size=len(pieces), max_size=len(pieces)))
    ends = list(accumulate(lengths))
    words = [
        Word(start, end, text)
        for start, end, text in zip([0.0, *ends], ends, pieces, strict=False)
    ]

    cut = shown_briefly(subtitle_cues(named(*words)))

    assert "".join("".join(cue.text for cue in cut).split()) == "".join(pieces)
    assert all(display_columns(f"Ann: {cue.text}") <= 84 for cue in cut)
    assert all(cue.end - cue.start <= 7.0001 for cue in cut)
