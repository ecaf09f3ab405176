"""Cues as text, with unusual signs in names and words."""

from audio.formats.cues import Cue
from audio.formats.text import rttm, srt, txt, vtt


def test_srt_numbers_its_cues_and_counts_hours() -> None:
    assert srt([Cue(3661.5, 3662.0004, "Hi.", "Ana")]) == (
        "1\n01:01:01,500 --> 01:01:02,000\nAna: Hi.\n\n"
    )


def test_milliseconds_are_rounded_not_cut() -> None:
    assert srt([Cue(0.0, 1.9996, "Hi.")]).startswith("1\n00:00:00,000 --> 00:00:02,000\n")


def test_an_arrow_or_a_line_break_cannot_end_a_cue() -> None:
    assert srt([Cue(0, 1, "one\n\n2 --> 3")]).endswith("\none 2 → 3\n\n")


def test_vtt_names_the_voice_and_escapes_markup() -> None:
    shown = vtt([Cue(0, 1, "a < b & c", "A<n>a")])

    assert shown.endswith("<v A&lt;n&gt;a>a &lt; b &amp; c\n\n")


def test_vtt_without_a_speaker_has_no_voice_tag() -> None:
    assert vtt([Cue(0, 1, "Hi.")]) == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHi.\n\n"


def test_rttm_has_no_space_in_a_name() -> None:
    assert rttm([Cue(0.5, 2.0, "", "Ana María Ruiz")]) == (
        "SPEAKER recording 1 0.500 1.500 <NA> <NA> Ana_María_Ruiz <NA> <NA>\n"
    )


def test_txt_shows_time_and_speaker_without_text_too() -> None:
    assert txt([Cue(3661, 3662, "", "Ana")]) == "[1:01:01] Ana\n"


def test_a_transcript_without_words_is_an_empty_file() -> None:
    assert (txt([]), srt([]), vtt([]), rttm([])) == ("", "", "WEBVTT\n\n", "")
