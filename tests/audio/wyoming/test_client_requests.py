"""The fields of clients' events: what they ask for, and which field is refused."""

from collections.abc import Callable

import pytest
from wyoming.event import Event

from audio.api.event_fields import InvalidEvent
from audio.wyoming.client_requests import (
    AudioForm,
    CommandRequest,
    VoiceRequest,
    audio_form,
    command_request,
    ping_text,
    spoken_text,
    voice_request,
)

FORM = {"rate": 16_000, "width": 2, "channels": 1}
Read = Callable[[Event], object]


def voice(given: object) -> Event:
    return Event("synthesize", {"text": "Hi.", "voice": given})


def test_audio_has_a_rate_and_channels() -> None:
    assert audio_form(Event("audio-start", FORM)) == AudioForm(16_000, 1)


def test_names_come_before_other_terms_and_blank_ones_are_left_out() -> None:
    given = {"language": "de-DE", "transcript_terms": ["Licht"], "transcript_names": [" Ana", " "]}

    asked = command_request(Event("transcribe", given))

    assert asked == CommandRequest("", "de", ("Ana", "Licht"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "af_sky", "speaker": "a"}, VoiceRequest("af_sky")),
        ({"name": None, "language": "de"}, VoiceRequest("", "de")),
        ({}, VoiceRequest()),
        (None, VoiceRequest()),
    ],
)
def test_a_voice_has_a_name_or_a_language(given: object, expected: VoiceRequest) -> None:
    assert voice_request(voice(given)) == expected


@pytest.mark.parametrize(
    ("read", "event", "says"),
    [
        (
            audio_form,
            Event("audio-start", {"width": 2, "channels": 1}),
            "audio-start.rate: expected a whole number from 4000 to 192000.",
        ),
        (audio_form, Event("audio-chunk", {}), "audio-chunk.width: expected the number 2."),
        (
            audio_form,
            Event("audio-start", {**FORM, "rate": 16_000.5}),
            "audio-start.rate: expected a whole number from 4000 to 192000, got 16000.5.",
        ),
        (
            audio_form,
            Event("audio-start", {**FORM, "channels": "1"}),
            'audio-start.channels: expected a number from 1 to 8, got "1".',
        ),
        (
            audio_form,
            Event("audio-start", {**FORM, "channels": True}),
            "audio-start.channels: expected a number from 1 to 8, got true.",
        ),
        (
            command_request,
            Event("transcribe", {"transcript_terms": "Ana"}),
            'transcribe.transcript_terms: expected a list of strings, got "Ana".',
        ),
        (
            command_request,
            Event("transcribe", {"transcript_names": ["a"] * 501}),
            "transcribe.transcript_names: expected at most 500 items, got 501.",
        ),
        (
            command_request,
            Event("transcribe", {"name": {}}),
            "transcribe.name: expected a string, got {}.",
        ),
        (
            command_request,
            Event("transcribe", {"language": 3}),
            "transcribe.language: expected a string, got 3.",
        ),
        (voice_request, voice("x"), 'synthesize.voice: expected an object, got "x".'),
        (
            voice_request,
            voice({"language": 3}),
            "synthesize.voice.language: expected a string, got 3.",
        ),
        (voice_request, voice({"name": []}), "synthesize.voice.name: expected a string, got []."),
        (
            voice_request,
            voice({"speaker": 1}),
            "synthesize.voice.speaker: expected a string, got 1.",
        ),
        (
            spoken_text,
            Event("synthesize-chunk", {}),
            "synthesize-chunk.text: expected a string.",
        ),
        (
            spoken_text,
            Event("synthesize", {"text": 3}),
            "synthesize.text: expected a string, got 3.",
        ),
        (ping_text, Event("ping", {"text": 3}), "ping.text: expected a string, got 3."),
    ],
)
def test_a_field_of_no_use_is_named_with_what_was_expected(
    read: Read, event: Event, says: str
) -> None:
    with pytest.raises(InvalidEvent) as refused:
        read(event)

    assert str(refused.value) == says
