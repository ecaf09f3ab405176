"""A transcript that was written as JSON is read with the same cues."""

import pytest

from audio.formats.cues import Cue, transcript_cues
from audio.formats.renderer import render_file
from audio.formats.stored_transcript import StoredTranscript, read_transcript
from audio.merge.values import Block, NamedTranscript, Notice, Turn

WITH_BLOCKS = NamedTranscript("mono", 2.0, (), blocks=(Block(100, 800, "Ana", "Good morning."),))
WITH_TURNS = NamedTranscript("mono", 2.0, (), turns=(Turn(0.1, 0.8, "Ana"),))


@pytest.mark.parametrize("transcript", [WITH_BLOCKS, WITH_TURNS])
def test_the_cues_are_those_that_were_written(transcript: NamedTranscript) -> None:
    read = read_transcript(render_file(transcript, "json"))

    assert list(read.cues) == transcript_cues(transcript)


def test_a_speaker_renamed_in_the_file_has_the_new_name() -> None:
    written = render_file(WITH_BLOCKS, "json").replace("Ana", "Ana Ruiz")

    assert read_transcript(written).cues == (Cue(0.1, 0.8, "Good morning.", "Ana Ruiz"),)


def test_the_warnings_are_those_of_the_answer() -> None:
    stored = StoredTranscript({"warnings": [{"code": "echo", "message": "Echo."}]}, ())

    assert stored.warnings == (Notice("echo", "Echo."),)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"segments": [{}]}', '{"segments": 7}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_transcript(text)
