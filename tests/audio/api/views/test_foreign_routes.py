"""The routes of LocalAI and speaches, over a scripted engine."""

import httpx
import pytest

from tests.engine_answers import BEN, DIARIZE, MEETING_DIARIZATION, script_meeting
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

TURNS, EMBED = "/v1/audio/diarization", "/v1/audio/speech/embedding"
TIMESTAMPS = "/v1/audio/speech/timestamps"


@pytest.fixture
def meeting(scripted: Gateway, faults: FaultServer) -> Gateway:
    script_meeting(faults)
    return scripted


def post(gateway: Gateway, path: str, **fields: object) -> httpx.Response:
    return gateway.post(path, files={"file": TONE}, data=fields)


def test_turns_come_in_the_shape_of_localai_and_speaches(meeting: Gateway) -> None:
    answer = post(meeting, TURNS, model="pyannote/speaker-diarization-community-1")

    assert answer.json() == {
        "task": "diarize",
        "duration": 10.0,
        "num_speakers": 2,
        "segments": [
            {"id": 0, "speaker": "SPEAKER_00", "label": "Speaker_0", "start": 0.0, "end": 4.0},
            {"id": 1, "speaker": "SPEAKER_01", "label": "Speaker_1", "start": 5.0, "end": 9.0},
        ],
    }
    assert answer.headers["x-ignored-params"] == "model"


def test_verbose_turns_have_a_summary_and_the_text_on_request(meeting: Gateway) -> None:
    plain = post(meeting, TURNS, response_format="verbose_json").json()
    answer = post(meeting, TURNS, response_format="verbose_json", include_text="true").json()

    assert [one["text"] for one in answer["segments"]] == ["Good morning.", "Hi!"]
    assert "text" not in plain["segments"][0]
    assert plain["speakers"][1] == {
        "id": "SPEAKER_01",
        "label": "Speaker_1",
        "total_speech_duration": 4.0,
        "segment_count": 1,
    }


def test_turns_come_as_rttm(meeting: Gateway) -> None:
    answer = post(meeting, TURNS, response_format="rttm")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines()[1] == (
        "SPEAKER recording 1 5.000 4.000 <NA> <NA> SPEAKER_01 <NA> <NA>"
    )


def test_the_embedding_is_that_of_the_voice_that_talks_longest(
    meeting: Gateway, faults: FaultServer
) -> None:
    longer = {**MEETING_DIARIZATION["segments"][1], "end_s": 9.5}
    segments = [MEETING_DIARIZATION["segments"][0], longer]
    faults.answer(DIARIZE, {**MEETING_DIARIZATION, "segments": segments})

    answer = post(meeting, EMBED, model="pyannote/wespeaker-voxceleb-resnet34-LM").json()

    assert answer["data"] == [{"object": "embedding", "index": 0, "embedding": BEN}]
    assert (answer["object"], answer["model"]) == ("list", "titanet")
    assert answer["usage"] == {"prompt_tokens": 160_000, "total_tokens": 160_000}


def test_a_recording_without_a_voice_has_no_embedding(
    scripted: Gateway, faults: FaultServer
) -> None:
    silent = {"duration": 1.0, "segments": [], "speakers_detected": [], "fingerprints": {}}
    faults.answer(DIARIZE, silent)

    answer = post(scripted, EMBED)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "file"


def test_speech_is_in_whole_milliseconds(meeting: Gateway) -> None:
    apart = post(meeting, TIMESTAMPS, min_silence_duration_ms="500", speech_pad_ms="100")
    joined = post(meeting, TIMESTAMPS, min_silence_duration_ms="1500", threshold="0.5")

    assert apart.json() == [{"start": 0, "end": 4100}, {"start": 4900, "end": 9100}]
    assert joined.json() == [{"start": 0, "end": 9000}]
    assert joined.headers["x-ignored-params"] == "threshold"


@pytest.mark.parametrize(
    ("path", "fields", "param"),
    [
        (TURNS, {"response_format": "srt"}, "response_format"),
        (TURNS, {"num_speakers": "0"}, "num_speakers"),
        (TIMESTAMPS, {"max_speech_duration_s": "inf"}, "max_speech_duration_s"),
        (TIMESTAMPS, {"speech_pad_ms": "-1"}, "speech_pad_ms"),
        (EMBED, {"model": "x" * 201}, "model"),
    ],
)
def test_an_invalid_field_is_named(
    scripted: Gateway, faults: FaultServer, path: str, fields: dict[str, str], param: str
) -> None:
    answer = post(scripted, path, **fields)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert faults.asked == []


@pytest.mark.parametrize("path", [TURNS, EMBED, TIMESTAMPS])
def test_a_recording_is_required(scripted: Gateway, path: str) -> None:
    answer = scripted.post(path, data={"model": "x"})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")
