"""A sentence spoken by the built-in engine and heard by it, all over Wyoming."""

from pathlib import Path

import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.tts import SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeVoice

from tests.environment import engine_urls
from tests.heard_words import is_heard
from tests.wyoming_process import connected, running_wyoming

pytestmark = pytest.mark.models
SENTENCE = "Turn on the light in the kitchen."


def test_what_is_spoken_is_heard(tmp_path: Path) -> None:
    with running_wyoming(tmp_path, **engine_urls()) as server, connected(server) as client:
        voice = SynthesizeVoice(name="af_heart")
        client.send(SynthesizeStart(voice=voice), SynthesizeChunk(SENTENCE), SynthesizeStop())
        spoken = client.until("synthesize-stopped")
        start = AudioStart.from_event(spoken[0])
        chunks = [AudioChunk.from_event(one) for one in spoken if one.type == "audio-chunk"]

        client.send(Transcribe(language="en"), start, *chunks, AudioStop())
        heard = client.until("transcript")[-1]

    assert sum(chunk.seconds for chunk in chunks) > 1
    assert is_heard(Transcript.from_event(heard).text, SENTENCE)
