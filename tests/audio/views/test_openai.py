"""The OpenAI endpoints, over an engine whose answers are scripted."""

import pytest

from tests.fault_server import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

TRANSCRIBE = "/v1/audio/transcriptions"
SPEAK = "/v1/audio/speech"
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


def test_speech_carries_the_engines_bytes_and_content_type(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF", b"more"), content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hello."})

    assert answer.content == b"RIFFmore"
    assert answer.headers["content-type"] == "audio/wav"


def test_speech_without_choices_is_george_in_wav_by_kokoro(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "  Hello.  "})

    assert faults.asked[0].json == {
        "input": "Hello.",
        "model": "kokoro",
        "voice": "bm_george",
        "response_format": "wav",
    }


def test_an_openai_voice_and_model_are_the_engines_own_when_they_arrive(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")
    asked = {"input": "Hi", "model": "gpt-4o-mini-tts-2025-12-15", "voice": {"id": "marin"}}

    scripted.post(SPEAK, json=asked)

    assert faults.asked[0].json["voice"] == "af_heart"
    assert faults.asked[0].json["model"] == "kokoro"


def test_further_fields_of_a_speech_request_reach_the_engine(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "Hi", "speed": 1.25, "volume_multiplier": 0.5})

    assert faults.asked[0].json["speed"] == 1.25
    assert faults.asked[0].json["volume_multiplier"] == 0.5


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": "   "}, "input"),
        ({}, "input"),
        ({"input": "x" * 4097}, "input"),
        ({"input": "Hi", "speed": 4.1}, "speed"),
        ({"input": "Hi", "voice": {"name": "x"}}, "voice"),
        ({"input": "Hi", "response_format": "midi"}, "response_format"),
        ({"input": "Hi", "stream_format": "sse"}, "stream_format"),
    ],
)
def test_a_refused_speech_request_names_the_field(
    scripted: Gateway, body: dict[str, object], param: str
) -> None:
    answer = scripted.post(SPEAK, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("body", [b"[1, 2]", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(scripted: Gateway, body: bytes) -> None:
    answer = scripted.post(SPEAK, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_models_come_curated_first_and_aliases_last(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer("/v1/audio/voices", {"voices": [{"id": "af_sky"}, {"id": "af_heart"}]})

    listed = scripted.get("/v1/models").json()["data"]

    assert [model["id"] for model in listed[:6]] == [
        "parakeet-tdt-0.6b-v3",
        "bm_george",
        "bf_emma",
        "am_michael",
        "af_heart",
        "af_sky",
    ]
    assert listed[-1]["id"] == "gpt-transcribe"


def test_models_are_listed_while_kokoro_is_down(bare: Gateway) -> None:
    listed = bare.get("/v1/models").json()["data"]

    assert listed[1] == {
        "id": "bm_george",
        "object": "model",
        "created": 1767225600,
        "owned_by": "kokoro",
        "kind": "tts",
        "display_name": "George (British male, narrator-style)",
        "language": "en-GB",
        "curated": True,
    }


def test_a_model_is_found_by_its_name(scripted: Gateway) -> None:
    assert scripted.get("/v1/models/whisper-1").json()["kind"] == "stt"


@pytest.mark.parametrize("name", ["nobody%2Fnothing", "nobody/nothing", "x"])
def test_an_unknown_model_is_not_found(scripted: Gateway, name: str) -> None:
    answer = scripted.get(f"/v1/models/{name}")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_found"


def test_voices_are_objects_and_strings_on_request(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer("/v1/audio/voices", {"voices": ["af_sky"]})

    voices = scripted.get("/v1/audio/voices").json()["voices"]
    legacy = scripted.get("/v1/audio/voices?legacy=true").json()["voices"]

    assert voices[0] == {"id": "af_sky", "name": "af_sky"}
    assert legacy[:2] == ["af_sky", "alloy"]
