"""The endpoints for kept audio: the file and its ranges, clips, and the waveform."""

import io
import wave

import httpx
import pytest

from tests.gateway_process import Gateway
from tests.recordings import square_wave, wav
from tests.voiceprints.api.calls import UNKNOWN_ID, call, code_of, param_of
from tests.voiceprints.conftest import key
from voiceprints.models import AuditEntry

SECONDS = 3.0


def merge(gateway: Gateway, **fields: str) -> httpx.Response:
    """Ask for a named transcript of three seconds."""
    return gateway.post(
        "/api/audio/label-merge",
        files={"file": ("monday.wav", wav(square_wave(4000, SECONDS)))},
        data={"timeline": "[]", "transcribe": "true", **fields},
        headers=key("archive"),
    )


@pytest.fixture
def audio(library_gateway: Gateway) -> str:
    """Return the path of a transcript with audio."""
    stored = merge(library_gateway, store="true", keep_audio="true").json()
    return f"transcripts/{stored['transcript_id']}"


def test_the_whole_file_is_opus(library_gateway: Gateway, audio: str) -> None:
    answer = call(library_gateway, "GET", f"{audio}/audio", who="reader")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/ogg")
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.content[:4] == b"OggS"
    assert b"OpusHead" in answer.content[:100]
    read = AuditEntry.objects.filter(action="audio_read").get()
    assert (read.actor, read.detail["track"]) == ("reader", "mono")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=100-", 100, -1), ("bytes=-50", -50, -1), ("BYTES=5-5", 5, 5)],
)
def test_a_range_is_answered_alone(
    library_gateway: Gateway, audio: str, asked: str, first: int, last: int
) -> None:
    whole = call(library_gateway, "GET", f"{audio}/audio").content
    start, end = first % len(whole), last % len(whole)

    answer = call(library_gateway, "GET", f"{audio}/audio", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (206, whole[start : end + 1])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=1000000-", "bytes=1000000-1000001", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_length(
    library_gateway: Gateway, audio: str, asked: str
) -> None:
    size = len(call(library_gateway, "GET", f"{audio}/audio").content)

    answer = call(library_gateway, "GET", f"{audio}/audio", headers={"Range": asked})

    assert code_of(answer) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,4-5"},
        {"Range": "words=0-1"},
        {"Range": "bytes=9-5"},
        {"Range": "bytes=0-1", "If-Range": '"another"'},
    ],
)
def test_a_range_that_is_not_understood_gets_the_whole(
    library_gateway: Gateway, audio: str, headers: dict[str, str]
) -> None:
    answer = call(library_gateway, "GET", f"{audio}/audio", headers=headers)

    assert (answer.status_code, answer.content[:4]) == (200, b"OggS")


def test_a_clip_is_that_part_as_wav(library_gateway: Gateway, audio: str) -> None:
    answer = call(library_gateway, "GET", f"{audio}/clip?start=0.5&end=2", who="reader")

    assert answer.headers["Content-Type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as clip:
        assert (clip.getframerate(), clip.getnframes()) == (16_000, 24_000)


def test_a_clip_ends_with_the_recording(library_gateway: Gateway, audio: str) -> None:
    answer = call(library_gateway, "GET", f"{audio}/clip?start=2&end=20", who="reader")

    with wave.open(io.BytesIO(answer.content)) as clip:
        assert clip.getnframes() == pytest.approx(16_000, abs=400)


def test_a_clip_beyond_the_end_is_refused_with_the_length(
    library_gateway: Gateway, audio: str
) -> None:
    answer = call(library_gateway, "GET", f"{audio}/clip?start=4&end=5", who="reader")

    assert param_of(answer) == (400, "start")
    assert "before the end of the recording, 3.0 s" in answer.json()["error"]["message"]


def test_the_waveform_has_at_most_as_many_points_as_asked(
    library_gateway: Gateway, audio: str
) -> None:
    answer = call(library_gateway, "GET", f"{audio}/waveform?points=12").json()

    assert (answer["track"], answer["tracks"], answer["duration_s"]) == ("mono", ["mono"], SECONDS)
    assert len(answer["peaks"]) == 12


@pytest.mark.parametrize("path", ["audio", "clip?start=0&end=1", "waveform"])
def test_a_transcript_without_audio_says_why(library_gateway: Gateway, path: str) -> None:
    stored = merge(library_gateway, store="true").json()["transcript_id"]

    answer = call(library_gateway, "GET", f"transcripts/{stored}/{path}")

    assert code_of(answer) == (404, "audio_not_kept")
    assert "stored without" in answer.json()["error"]["message"]


def test_a_track_that_is_not_kept_is_not_found(library_gateway: Gateway, audio: str) -> None:
    answer = call(library_gateway, "GET", f"{audio}/audio?track=mic")

    assert code_of(answer) == (404, "audio_not_kept")
    assert "expected one of mono" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "param"),
    [
        ("clip?start=1", "end"),
        ("clip?start=2&end=1", "end"),
        ("clip?start=0&end=61", "end"),
        ("clip?start=-1&end=1", "start"),
        ("clip?start=nan&end=1", "start"),
        ("waveform?points=0", "points"),
        ("audio?track=left", "track"),
        ("audio?start=1", "start"),
    ],
)
def test_an_invalid_query_names_its_field(quiet_gateway: Gateway, path: str, param: str) -> None:
    answer = call(quiet_gateway, "GET", f"transcripts/{UNKNOWN_ID}/{path}")

    assert answer.json()["error"]["param"] == param


def test_audio_is_for_keys_that_read_the_library(library_gateway: Gateway, audio: str) -> None:
    assert call(library_gateway, "GET", f"{audio}/audio", who="writer").status_code == 403


def test_audio_is_kept_only_with_the_transcript(library_gateway: Gateway) -> None:
    assert param_of(merge(library_gateway, keep_audio="true")) == (400, "keep_audio")
