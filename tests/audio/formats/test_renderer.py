"""One transcript in every format."""

import json

import pytest

from audio.formats.cues import Cue
from audio.formats.openai_json import OpenAITranscript
from audio.formats.renderer import (
    EXPORT_FORMATS,
    OPENAI_FORMATS,
    content_type_of,
    render,
    render_file,
)
from audio.formats.stored_transcript import StoredTranscript, read_transcript
from audio.merge.values import (
    Block,
    LabelledTranscript,
    LabelledWords,
    NamedTranscript,
    Transcription,
    Word,
)
from audio.merge.words.assignment import group_words

WORDS = (Word(0.0, 1.0, "Hi."), Word(1.0, 2.0, "Hello."))
TRANSCRIPTION = Transcription("Hi. Hello.", WORDS, duration=2.0)
PLAIN = OpenAITranscript(transcription=TRANSCRIPTION)
DIARIZED = OpenAITranscript(
    transcription=TRANSCRIPTION, labelled=LabelledWords(WORDS, ("Ana", "Ana"))
)
BLOCKS = (Block(0, 2000, "Ana", "Hi. Hello."),)
NAMED = NamedTranscript("mono", 2.0, (), blocks=BLOCKS)
LABELLED = LabelledTranscript(2.0, "en", ("Ana",), BLOCKS, {})
STORED = StoredTranscript({"segments": []}, (Cue(0.0, 2.0, "Hi. Hello.", "Ana"),), "talk")


@pytest.mark.parametrize("transcript", [NAMED, LABELLED, STORED])
def test_text_formats_are_the_same_for_every_native_transcript(
    transcript: NamedTranscript | LabelledTranscript | StoredTranscript,
) -> None:
    assert render(transcript, "txt") == "[0:00:00] Ana: Hi. Hello.\n"


def test_json_has_the_segments_of_a_named_transcript() -> None:
    content = render(NAMED, "json")

    assert content["segments"] == [  # type: ignore[index]
        {"start_ms": 0, "end_ms": 2000, "speaker": "Ana", "text": "Hi. Hello."}
    ]


def test_json_of_a_stored_transcript_is_the_stored_answer() -> None:
    assert render(STORED, "json") == {"segments": []}


def test_stm_names_the_recording_of_a_stored_transcript() -> None:
    assert render(STORED, "stm") == "talk 1 Ana 0.000 2.000 Hi. Hello.\n"


def test_stm_of_a_new_transcript_has_the_name_that_rttm_has() -> None:
    assert render(NAMED, "stm") == "recording 1 Ana 0.000 2.000 Hi. Hello.\n"


def test_a_json_file_is_one_line() -> None:
    assert json.loads(render_file(NAMED, "json")) == render(NAMED, "json")
    assert render_file(NAMED, "json").count("\n") == 1


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_every_export_format_can_be_written_to_a_file(form: str) -> None:
    assert "Ana" in render_file(NAMED, form)


@pytest.mark.parametrize("form", OPENAI_FORMATS)
def test_every_openai_format_can_be_rendered(form: str) -> None:
    assert render(DIARIZED, form)


def test_text_without_speakers_is_the_text_of_the_engine() -> None:
    assert render(PLAIN, "text") == "Hi. Hello.\n"


def test_text_with_speakers_has_one_line_per_block() -> None:
    assert render(DIARIZED, "text") == "[0:00:00] Ana: Hi. Hello.\n"


def test_subtitles_with_speakers_have_one_cue_per_sentence() -> None:
    content = render(DIARIZED, "srt")

    assert isinstance(content, str)
    assert content.count("Ana: ") == 2


@pytest.mark.parametrize("form", ["text", "txt", "srt", "rttm"])
def test_most_text_formats_are_plain_text(form: str) -> None:
    assert content_type_of(form) == "text/plain; charset=utf-8"


def test_webvtt_has_a_media_type_of_its_own() -> None:
    assert content_type_of("vtt") == "text/vtt; charset=utf-8"


CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
HOSTILE = (Cue(0.0, 2.0, f"Hi.{CONTROLS}Hello.", f"Ana{CONTROLS}Ruiz"),)


@pytest.mark.parametrize("form", [form for form in EXPORT_FORMATS if form != "json"])
def test_no_text_format_has_control_characters(form: str) -> None:
    written = render(StoredTranscript({"segments": []}, HOSTILE, f"talk{CONTROLS}"), form)

    assert not set(written) & (set(CONTROLS) - {"\n"})


@pytest.mark.parametrize("form", ["text", "srt", "vtt"])
def test_no_openai_text_format_has_control_characters(form: str) -> None:
    word = Word(0.0, 1.0, f"Hi.{CONTROLS}")
    transcription = Transcription(f"Hi.{CONTROLS}Hello.", (word,), duration=2.0)

    written = render(OpenAITranscript(transcription=transcription), form)

    assert not set(written) & (set(CONTROLS) - {"\n", "\t"})


def test_plain_text_keeps_its_lines() -> None:
    transcription = Transcription("Hi.\r\nHello.\t!", (), duration=2.0)

    assert render(OpenAITranscript(transcription=transcription), "text") == "Hi.\nHello.\t!\n"


def test_plain_text_of_silence_is_an_empty_line() -> None:
    assert render(OpenAITranscript(transcription=Transcription("", ())), "text") == "\n"


def test_a_file_of_subtitles_is_cut_like_the_answer_it_was_written_from() -> None:
    words = [Word(at / 4, (at + 1) / 4, "so.") for at in range(100)]
    [block] = group_words(words, ["Ana"] * 100)
    whole = NamedTranscript("mono", 25.0, (), (block,))
    written = read_transcript(render_file(whole, "json"))

    assert render_file(whole, "srt").count("-->") == 100
    assert render_file(written, "srt").count("-->") == 100
    assert render_file(written, "txt").count("\n") == 1
