"""The places where a transcription is cut into cues."""

from audio.formats.cues import Cue, sentence_cues
from audio.merge.values import Transcription, Word


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
