"""Transcriptions, over a scripted engine."""

import base64
import json

import pytest

from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


def test_the_default_answer_is_json_with_text_and_rounded_seconds(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.json() == {
        "text": "Turn on the light. Then close the blinds.",
        "usage": {"type": "duration", "seconds": 4},
    }


def test_a_transcription_as_text_ends_with_one_newline(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data={"response_format": "text"})

    assert answer.text == "Turn on the light. Then close the blinds.\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_subtitles_have_one_cue_per_sentence(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data={"response_format": "srt"})

    assert answer.text == (
        "1\n00:00:00,000 --> 00:00:01,500\nTurn on the light.\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\nThen close the blinds.\n\n"
    )


def test_a_verbose_answer_has_segments_and_no_words_unless_asked(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    asked = {"response_format": "verbose_json"}

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked).json()

    assert [s["text"] for s in answer["segments"]] == [
        "Turn on the light.",
        "Then close the blinds.",
    ]
    assert answer["language"] == "english"
    assert "words" not in answer


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities", "word"),
        ("timestamp_granularities", '["word"]'),
    ],
)
def test_words_are_returned_for_every_spelling_of_the_field(
    scripted: Gateway, faults: FaultServer, field: str, value: str
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    asked = {"response_format": "verbose_json", field: value}

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked).json()

    assert answer["words"][0] == {"word": "Turn", "start": 0.0, "end": 0.5}
    assert "segments" not in answer


def test_model_language_prompt_and_temperature_reach_the_engine(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    asked = {"model": "whisper-1", "language": "en-US", "prompt": "Names: Ana", "temperature": "0"}

    scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked)

    sent = faults.asked[0].body
    assert b'name="model"\r\n\r\nwhisper-1\r\n' in sent
    assert b'name="language"\r\n\r\nen\r\n' in sent
    assert b'name="prompt"\r\n\r\nNames: Ana\r\n' in sent
    assert b'name="temperature"\r\n\r\n0.0\r\n' in sent


def test_keywords_are_added_to_the_prompt(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    asked = {"prompt": "A meeting.", "keywords[]": ["Ana", "X-ray"]}

    scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked)

    assert b'name="prompt"\r\n\r\nA meeting., Ana, X-ray\r\n' in faults.asked[0].body


def test_a_single_entry_of_languages_is_the_language(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    scripted.post(TRANSCRIBE, files={"file": TONE}, data={"languages[]": ["de_CH"]})

    assert b'name="language"\r\n\r\nde\r\n' in faults.asked[0].body


def test_fields_without_effect_are_listed_in_a_header(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    asked = {
        "include[]": "logprobs",
        "languages[]": ["de", "fr"],
        "vad_filter": "false",
        "timestamp_granularities[]": "word",
        "chunking_strategy[type]": "server_vad",
    }

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked)

    assert sorted(answer.headers["x-ignored-params"].split(", ")) == [
        "chunking_strategy",
        "include",
        "languages",
        "timestamp_granularities",
        "vad_filter",
    ]


def test_the_header_is_missing_if_every_field_has_an_effect(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    asked = {"model": "whisper-1", "chunking_strategy": "auto", "response_format": "verbose_json"}

    answer = scripted.post(
        TRANSCRIBE, files={"file": TONE}, data=asked | {"timestamp_granularities[]": "word"}
    )

    assert "x-ignored-params" not in answer.headers


@pytest.mark.parametrize(
    "strategy",
    [
        {"chunking_strategy": "auto"},
        {"chunking_strategy": '{"type": "server_vad", "silence_duration_ms": 200}'},
        {"chunking_strategy[type]": "server_vad", "chunking_strategy[prefix_padding_ms]": "300"},
    ],
)
def test_every_form_of_the_chunking_strategy_is_accepted(
    scripted: Gateway, faults: FaultServer, strategy: dict[str, str]
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    assert scripted.post(TRANSCRIBE, files={"file": TONE}, data=strategy).status_code == 200


@pytest.mark.parametrize("model", ["gpt-5", "tts-1", "bm_george", "models/../parakeet", "x" * 200])
def test_a_model_that_does_not_transcribe_is_not_found(
    scripted: Gateway, faults: FaultServer, model: str
) -> None:
    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data={"model": model})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_found"
    assert faults.asked == []


def test_a_recording_may_come_as_base64_in_json(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    recording = {"data": base64.b64encode(TONE).decode(), "format": "wav"}

    answer = scripted.post(TRANSCRIBE, json={"model": "whisper-1", "input_audio": recording})

    assert answer.json()["text"] == TRANSCRIPTION["text"]
    assert TONE in faults.asked[0].body
    assert b'filename="audio.wav"' in faults.asked[0].body


@pytest.mark.parametrize(
    "recording", ["UklGRg==", {"format": "wav"}, {"data": "###"}, {"data": ""}, {"data": 7}]
)
def test_json_without_a_readable_recording_names_the_field(
    scripted: Gateway, recording: object
) -> None:
    answer = scripted.post(TRANSCRIBE, json={"input_audio": recording})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "input_audio"


def test_two_recordings_in_one_request_are_refused(scripted: Gateway) -> None:
    answer = scripted.post(TRANSCRIBE, files=[("file", ("a", TONE)), ("file", ("b", TONE))])

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "file: expected one recording, got 2."


def test_the_engines_error_about_the_recording_names_its_field(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"error": {"message": "It holds no audio."}}, status=400)

    answer = scripted.post(TRANSCRIBE, files={"file": TONE})

    assert answer.json()["error"]["param"] == "file"
    assert answer.json()["error"]["message"] == "file: It holds no audio."


def test_an_engine_with_only_plain_json_is_asked_for_it(
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
        ({"stream": "maybe"}, "stream"),
        ({"stream": "true", "response_format": "rttm"}, "response_format"),
        ({"speakers": "true"}, "response_format"),
        ({"prompt": "x" * 10_001}, "prompt"),
        ({"keywords": json.dumps(["x"] * 501)}, "keywords"),
        ({"keywords[]": "x" * 10_000}, "keywords"),
        ({"spelling": "loose"}, "spelling"),
        ({"chunking_strategy": "manual"}, "chunking_strategy"),
        ({"chunking_strategy": "{"}, "chunking_strategy"),
        ({"chunking_strategy": '{"type": "server_vad", "threshold": 1.1}'}, "chunking_strategy"),
    ],
)
def test_an_invalid_field_is_named_before_any_engine_call(
    scripted: Gateway, faults: FaultServer, fields: dict[str, object], param: str
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


@pytest.mark.parametrize(("form", "count"), [("srt", 2), ("vtt", 3)])
def test_the_deltas_of_streamed_subtitles_join_to_the_file(
    hearing: Gateway, form: str, count: int
) -> None:
    asked = {"response_format": form}
    file = hearing.post(TRANSCRIBE, files={"file": TONE}, data=asked).text

    stream = hearing.post(TRANSCRIBE, files={"file": TONE}, data={**asked, "stream": "true"}).text

    lines = [line for line in stream.split("\n") if line.startswith("data: {")]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    deltas = [event["delta"] for event in events[:-1]]
    assert "".join(deltas) == events[-1]["text"] == file
    assert len(deltas) == count
