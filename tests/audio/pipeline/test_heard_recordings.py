"""What the engine receives, and which warnings the client gets, for hard files."""

from pathlib import Path

import pytest

from benchmarks.synthetic.media_files import CONTAINERS, make_media_file
from tests.engine_answers import DIARIZE, MEETING_DIARIZATION, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import square_wave, wav

BY_SUFFIX = {container.suffix: container for container in CONTAINERS}
SILENT = {"text": "", "words": []}


def sent(faults: FaultServer) -> bytes:
    """Return the body of the engine's last request."""
    return faults.asked[-1].body


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_file_with_late_sound_is_sent_as_a_wav(
    scripted: Gateway, faults: FaultServer, tmp_path: Path, suffix: str
) -> None:
    faults.answer(TRANSCRIBE, SILENT)
    late = make_media_file(tmp_path, BY_SUFFIX[suffix], "late sound")

    scripted.post(TRANSCRIBE, files={"file": (late.name, late.read_bytes())})

    wav_at = sent(faults).index(b"RIFF")
    assert not any(sent(faults)[wav_at + 44 : wav_at + 44 + 2 * 16_000 * 2])
    assert b'filename="audio.wav"' in sent(faults)


@pytest.mark.parametrize("suffix", [".wav", ".24.wav", ".mp4", ".flac"])
def test_a_plain_file_is_sent_as_it_is(
    scripted: Gateway, faults: FaultServer, tmp_path: Path, suffix: str
) -> None:
    faults.answer(TRANSCRIBE, SILENT)
    plain = make_media_file(tmp_path, BY_SUFFIX[suffix], "plain")

    answer = scripted.post(TRANSCRIBE, files={"file": (plain.name, plain.read_bytes())})

    assert plain.read_bytes() in sent(faults)
    assert "warnings" not in answer.json()


def test_other_streams_are_a_warning(
    scripted: Gateway, faults: FaultServer, tmp_path: Path
) -> None:
    faults.answer(DIARIZE, MEETING_DIARIZATION)
    two = make_media_file(tmp_path, BY_SUFFIX[".mkv"], "silent first stream")

    answer = scripted.post(
        "/api/audio/diarize-chunk", files={"file": (two.name, two.read_bytes())}
    )

    [warning] = answer.json()["warnings"]
    assert warning["code"] == "other_streams"
    assert "only number 2, the first with sound" in warning["message"]


def test_subtitles_of_a_cut_file_name_the_missing_seconds_in_a_header(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, SILENT)
    cut = wav(square_wave(4000, 10.0))[: 44 + 4 * 32_000]

    answer = scripted.post(TRANSCRIBE, files={"file": cut}, data={"response_format": "srt"})

    assert answer.headers["x-warnings"] == (
        "recording_truncated: file: the file ends 6.0 s before the length that it declares."
    )


def test_the_track_of_a_warning_is_named(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, SILENT)
    faults.answer(DIARIZE, MEETING_DIARIZATION)
    whole = wav(square_wave(4000, 10.0))
    tracks = {"mic_file": whole, "system_file": whole[: 44 + 4 * 32_000]}

    answer = scripted.post("/api/audio/label-merge", files=tracks, data={"timeline": "[]"})

    messages = [warning["message"] for warning in answer.json()["warnings"]]
    assert [message for message in messages if message.startswith("system_file: the file ends")]
