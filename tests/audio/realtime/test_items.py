"""Items: what a client appends, until its transcript."""

import pytest

from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.realtime_process import Talk

SECOND = bytes(48_000)


def test_a_committed_item_is_announced_and_transcribed(talk: Talk, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    talk.append(SECOND)
    talk.send("input_audio_buffer.commit")

    received = [talk.receive() for _ in range(5)]
    assert [event["type"] for event in received] == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
    ]
    assert received[4]["transcript"] == received[3]["delta"] == TRANSCRIPTION["text"]
    assert received[4]["usage"] == {"type": "duration", "seconds": pytest.approx(1.0, abs=0.01)}
