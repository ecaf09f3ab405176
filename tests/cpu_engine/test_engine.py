"""The engine over HTTP, with real models."""

import io
import math
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

from tests.heard_words import is_heard

Answer = dict[str, Any]

pytestmark = pytest.mark.models


def post_file(engine: httpx.Client, path: str, content: bytes, **fields: str) -> httpx.Response:
    return engine.post(path, files={"file": ("audio.wav", content)}, data=fields)


@pytest.fixture(scope="module")
def transcript(engine: httpx.Client, meeting_file: Path) -> Answer:
    answer = post_file(engine, "/v1/audio/transcriptions", meeting_file.read_bytes())
    transcript: Answer = answer.json()
    return transcript


@pytest.fixture(scope="module")
def diarization(engine: httpx.Client, meeting_file: Path) -> Answer:
    answer = post_file(engine, "/v1/audio/diarize-chunk", meeting_file.read_bytes())
    diarization: Answer = answer.json()
    return diarization


def test_the_engine_is_healthy(engine: httpx.Client) -> None:
    answer = engine.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})


def test_a_meeting_is_transcribed_in_the_language_it_is_in(transcript: Answer) -> None:
    assert is_heard(transcript["text"], "Good morning, everyone. Thanks for joining")
    assert transcript["language"] == "en"
    assert transcript["duration"] == 20.0
    assert isinstance(transcript["model"], str)


def test_every_word_has_its_time(transcript: Answer) -> None:
    words = transcript["words"]
    starts = [word["start"] for word in words]

    assert [word["text"] for word in words] == transcript["text"].split()
    assert starts == sorted(starts)
    assert words[0]["start"] == pytest.approx(0.61, abs=0.3)
    assert all(word["start"] <= word["end"] <= 20.1 for word in words)


def test_silence_has_no_words(engine: httpx.Client) -> None:
    silence = speech_bytes(engine, "Hello.")[:44] + bytes(24000 * 2 * 5)

    answer = post_file(engine, "/v1/audio/transcriptions", silence).json()

    assert (answer["text"], answer["words"]) == ("", [])


def test_three_people_are_distinguished_in_order_of_appearance(diarization: Answer) -> None:
    assert diarization["speakers_detected"] == ["Speaker_0", "Speaker_1", "Speaker_2"]
    segments = diarization["segments"]
    assert segments[0]["speaker"] == "Speaker_0"
    assert segments[0]["start_s"] == pytest.approx(0.61, abs=0.1)
    assert {s["speaker"] for s in segments if 11.2 < s["start_s"] < 15} == {"Speaker_1"}


def test_each_speaker_has_a_fingerprint_in_a_named_space(diarization: Answer) -> None:
    fingerprints = diarization["fingerprints"]

    assert list(fingerprints) == diarization["speakers_detected"]
    assert {len(vector) for vector in fingerprints.values()} == {192}
    assert math.hypot(*fingerprints["Speaker_0"]) == pytest.approx(1, abs=1e-3)
    assert diarization["models"] == {
        "diarization": "segmentation-3.0",
        "embedding": "campplus-zh-en-common-advanced@92f29b94",
    }


def test_different_voices_have_different_fingerprints(diarization: Answer) -> None:
    one, other = list(diarization["fingerprints"].values())[:2]

    assert sum(a * b for a, b in zip(one, other, strict=True)) < 0.5


def test_diarize_answers_the_same_turns_without_fingerprints(
    engine: httpx.Client, meeting_file: Path, diarization: Answer
) -> None:
    answer = post_file(engine, "/v1/audio/diarize", meeting_file.read_bytes()).json()

    assert answer["segments"] == diarization["segments"]
    assert "fingerprints" not in answer


def test_silence_has_no_turns(engine: httpx.Client) -> None:
    silence = speech_bytes(engine, "Hello.")[:44] + bytes(24000 * 2 * 5)

    answer = post_file(engine, "/v1/audio/diarize-chunk", silence).json()

    assert (answer["segments"], answer["fingerprints"]) == ([], {})


def speech_bytes(engine: httpx.Client, text: str, **fields: object) -> bytes:
    asked = {"input": text, "response_format": "wav", **fields}
    return engine.post("/v1/audio/speech", json=asked).raise_for_status().content


