"""Speech, over a scripted engine."""

import pytest

from audio.api.model_names import TTS_ALIASES
from audio.engines.speech_voices import OPENAI_VOICES
from audio.media.speech.speech_encoding import SPEECH_TYPES
from tests.faults import FaultServer
from tests.gateway_process import Gateway

SPEAK = "/v1/audio/speech"
VOICES_FOLLOW = ", ".join(f"af_{number}" for number in range(68))


def test_speech_carries_the_engines_bytes_and_content_type(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF", b"more"), content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hello."})

    assert answer.content == b"RIFFmore"
    assert answer.headers["content-type"] == "audio/wav"


def test_speech_defaults_to_george_in_wav_by_kokoro(
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


@pytest.mark.parametrize("form", SPEECH_TYPES)
@pytest.mark.parametrize("content_type", ["application/octet-stream", ""])
def test_a_meaningless_content_type_is_replaced(
    scripted: Gateway, faults: FaultServer, form: str, content_type: str
) -> None:
    faults.answer(SPEAK, b"bytes", content_type=content_type)

    answer = scripted.post(SPEAK, json={"input": "Hi", "response_format": form})

    assert answer.headers["content-type"] == SPEECH_TYPES[form]


def test_a_text_answer_is_not_passed_on_as_audio(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, {"detail": "oops"})

    answer = scripted.post(SPEAK, json={"input": "Hi"})

    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "engine_bad_answer"


def test_the_longest_text_is_spoken_and_a_longer_one_is_refused(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    spoken = scripted.post(SPEAK, json={"input": "ä" * 4096})
    refused = scripted.post(SPEAK, json={"input": "ä" * 4097})

    assert spoken.status_code == 200
    assert refused.json()["error"]["code"] == "string_above_max_length"


def test_an_invalid_speed_is_refused(scripted: Gateway) -> None:
    body = b'{"input": "Hi", "speed": NaN}'

    answer = scripted.post(SPEAK, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400


def test_a_body_over_the_limit_is_refused(scripted: Gateway) -> None:
    assert scripted.post(SPEAK, json={"input": "x" * 3_000_000}).status_code == 413


@pytest.mark.parametrize(("name", "voice"), OPENAI_VOICES.items())
def test_every_openai_voice_is_one_of_the_engines(
    scripted: Gateway, faults: FaultServer, name: str, voice: str
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "Hi", "voice": name})

    assert faults.asked[0].json["voice"] == voice


@pytest.mark.parametrize(
    ("asked", "arrives"),
    [
        ("af_bella(2)+af_sky(1)", "af_bella(2)+af_sky(1)"),
        (" alloy (0.5) - nova ", "am_adam(0.5)-bf_isabella"),
        ({"id": "af_heart", "name": "Heart"}, "af_heart"),
        ("", "bm_george"),
    ],
)
def test_a_mix_of_voices_arrives_in_the_engines_names(
    scripted: Gateway, faults: FaultServer, asked: object, arrives: str
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "Hi", "voice": asked})

    assert faults.asked[0].json["voice"] == arrives


def test_an_engines_refusal_of_a_voice_is_brief_and_names_the_field(
    scripted: Gateway, faults: FaultServer
) -> None:
    message = f"Voice 'unknown' not found. Available voices: {VOICES_FOLLOW}"
    faults.answer(SPEAK, {"detail": {"message": message}}, status=400)

    error = scripted.post(SPEAK, json={"input": "Hi", "voice": "unknown"}).json()["error"]

    assert error == {
        "message": "Voice 'unknown' not found. GET /v1/audio/voices lists all.",
        "type": "invalid_request_error",
        "param": "voice",
        "code": "invalid_value",
    }


def test_a_voice_of_the_wrong_shape_for_the_engine_is_refused_as_unknown(
    scripted: Gateway, faults: FaultServer
) -> None:
    refusal = {"detail": [{"loc": ["body", "voice"], "msg": "not among ours"}]}
    faults.answer(SPEAK, refusal, status=422)

    answer = scripted.post(SPEAK, json={"input": "Hi", "voice": "unknown"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_value"


@pytest.mark.parametrize("model", ["kokoro", "hexgrad/Kokoro-82M", "TTS-1", "", *TTS_ALIASES])
def test_every_speech_model_is_kokoro(scripted: Gateway, faults: FaultServer, model: str) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "Hi", "model": model})

    assert faults.asked[0].json["model"] == "kokoro"


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("gpt-5", "The model 'gpt-5' does not exist."),
        ("whisper-1", "The model 'whisper-1' turns speech into text; ask for kokoro"),
    ],
)
def test_a_model_that_cannot_speak_is_not_found(
    scripted: Gateway, faults: FaultServer, model: str, says: str
) -> None:
    answer = scripted.post(SPEAK, json={"input": "Hi", "model": model})

    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith(says)
    assert answer.json()["error"]["param"] == "model"
    assert answer.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize(
    ("model", "voice"),
    [("af_heart", "af_heart"), ("shimmer", "af_sky"), ("af_bella+alloy", "af_bella+am_adam")],
)
def test_a_voice_sent_as_the_model_speaks(
    scripted: Gateway, faults: FaultServer, model: str, voice: str
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "Hi", "model": model, "backend": "kokoro"})

    assert faults.asked[-1].json["voice"] == voice
    assert faults.asked[-1].json["model"] == "kokoro"


