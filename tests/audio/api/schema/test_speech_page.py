"""The examples of speech and discovery are answers of the gateway."""

import pytest
from rest_framework.serializers import Serializer

from audio.api.schema import speech_pages as pages
from tests.faults import FaultServer
from tests.gateway_process import Gateway


def test_the_events_shown_are_an_answer(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer("/v1/audio/speech", b"RIFF", content_type="audio/wav")
    asked = {"input": "Good morning.", "stream_format": "sse"}

    assert scripted.post("/v1/audio/speech", json=asked).text == pages.EVENTS


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v1/models", pages.ModelList),
        ("/v1/models/tts-1", pages.ModelWithVoices),
        ("/v1/models/whisper-1", pages.ModelWithVoices),
        ("/v1/audio/models", pages.SpeechModelList),
        ("/v1/audio/voices", pages.VoiceList),
    ],
)
def test_a_list_has_the_fields_shown(
    bare: Gateway, path: str, answer: type[Serializer[object]]
) -> None:
    listed = bare.get(path).json()

    shown = answer(data=listed)
    assert shown.is_valid(), shown.errors
    assert shown.validated_data == listed
