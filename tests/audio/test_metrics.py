"""The metrics: requests by key and route, times, audio, and names."""

import json

import pytest

from tests.engine_answers import DIARIZATION, TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE, data_url, square_wave, wav
from tests.scraping import Counting, scrape

BLOCKS = "/api/audio/transcribe-with-speakers"
MERGE = "/api/audio/label-merge"
FILE = {"file": TONE}
TRACKS = {"mic_file": TONE, "system_file": TONE}
DESK = {"Authorization": "Bearer desk-key"}
REFERENCE = data_url(wav(square_wave(4000, 2.0)))


@pytest.fixture
def counting(scripted: Gateway, faults: FaultServer) -> Counting:
    """A gateway over an engine with two speakers, and what it counts from now on."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer("/v1/audio/diarize", DIARIZATION)
    faults.answer("/v1/audio/diarize-chunk", DIARIZATION)
    return Counting(scripted, scrape(scripted))


@pytest.fixture
def by_key(keyed: Gateway) -> Counting:
    """A gateway that wants keys, and what it counts from now on."""
    return Counting(keyed, scrape(keyed, **DESK), DESK)


def test_requests_are_counted_by_the_name_of_their_key(by_key: Counting) -> None:
    by_key.gateway.post("/v1/audio/speech", json={"input": "."}, headers=DESK)

    spoken = {"method": "POST", "route": "/v1/audio/speech", "key": "desk"}
    assert by_key.grown_soon("spark_requests_total", **spoken, status="200") == 1


def test_a_refused_key_is_counted_under_no_name(by_key: Counting) -> None:
    by_key.gateway.post("/v1/audio/speech", json={}, headers={"Authorization": "Bearer invented"})

    assert by_key.grown_soon("spark_requests_total", status="401", key="none") == 1
    assert "invented" not in by_key.gateway.get("/metrics", headers=DESK).text


def test_an_unknown_address_is_counted_without_its_path(counting: Counting) -> None:
    counting.gateway.get("/people/Ana")

    assert counting.grown_soon("spark_requests_total", route="unmatched", status="404") == 1
    assert "Ana" not in counting.gateway.get("/metrics").text


def test_an_engines_time_is_not_the_gateways(counting: Counting, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION, after_s=0.5)

    counting.gateway.post(TRANSCRIBE, files=FILE)

    assert counting.grown_soon("spark_request_seconds_sum", route=TRANSCRIBE) > 0.5
    assert 0 < counting.grown_soon("spark_gateway_seconds_sum", route=TRANSCRIBE) < 0.5


def test_the_seconds_of_audio_are_counted_by_operation(counting: Counting) -> None:
    counting.gateway.post(MERGE, files=TRACKS, data={"timeline": "[]"})

    assert counting.grown("spark_audio_seconds_total", operation="transcribe") == 8.0
    assert counting.grown("spark_audio_seconds_total", operation="diarize") == 8.0


def test_audio_of_unknown_length_is_as_long_as_its_words(
    counting: Counting, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {name: TRANSCRIPTION[name] for name in ("text", "words")})

    counting.gateway.post(TRANSCRIBE, files={"file": b"a format of the engine's own"})

    assert counting.grown("spark_audio_seconds_total", operation="transcribe") == 4.0


def test_a_failed_call_counts_no_audio(counting: Counting, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, {"detail": "CUDA error"}, status=500)

    counting.gateway.post(TRANSCRIBE, files=FILE)

    assert counting.grown("spark_audio_seconds_total") == 0.0


@pytest.mark.parametrize(
    ("path", "fields", "operation"),
    [
        (MERGE, {"timeline": "[]"}, "label_merge"),
        (BLOCKS, {"max_speakers": "2"}, "link"),
        (BLOCKS, {"max_speakers": "2"}, "transcribe_with_speakers"),
        (TRANSCRIBE, {"response_format": "diarized_json"}, "transcribe_diarized"),
    ],
)
def test_each_kind_of_merge_is_timed(
    counting: Counting, path: str, fields: dict[str, str], operation: str
) -> None:
    counting.gateway.post(path, files=FILE, data=fields)

    assert counting.grown("spark_merge_seconds_count", operation=operation) == 1


def test_the_merge_of_two_tracks_is_timed_separately(counting: Counting) -> None:
    counting.gateway.post(MERGE, files=TRACKS, data={"timeline": "[]"})

    assert counting.grown("spark_merge_seconds_count", operation="label_merge_dual") == 1


def test_names_are_counted_by_what_gave_them(counting: Counting) -> None:
    timeline = json.dumps([{"start": 0.0, "end": 1.8, "name": "Ana"}])

    counting.gateway.post(MERGE, files=FILE, data={"timeline": timeline})

    assert counting.grown("spark_named_speakers_total", source="visual") == 1
    assert counting.grown("spark_named_speakers_total", source="unmatched") == 1


def test_a_speaker_known_by_a_reference_counts_as_a_voiceprint(counting: Counting) -> None:
    known = {"known_speaker_names[]": "Ana", "known_speaker_references[]": REFERENCE}

    counting.gateway.post(
        TRANSCRIBE, files=FILE, data={"response_format": "diarized_json", **known}
    )

    assert counting.grown("spark_named_speakers_total", source="voiceprint") == 1
    assert counting.grown("spark_named_speakers_total", source="unmatched") == 1