def test_the_voice_wins_over_a_voice_sent_as_the_model(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    scripted.post(SPEAK, json={"input": "Hi", "model": "af_heart", "voice": "onyx"})

    assert faults.asked[-1].json["voice"] == "bm_george"


@pytest.mark.parametrize("instructions", ["", "None", None])
def test_empty_instructions_are_not_listed_as_ignored(
    scripted: Gateway, faults: FaultServer, instructions: str | None
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hi", "instructions": instructions})

    assert answer.status_code == 200
    assert "x-ignored-params" not in answer.headers


def test_instructions_are_listed_as_ignored(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hi", "instructions": "Whisper."})

    assert answer.headers["x-ignored-params"] == "instructions"
    assert "instructions" not in faults.asked[0].json


@pytest.mark.parametrize("stream", [False, True, "no"])
def test_a_client_cannot_stop_the_engine_from_streaming(
    scripted: Gateway, faults: FaultServer, stream: object
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hi", "stream": stream})

    assert answer.status_code == 200
    assert "stream" not in faults.asked[0].json


def test_an_openai_voice_and_model_reach_the_engine_as_its_own(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")
    asked = {"input": "Hi", "model": "gpt-4o-mini-tts-2025-12-15", "voice": {"id": "marin"}}

    scripted.post(SPEAK, json=asked)

    assert faults.asked[0].json["voice"] == "af_heart"
    assert faults.asked[0].json["model"] == "kokoro"


def test_unknown_fields_of_a_speech_request_reach_the_engine(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    asked = {"input": "Hi", "speed": 1.25, "volume_multiplier": 0.5, "lang_code": "b"}
    scripted.post(SPEAK, json=asked)

    assert faults.asked[0].json["speed"] == 1.25
    assert faults.asked[0].json["lang_code"] == "b"
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
        ({"input": "Hi", "voice": "../../etc/passwd"}, "voice"),
        ({"input": "Hi", "voice": "af_bella(0)"}, "voice"),
        ({"input": "Hi", "stream_format": "ws"}, "stream_format"),
        ({"input": "Hi", "instructions": "x" * 4097}, "instructions"),
        ({"input": "Hi", "speed": 0.2}, "speed"),
        ({"input": "Hi", "speed": "fast"}, "speed"),
        ({"input": ["Hi"]}, "input"),
    ],
)
def test_a_refused_speech_request_names_the_field(
    scripted: Gateway, body: dict[str, object], param: str
) -> None:
    answer = scripted.post(SPEAK, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("body", [b"[1, 2]", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_other_than_a_json_object_is_refused(scripted: Gateway, body: bytes) -> None:
    answer = scripted.post(SPEAK, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("meant", "spoken"), [("af_bella(2)+af_sky", "af_bella(2)+af_sky"), ("alloy", "am_adam")]
)
def test_a_name_that_the_request_defines_is_spoken(
    speaking: Gateway, faults: FaultServer, meant: str, spoken: str
) -> None:
    asked = {"input": "Hi", "voice": "narrator", "voice_aliases": {"narrator": meant}}

    speaking.post(SPEAK, json=asked)

    assert faults.asked[0].json["voice"] == spoken


def test_a_name_that_means_no_voice_is_refused(speaking: Gateway) -> None:
    asked = {"input": "Hi", "voice": "narrator", "voice_aliases": {"narrator": "a b;"}}

    error = speaking.post(SPEAK, json=asked).json()["error"]

    assert error["message"] == (
        "voice_aliases: expected a voice, or a mix such as af_bella(2)+af_sky(1)."
    )
    assert error["param"] == "voice_aliases"


@pytest.mark.parametrize("aliases", ["x", [], 3, {"n": 3}, {"n": None}, {"n": {}}, {"n": " "}])
def test_names_that_are_defined_wrongly_are_refused(speaking: Gateway, aliases: object) -> None:
    asked = {"input": "Hi", "voice": "n", "voice_aliases": aliases}

    error = speaking.post(SPEAK, json=asked).json()["error"]

    assert error["message"].startswith("voice_aliases: expected an object whose keys are names")
    assert error["param"] == "voice_aliases"
