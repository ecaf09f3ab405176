"""The route of whisper-asr-webservice, over a scripted engine."""

from typing import Any

import httpx
import pytest

from tests.engine_answers import ANA, BEN, script_meeting
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


@pytest.fixture
def meeting(scripted: Gateway, faults: FaultServer) -> Gateway:
    script_meeting(faults)
    return scripted


def asr(gateway: Gateway, **query: str) -> httpx.Response:
    return gateway.post("/asr", files={"audio_file": TONE}, params=query)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "Good morning.\nHi!\n"),
        ({"output": "tsv"}, "start\tend\ttext\n1000\t2000\tGood morning.\n6000\t6500\tHi!\n"),
        ({"diarize": "true"}, "SPEAKER_00: Good morning.\nSPEAKER_01: Hi!\n"),
        (
            {"output": "srt"},
            "1\n00:00:01,000 --> 00:00:02,000\nGood morning.\n\n"
            "2\n00:00:06,000 --> 00:00:06,500\nHi!\n\n",
        ),
        (
            {"output": "vtt", "enable_diarization": "true"},
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v SPEAKER_00>Good morning.\n\n"
            "00:00:06.000 --> 00:00:06.500\n<v SPEAKER_01>Hi!\n\n",
        ),
    ],
)
def test_every_output_is_plain_text(meeting: Gateway, query: dict[str, str], text: str) -> None:
    answer = asr(meeting, **query)

    assert answer.text == text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_json_has_the_words_of_each_segment_on_request(meeting: Gateway) -> None:
    answer = asr(meeting, output="json", word_timestamps="true", vad_filter="true")

    assert answer.json() == {
        "text": "Good morning. Hi!",
        "language": "en",
        "segments": [
            {
                "id": 0,
                "start": 1.0,
                "end": 2.0,
                "text": "Good morning.",
                "words": [
                    {"word": "Good", "start": 1.0, "end": 1.5},
                    {"word": "morning.", "start": 1.5, "end": 2.0},
                ],
            },
            {
                "id": 1,
                "start": 6.0,
                "end": 6.5,
                "text": "Hi!",
                "words": [{"word": "Hi!", "start": 6.0, "end": 6.5}],
            },
        ],
    }
    assert answer.headers["x-ignored-params"] == "vad_filter"


def test_the_embeddings_of_speakers_are_answered_on_request(meeting: Gateway) -> None:
    answer: Any = asr(meeting, output="json", return_speaker_embeddings="true").json()

    assert [one["speaker"] for one in answer["segments"]] == ["SPEAKER_00", "SPEAKER_01"]
    assert answer["speaker_embeddings"] == {"SPEAKER_00": ANA, "SPEAKER_01": BEN}


def test_language_and_prompt_reach_the_engine(meeting: Gateway, faults: FaultServer) -> None:
    asr(meeting, language="English", initial_prompt="Ana")

    assert b'name="language"\r\n\r\nen\r\n' in faults.asked[0].body
    assert b'name="prompt"\r\n\r\nAna\r\n' in faults.asked[0].body


def test_bare_samples_are_sent_to_the_engine_as_wav(meeting: Gateway, faults: FaultServer) -> None:
    samples = TONE[44:]

    answer = meeting.post("/asr?encode=false", files={"audio_file": samples})

    assert answer.status_code == 200
    assert b"RIFF" in faults.asked[0].body
    assert samples in faults.asked[0].body


@pytest.mark.parametrize(
    ("query", "param", "code"),
    [
        ({"task": "summarize"}, "task", "invalid_value"),
        ({"task": "translate", "diarize": "true"}, "diarize", "invalid_value"),
        ({"output": "docx"}, "output", "invalid_value"),
        ({"min_speakers": "5", "max_speakers": "2"}, "min_speakers", "invalid_value"),
    ],
)
def test_an_invalid_field_is_named(
    scripted: Gateway, faults: FaultServer, query: dict[str, str], param: str, code: str
) -> None:
    error = asr(scripted, **query).json()["error"]

    assert (error["param"], error["code"]) == (param, code)
    assert faults.asked == []


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"output": "txt"}},
        {"json": ["txt"]},
        {"files": [("audio_file", TONE), ("audio_file", TONE)]},
    ],
)
def test_one_recording_is_required(scripted: Gateway, sent: dict[str, Any]) -> None:
    answer = scripted.post("/asr", **sent)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "audio_file")
