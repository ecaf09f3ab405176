"""A transcript that was written is read as it was told."""

import json

import pytest

from audio.formats.cues import Cue, cues_in, speaker_cues
from audio.formats.native_json import named_json
from audio.merge.values import Block, NamedTranscript, Turn

SAID = NamedTranscript("mono", 2.0, (), blocks=(Block(100, 800, "Ana", "Good morning."),))
TALKED = NamedTranscript("mono", 2.0, (), turns=(Turn(0.1, 0.8, "Ana"),))


@pytest.mark.parametrize("transcript", [SAID, TALKED])
def test_the_cues_are_those_that_were_written(transcript: NamedTranscript) -> None:
    assert cues_in(json.dumps(named_json(transcript))) == speaker_cues(transcript)


def test_who_was_renamed_by_hand_has_the_new_name() -> None:
    written = json.dumps(named_json(SAID)).replace("Ana", "Ana Ruiz")

    assert cues_in(written) == [Cue(0.1, 0.8, "Good morning.", "Ana Ruiz")]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"segments": [{}]}', '{"segments": 7}'])
def test_what_is_no_transcript_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        cues_in(text)
