"""Transcriptions, over an engine whose answers are scripted."""

import pytest

from tests.fault_server import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

TRANSCRIBE = "/v1/audio/transcriptions"
SAID = {
    "text": "Turn on the light. Then close the blinds.",
    "duration": 4.0,
    "language": "en",
    "words": [
        {"start": 0.0, "end": 0.5, "text": "Turn"},
        {"start": 0.5, "end": 0.75, "text": "on"},
        {"start": 0.75, "end": 1.0, "text": "the"},
        {"start": 1.0, "end": 1.5, "text": "light."},
        {"start": 2.0, "end": 2.5, "text": "Then"},
        {"start": 2.5, "end": 3.0, "text": "close"},
        {"start": 3.0, "end": 3.25, "text": "the"},
        {"start": 3.25, "end": 4.0, "text": "blinds."},
    ],
}


def test_the_default_transcription_is_json_with_text_and_begun_seconds(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, SAID)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.json() == {
        "text": "Turn on the light. Then close the blinds.",
        "usage": {"type": "duration", "seconds": 4},
    }


def test_a_transcription_as_text_ends_with_one_newline(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, SAID)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data={"response_format": "text"})

    assert answer.text == "Turn on the light. Then close the blinds.\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_subtitles_have_one_cue_per_sentence(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, SAID)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data={"response_format": "srt"})

    assert answer.text == (
        "1\n00:00:00,000 --> 00:00:01,500\nTurn on the light.\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\nThen close the blinds.\n\n"
    )


def test_a_verbose_answer_has_segments_and_no_words_unless_asked(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, SAID)
    asked = {"response_format": "verbose_json"}

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked).json()

    assert [s["text"] for s in answer["segments"]] == [
        "Turn on the light.",
        "Then close the blinds.",
    ]
    assert answer["language"] == "english"
    assert "words" not in answer


@pytest.mark.parametrize("field", ["timestamp_granularities[]", "timestamp_granularities"])
def test_words_come_under_either_spelling_of_the_field(
    scripted: Gateway, faults: FaultServer, field: str
) -> None:
    faults.answer(TRANSCRIBE, SAID)
    asked = {"response_format": "verbose_json", field: ["word"]}

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked).json()

    assert answer["words"][0] == {"word": "Turn", "start": 0.0, "end": 0.5}
    assert "segments" not in answer


def test_the_engine_is_told_model_language_prompt_and_temperature(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, SAID)
    asked = {"model": "whisper-1", "language": "en-US", "prompt": "Names: Ana", "temperature": "0"}

    scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked)

    sent = faults.asked[0].body
    assert b'name="model"\r\n\r\nwhisper-1\r\n' in sent
    assert b'name="language"\r\n\r\nen\r\n' in sent
    assert b'name="prompt"\r\n\r\nNames: Ana\r\n' in sent
    assert b'name="temperature"\r\n\r\n0.0\r\n' in sent


def test_an_engine_that_knows_only_plain_json_is_asked_for_that(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "response_format verbose_json is unknown"}, status=422)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.status_code == 422
    assert faults.paths() == [TRANSCRIBE, TRANSCRIBE]
    assert b'name="response_format"\r\n\r\njson\r\n' in faults.asked[1].body


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"response_format": "yaml"}, "response_format"),
        ({"temperature": "nan"}, "temperature"),
        ({"temperature": "1.5"}, "temperature"),
        ({"timestamp_granularities[]": "syllable"}, "timestamp_granularities"),
        ({"stream": "true"}, "stream"),
    ],
)
def test_a_refusal_names_the_field_before_the_engine_is_asked(
    scripted: Gateway, faults: FaultServer, fields: dict[str, str], param: str
) -> None:
    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=fields)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert param in answer.json()["error"]["message"]
    assert faults.asked == []


def test_a_request_without_a_recording_is_refused(scripted: Gateway) -> None:
    answer = scripted.post(TRANSCRIBE, data={"model": "whisper-1"})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "file"


def test_an_empty_recording_is_refused(scripted: Gateway) -> None:
    answer = scripted.post(TRANSCRIBE, files={"file": b""})

    assert answer.status_code == 400
    assert "Empty file" in answer.json()["error"]["message"]