def test_what_is_spoken_is_understood(engine: httpx.Client) -> None:
    spoken = speech_bytes(engine, "The clinic opens in March.", voice="bm_george")

    answer = post_file(engine, "/v1/audio/transcriptions", spoken, language="en").json()

    assert is_heard(answer["text"], "The clinic opens in March.")


def test_speech_is_mp3_unless_asked_otherwise(engine: httpx.Client) -> None:
    answer = engine.post("/v1/audio/speech", json={"input": "Hello.", "backend": "ignored"})

    assert answer.headers["content-type"] == "audio/mpeg"
    with av.open(io.BytesIO(answer.content)) as container:
        assert container.streams.audio[0].rate == 24000


def test_a_mix_of_voices_speaks(engine: httpx.Client) -> None:
    assert len(speech_bytes(engine, "Hello.", voice="af_bella(2)+af_sky(1)")) > 10_000


def test_a_higher_speed_is_shorter(engine: httpx.Client) -> None:
    slow = speech_bytes(engine, "Hello, everybody.", speed=0.5)
    fast = speech_bytes(engine, "Hello, everybody.", speed=2)

    assert len(fast) < len(slow) / 2


def test_a_long_text_streams_from_its_first_sentence(engine: httpx.Client) -> None:
    asked = {"input": "Hello there. " * 200, "response_format": "wav"}

    with engine.stream("POST", "/v1/audio/speech", json=asked) as answer:
        first = next(answer.iter_raw())

    assert first[:4] == b"RIFF"


def test_a_client_that_hangs_up_makes_room(engine: httpx.Client) -> None:
    asked = {"input": "Hello there. " * 200, "response_format": "wav"}
    with engine.stream("POST", "/v1/audio/speech", json=asked) as answer:
        next(answer.iter_raw())

    assert speech_bytes(engine, "Hello.")


@pytest.mark.parametrize("text", [".", "?!", "😀", "…"])
def test_a_text_without_a_word_is_refused_before_the_200(engine: httpx.Client, text: str) -> None:
    answer = engine.post("/v1/audio/speech", json={"input": text})

    assert answer.status_code == 400
    assert answer.json()["detail"]["message"] == "The input contains nothing that can be spoken."


def test_the_54_voices_are_listed_with_id_and_name(engine: httpx.Client) -> None:
    voices = engine.get("/v1/audio/voices").json()["voices"]

    assert len(voices) == 54
    assert {"id": "bm_george", "name": "bm_george"} in voices


PATHS = ["/v1/audio/transcriptions", "/v1/audio/diarize", "/v1/audio/diarize-chunk"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("content", [b"", b"This is a text.", bytes(10_000)])
def test_what_is_no_audio_is_refused(engine: httpx.Client, path: str, content: bytes) -> None:
    answer = post_file(engine, path, content)

    detail = answer.json()["detail"]
    assert answer.status_code == 400
    assert detail["type"] == "invalid_request_error"
    assert "/" not in detail["message"]


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_file_is_refused_by_name(engine: httpx.Client, path: str) -> None:
    answer = engine.post(path, data={"model": "whisper-1"})

    assert answer.status_code == 400
    assert "'file'" in answer.json()["detail"]["message"]


@pytest.mark.parametrize(
    ("field", "value"), [("language", "klingon"), ("temperature", "hot"), ("temperature", "2")]
)
def test_a_wrong_field_is_refused(
    engine: httpx.Client, meeting_file: Path, field: str, value: str
) -> None:
    content = meeting_file.read_bytes()

    answer = post_file(engine, "/v1/audio/transcriptions", content, **{field: value})

    assert answer.status_code == 400


def test_a_chunked_upload_is_heard(engine: httpx.Client, meeting_file: Path) -> None:
    form = httpx.Request("POST", "http://x", files={"file": meeting_file.read_bytes()})
    kind = form.headers["content-type"]

    answer = engine.post(
        "/v1/audio/diarize", content=iter([form.read()]), headers={"content-type": kind}
    )

    assert answer.json()["duration"] == 20.0


def test_another_method_is_refused_in_json(engine: httpx.Client) -> None:
    answer = engine.get("/v1/audio/speech")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["detail"]["error"] == "method_not_allowed"


def test_another_path_is_refused_in_json(engine: httpx.Client) -> None:
    assert engine.get("/v1/nothing").json()["detail"]["error"] == "not_found"
