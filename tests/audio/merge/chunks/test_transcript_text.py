"""The transcriptions of parts joined into one."""

from audio.merge.chunks.transcript_text import Part, join_parts
from audio.merge.values import Transcription, Word


def transcribed(*words: Word, language: str | None = None) -> Transcription:
    return Transcription(" ".join(w.text for w in words), words, language=language, model="m")


def test_a_word_belongs_to_the_part_that_holds_its_middle() -> None:
    in_both = Word(59.0, 61.5, "border"), Word(4.0, 6.5, "border")

    whole = join_parts(
        [
            Part(0.0, 0.0, 60.0, transcribed(in_both[0])),
            Part(55.0, 60.0, 99.0, transcribed(in_both[1])),
        ]
    )

    assert whole.words == (Word(59.0, 61.5, "border"),)


def test_a_text_without_words_covers_the_parts_own_time() -> None:
    whole = join_parts([Part(0.0, 0.0, 60.0, Transcription(" Hello there. ", ()))])

    assert whole.words == (Word(0.0, 60.0, "Hello there."),)
    assert whole.text == "Hello there."


def test_words_repeated_at_the_border_of_two_texts_without_times_appear_once() -> None:
    first = Transcription("One, two, three, four.", ())
    second = Transcription("three four five six", ())

    whole = join_parts([Part(0.0, 0.0, 60.0, first), Part(55.0, 60.0, 99.0, second)])

    assert whole.text == "One, two, three, four. five six"


def test_repeated_text_without_spaces_appears_once() -> None:
    first = Transcription("大家早上好。我是王伟", ())
    second = Transcription("我是王伟，你好", ())  # noqa: RUF001

    whole = join_parts([Part(0.0, 0.0, 60.0, first), Part(55.0, 60.0, 99.0, second)])

    assert whole.text == "大家早上好。我是王伟，你好"  # noqa: RUF001


def test_the_parts_of_a_chinese_recording_join_without_spaces() -> None:
    first = transcribed(Word(0, 1, "早"), Word(1, 2, "上"))
    second = transcribed(Word(0, 1, "好"), Word(1, 2, "iPhone", gap=""))

    whole = join_parts([Part(0.0, 0.0, 9.0, first), Part(9.0, 9.0, 20.0, second)])

    assert whole.text == "早上好iPhone"


def test_the_last_word_counts_though_it_ends_after_the_recording() -> None:
    whole = join_parts([Part(0.0, 0.0, 10.0, transcribed(Word(9.9, 10.3, "bye")))])

    assert whole.text == "bye"


def test_the_language_is_that_of_most_words() -> None:
    german = transcribed(Word(0, 1, "ja"), Word(1, 2, "gut"), language="de")

    whole = join_parts(
        [
            Part(0.0, 0.0, 9.0, transcribed(Word(0, 1, "yes"), language="en")),
            Part(9.0, 9.0, 20.0, german),
        ]
    )

    assert whole.language == "de"


def test_without_parts_the_transcription_is_empty() -> None:
    assert join_parts([]) == Transcription("", ())
