"""Subtitles as foreign libraries read them."""

import srt
import webvtt

from audio.formats.cues import Cue
from audio.formats.text import TEXT_FORMATS

CUES = [
    Cue(0.0, 1.84, "Turn on the light."),
    Cue(2.24, 4.0, "one\n\n2 --> 3 & <b>", "Ana <A>"),
    Cue(3661.5, 3662.0, "Bye.", "Ben"),
]


def test_a_reader_of_srt_reads_every_cue() -> None:
    read = list(srt.parse(TEXT_FORMATS["srt"].write(CUES)))

    assert [(cue.start.total_seconds(), cue.end.total_seconds()) for cue in read] == [
        (0.0, 1.84),
        (2.24, 4.0),
        (3661.5, 3662.0),
    ]
    assert [cue.index for cue in read] == [1, 2, 3]
    assert read[1].content == "Ana <A>: one 2 → 3 & <b>"


def test_a_reader_of_webvtt_reads_every_cue() -> None:
    read = webvtt.from_string(TEXT_FORMATS["vtt"].write(CUES)).captions

    assert [(cue.start, cue.end) for cue in read] == [
        ("00:00:00.000", "00:00:01.840"),
        ("00:00:02.240", "00:00:04.000"),
        ("01:01:01.500", "01:01:02.000"),
    ]
    assert read[2].voice == "Ben"
    assert read[2].text == "Bye."


def test_a_transcript_without_words_is_a_file_without_cues() -> None:
    assert list(srt.parse(TEXT_FORMATS["srt"].write([]))) == []
    assert webvtt.from_string(TEXT_FORMATS["vtt"].write([])).captions == []
