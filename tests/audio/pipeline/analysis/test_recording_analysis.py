"""Long recordings are analysed in chunks, by an engine that recognises the chunk."""

import base64
import json
import math
import struct
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from tests.faults import Answer, Asked, FaultServer
from tests.gateway_process import Gateway
from tests.recordings import square_wave, wav

TRANSCRIBE = "/v1/audio/transcriptions"
DIARIZE_CHUNK = "/v1/audio/diarize-chunk"
BLOCKS = "/api/audio/transcribe-with-speakers"
MERGE = "/api/audio/label-merge"
ANN, BOB = [1.0, *[0.0] * 191], [0.0, 1.0, *[0.0] * 190]
RATE = 16_000


def with_pauses(seconds: float, *pauses: float) -> bytes:
    samples = square_wave(4000, seconds)
    for pause in pauses:
        samples[int((pause - 0.3) * RATE) : int((pause + 0.3) * RATE)] = 0
    return wav(samples)


# Cut at 60 s and 120 s, so the chunks are 0 to 65 s, 55 to 125 s and 115 to 185 s.
LONG = with_pauses(185.0, 60.0, 120.0)


def chunk_of(asked: Asked) -> int:
    """Return which chunk was sent, by its length; the second and the last are equally long."""
    start = asked.body.index(b"RIFF")
    [size] = struct.unpack("<I", asked.body[start + 40 : start + 44])
    marked = np.frombuffer(asked.body[start + 44 : start + 44 + size], dtype=np.int16)
    if round(size / 2 / RATE) == 65:
        return 0
    return 1 if not marked[65 * RATE - RATE // 10 : 65 * RATE].any() else 2


def as_json(body: object) -> Answer:
    return Answer(pieces=(json.dumps(body).encode(),))


def transcription(asked: Asked) -> Answer:
    """Answer a word in each chunk's own time, and one near a border that is in both chunks."""
    words = [
        [("one", 10.0), ("two", 61.0)],
        [("two", 6.0), ("three", 30.0)],
        [("four", 40.0)],
    ][chunk_of(asked)]
    listed = [{"start": at, "end": at + 0.5, "text": text} for text, at in words]
    text = " ".join(text for text, _ in words)
    return as_json({"text": text, "words": listed, "language": "en", "model": "p"})


def diarization(asked: Asked, bob: list[float] = BOB) -> Answer:
    """Answer Ann in every chunk, Bob from the second on, under the labels of each chunk."""
    turns = [
        [("Speaker_0", 5.0, 62.0, ANN)],
        [("Speaker_0", 20.0, 40.0, bob), ("Speaker_1", 0.0, 10.0, ANN)],
        [("Speaker_0", 30.0, 60.0, bob)],
    ][chunk_of(asked)]
    return as_json(
        {
            "segments": [{"start_s": a, "end_s": b, "speaker": who} for who, a, b, _ in turns],
            "speakers_detected": [who for who, *_ in turns],
            "fingerprints": {who: vector for who, _, _, vector in turns},
            "models": {"diarization": "d", "embedding": "e"},
        }
    )


def failing_in(chunk: int, otherwise: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """Return a script that refuses one chunk."""

    def respond(asked: Asked) -> Answer:
        refused = Answer(status=400, pieces=(b'{"detail": "I do not like it"}',))
        return refused if chunk_of(asked) == chunk else otherwise(asked)

    return respond


@pytest.fixture
def engine(faults: FaultServer) -> FaultServer:
    faults.respond(TRANSCRIBE, transcription)
    faults.respond(DIARIZE_CHUNK, diarization)
    return faults


@pytest.mark.usefixtures("engine")
def test_every_word_of_a_long_recording_comes_once_at_its_time(piecewise: Gateway) -> None:
    answer = piecewise.post(
        TRANSCRIBE,
        files={"file": LONG},
        data={"response_format": "verbose_json", "timestamp_granularities[]": "word"},
    ).json()

    assert [(word["word"], word["start"]) for word in answer["words"]] == [
        ("one", 10.0),
        ("two", pytest.approx(61.0, abs=0.1)),
        ("three", pytest.approx(85.0, abs=0.1)),
        ("four", pytest.approx(155.0, abs=0.1)),
    ]
    assert answer["duration"] == 185.0


@pytest.mark.usefixtures("engine")
def test_speakers_are_the_same_through_the_whole_recording(piecewise: Gateway) -> None:
    answer = piecewise.post(BLOCKS, files={"file": LONG}).json()

    assert [(block["speaker"], block["text"]) for block in answer["segments"]] == [
        ("Speaker_0", "one"),
        ("Speaker_0", "two"),
        ("Speaker_1", "three"),
        ("Speaker_1", "four"),
    ]


def test_two_speakers_with_similar_voices_are_two_speakers(
    piecewise: Gateway, engine: FaultServer
) -> None:
    like_ann = [0.45, math.sqrt(1 - 0.45**2), *[0.0] * 190]
    engine.respond(DIARIZE_CHUNK, partial(diarization, bob=like_ann))

    answer = piecewise.post(BLOCKS, files={"file": LONG}).json()

    assert answer["speakers_detected"] == ["Speaker_0", "Speaker_1"]


@pytest.mark.usefixtures("engine")
def test_a_long_recording_may_be_limited_to_one_speaker(piecewise: Gateway) -> None:
    answer = piecewise.post(BLOCKS, files={"file": LONG}, data={"num_speakers": "1"}).json()

    assert answer["speakers_detected"] == ["Speaker_0"]


def test_a_missing_span_is_named(piecewise: Gateway, engine: FaultServer) -> None:
    engine.respond(TRANSCRIBE, failing_in(1, transcription))

    answer = piecewise.post(BLOCKS, files={"file": LONG}).json()

    [warning] = answer["warnings"]
    assert warning["code"] == "span_missing"
    assert warning["message"].startswith("From 60.0 s to 120.0 s nothing was transcribed: ")
    assert [block["text"] for block in answer["segments"]] == ["one", "four"]


@pytest.mark.usefixtures("engine")
def test_a_warning_about_the_file_of_a_long_recording_comes_once(piecewise: Gateway) -> None:
    left = square_wave(4000, 185.0)
    left[int(59.7 * RATE) : int(60.3 * RATE)] = left[int(119.7 * RATE) : int(120.3 * RATE)] = 0
    file = wav(np.stack([left, -left], axis=1).reshape(-1), channels=2)

    answer = piecewise.post(BLOCKS, files={"file": file}).json()

    codes = [one["code"] for one in answer["warnings"]]
    assert codes.count("channels_in_opposite_phase") == 1


def test_subtitles_report_a_missing_span_in_a_header(
    piecewise: Gateway, engine: FaultServer
) -> None:
    engine.respond(TRANSCRIBE, failing_in(1, transcription))

    answer = piecewise.post(TRANSCRIBE, files={"file": LONG}, data={"response_format": "srt"})

    assert answer.headers["x-warnings"].startswith("span_missing: From 60.0 s to 120.0 s nothing")


def test_a_stream_reports_a_missing_span_at_its_end(
    piecewise: Gateway, engine: FaultServer
) -> None:
    engine.respond(TRANSCRIBE, failing_in(1, transcription))

    answer = piecewise.post(TRANSCRIBE, files={"file": LONG}, data={"stream": "true"})

    assert '"warnings":[{"code":"span_missing"' in answer.text


def test_a_recording_whose_chunks_all_fail_is_an_error(
    piecewise: Gateway, engine: FaultServer
) -> None:
    refused = Answer(status=400, pieces=(b'{"detail": "I do not like it"}',))
    engine.respond(TRANSCRIBE, lambda _asked: refused)

    answer = piecewise.post(TRANSCRIBE, files={"file": LONG})

    assert answer.status_code == 400
    assert "I do not like it" in answer.json()["error"]["message"]


@pytest.mark.usefixtures("engine")
def test_both_tracks_of_a_long_recording_are_analysed_in_chunks(
    piecewise: Gateway, engine: FaultServer
) -> None:
    tracks = {"mic_file": LONG, "system_file": LONG}
    data = {"timeline": "[]", "self_vad": '[{"start": 0, "end": 20}]'}

    answer = piecewise.post(MERGE, files=tracks, data=data).json()

    assert engine.paths().count(TRANSCRIBE) == 6
    assert answer["segments"][0]["speaker"] == "Me"
    assert answer["duration"] == 185.0


def test_a_refused_chunk_names_its_track(piecewise: Gateway, engine: FaultServer) -> None:
    refused = Answer(status=400, pieces=(b'{"detail": "I do not like it"}',))
    engine.respond(DIARIZE_CHUNK, lambda _asked: refused)
    tracks = {"mic_file": LONG, "system_file": LONG}
    data = {"timeline": "[]", "self_vad": '[{"start": 0, "end": 20}]'}

    answer = piecewise.post(MERGE, files=tracks, data=data)

    assert answer.json()["error"]["param"] == "mic_file"


def test_a_recording_below_the_limit_goes_to_the_engine_unchanged(
    piecewise: Gateway, engine: FaultServer
) -> None:
    engine.answer(TRANSCRIBE, {"text": "Hello.", "words": []})
    recording = wav(square_wave(4000, 90.0))

    piecewise.post(TRANSCRIBE, files={"file": recording})

    assert recording in engine.asked[0].body


@pytest.mark.usefixtures("engine")
def test_a_recording_that_came_as_text_is_deleted(piecewise: Gateway) -> None:
    recording = {"data": base64.b64encode(wav(square_wave(4000, 2.0))).decode(), "format": "wav"}

    piecewise.post(TRANSCRIBE, json={"input_audio": recording})

    assert list((piecewise.log.parent / "uploads").rglob("sent-*")) == []


@pytest.mark.usefixtures("engine")
def test_the_files_of_chunks_are_deleted(piecewise: Gateway) -> None:
    piecewise.post(TRANSCRIBE, files={"file": LONG})

    assert list((piecewise.log.parent / "uploads").rglob("chunks-*")) == []
