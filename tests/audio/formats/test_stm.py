"""STM: one line of six fields per cue."""

from audio.formats.cues import Cue
from audio.formats.text import stm


def test_each_cue_is_a_line() -> None:
    transcribed = [Cue(1.0, 2.5, "Good morning.", "Ana Ruiz"), Cue(3.0, 4.0, "Hi!", "Ben")]

    assert stm(transcribed, "the talk") == (
        "the_talk 1 Ana_Ruiz 1.000 2.500 Good morning.\nthe_talk 1 Ben 3.000 4.000 Hi!\n"
    )


def test_text_stays_on_its_line() -> None:
    assert stm([Cue(0.0, 1.0, "one\ntwo", "Ana")], "a") == "a 1 Ana 0.000 1.000 one two\n"


def test_a_field_is_never_empty_and_a_line_is_never_a_comment() -> None:
    assert stm([Cue(0.0, 1.0, "one", "")], ";; a") == "_a 1 unknown 0.000 1.000 one\n"
