"""Letters and numbers for speakers without a name."""

from audio.merge.naming.unnamed_speakers import letter_unnamed, number_unnamed
from audio.merge.values import UNKNOWN_SPEAKER, Diarization, LabelledWords, NamedSpeaker


def test_after_z_come_two_letters() -> None:
    labels = tuple(f"Speaker_{number}" for number in range(28))

    named = letter_unnamed(LabelledWords((), labels), {})

    assert named.speakers[25:] == ("Z", "AA", "AB")


def test_words_of_no_speaker_take_no_letter() -> None:
    spoken = LabelledWords((), (UNKNOWN_SPEAKER, "Speaker_0"))

    assert letter_unnamed(spoken, {}).speakers == ("Unknown", "A")


def test_two_speakers_may_have_one_name() -> None:
    spoken = LabelledWords((), ("Speaker_0", "Speaker_1"))

    named = letter_unnamed(spoken, {"Speaker_0": "Ann", "Speaker_1": "Ann"})

    assert named.speakers == ("Ann", "Ann")


def test_a_number_is_skipped_however_its_name_is_written() -> None:
    named = [NamedSpeaker("A", "", "unmatched")]

    [numbered] = number_unnamed(named, Diarization((), ("A",)), ["UNKNOWN_0"])

    assert numbered.name == "Unknown_1"
