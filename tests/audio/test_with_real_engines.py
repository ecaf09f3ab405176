"""The whole gateway with real recordings, real models and the official OpenAI client."""

import json
import time
from pathlib import Path

import av
import httpx
import numpy as np
import openai
import pytest

from benchmarks.recorded_meetings import CLINIC, LOCAL_USER
from tests.gateway_process import Gateway
from tests.heard_words import is_heard
from tests.recordings import cut_of, data_url, encoded, wav

pytestmark = pytest.mark.models

TRANSCRIBE = "/v1/audio/transcriptions"
MERGE = "/api/audio/label-merge"
GREETING = "Good morning, everyone."
THANKS = "Thanks for joining on short notice."
TIMELINE = (CLINIC / "timeline.json").read_text()


def seconds_of(audio: bytes, tmp_path: Path) -> float:
    """Return the length of a recording, by decoding it."""
    path = tmp_path / "spoken"
    path.write_bytes(audio)
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    return sum(frame.samples / frame.sample_rate for frame in frames)


def test_the_openai_client_transcribes(openai_client: openai.OpenAI, mic: Path) -> None:
    answer = openai_client.audio.transcriptions.create(model="whisper-1", file=mic)

    assert is_heard(answer.text, f"{GREETING} {THANKS}")


def test_the_openai_client_gets_words_and_segments(
    openai_client: openai.OpenAI, mic: Path
) -> None:
    answer = openai_client.audio.transcriptions.create(
        model="whisper-1",
        file=mic,
        language="en",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )

    assert answer.language == "english"
    assert answer.duration == pytest.approx(27.0)
    assert answer.words is not None
    assert is_heard(" ".join(word.word for word in answer.words), GREETING)
    assert answer.segments is not None
    assert is_heard(answer.segments[0].text, GREETING)


def test_the_openai_client_gets_a_known_speaker_by_name_and_a_stranger_by_letter(
    openai_client: openai.OpenAI, mic: Path, system: Path, tmp_path: Path
) -> None:
    emma = data_url(cut_of(system, 15.0, tmp_path / "emma.wav", from_s=11.5).read_bytes())

    answer = openai_client.audio.transcriptions.create(
        model="gpt-4o-transcribe-diarize",
        file=system,
        response_format="diarized_json",
        chunking_strategy="auto",
        known_speaker_names=["Emma"],
        known_speaker_references=[emma],
    )

    assert [segment.speaker for segment in answer.segments[:2]] == ["Emma", "A"]


@pytest.mark.parametrize("response_format", ["mp3", "opus", "aac", "flac", "wav"])
def test_the_openai_client_gets_speech_in_every_format(
    openai_client: openai.OpenAI, tmp_path: Path, response_format: str
) -> None:
    speech = openai_client.audio.speech.create(
        model="tts-1",
        voice="onyx",
        input="Good morning.",
        response_format=response_format,  # type: ignore[arg-type]
    )

    assert 0.5 < seconds_of(speech.content, tmp_path) < 3.0


def test_the_openai_client_transcribes_its_own_speech(
    openai_client: openai.OpenAI, tmp_path: Path
) -> None:
    sentence = "The electrician will come on Friday morning."
    speech = openai_client.audio.speech.create(model="tts-1", voice="fable", input=sentence)

    answer = openai_client.audio.transcriptions.create(
        model="whisper-1", file=("a", speech.content)
    )

    assert is_heard(answer.text, sentence)


def test_the_openai_client_gets_the_reason_for_a_refused_voice(
    openai_client: openai.OpenAI,
) -> None:
    with pytest.raises(openai.BadRequestError, match="bm_unknown"):
        openai_client.audio.speech.create(model="tts-1", voice="bm_unknown", input="Hello.")


def test_speech_arrives_while_it_is_being_spoken(gateway: Gateway) -> None:
    text = "The library opens at nine. " * 6
    started = time.monotonic()

    with httpx.stream(
        "POST", gateway.url + "/v1/audio/speech", json={"input": text}, timeout=60
    ) as stream:
        chunks = stream.iter_raw()
        next(chunks)
        first = time.monotonic() - started
        rest = sum(len(chunk) for chunk in chunks)

    assert rest > 0
    assert first < (time.monotonic() - started) / 2


def test_two_tracks_become_a_transcript_by_name(gateway: Gateway, mic: Path, system: Path) -> None:
    answer = gateway.post(
        MERGE,
        files={"mic_file": mic.read_bytes(), "system_file": system.read_bytes()},
        data={"timeline": TIMELINE, "self_name": LOCAL_USER, "format": "txt"},
    )

    assert [line.split(": ")[0][10:] for line in answer.text.splitlines()] == [
        "George Hall",
        "Emma Brook",
        "Michael Reyes",
        "George Hall",
        "Emma Brook",
    ]
    second = answer.text.splitlines()[1].partition("Brook: ")[2]
    assert "figures" in second


def test_a_mixed_recording_is_named_turn_by_turn(gateway: Gateway, system: Path) -> None:
    answer = gateway.post(
        MERGE, files={"file": system.read_bytes()}, data={"timeline": TIMELINE}
    ).json()

    assert {speaker["name"] for speaker in answer["speakers"]} == {"Emma Brook", "Michael Reyes"}
    assert len(answer["fingerprints"]["Emma Brook"]) == 192
    assert answer["segments"][0]["speaker"] == "Emma Brook"


def test_a_voice_of_an_earlier_recording_is_recognised(gateway: Gateway, system: Path) -> None:
    first = gateway.post(
        MERGE, files={"file": system.read_bytes()}, data={"timeline": TIMELINE}
    ).json()

    again = gateway.post(
        MERGE,
        files={"file": system.read_bytes()},
        data={"timeline": "[]", "known_voiceprints": json.dumps(first["fingerprints"])},
    ).json()

    assert {(s["name"], s["source"]) for s in again["speakers"]} == {
        ("Emma Brook", "voiceprint"),
        ("Michael Reyes", "voiceprint"),
    }


@pytest.mark.parametrize(
    ("name", "codec", "layout"),
    [
        ("a.wav", "pcm_s24le", "mono"),
        ("a.wav", "pcm_f32le", "mono"),
        ("a.wav", "pcm_s16le", "stereo"),
        ("a.mp3", "libmp3lame", "mono"),
        ("a.webm", "libopus", "mono"),
        ("a.m4a", "aac", "mono"),
    ],
)
def test_every_kind_of_recording_is_transcribed(
    gateway: Gateway, mic: Path, tmp_path: Path, name: str, codec: str, layout: str
) -> None:
    recording = encoded(mic, tmp_path / name, codec, layout, seconds=4.5)

    answer = gateway.post(TRANSCRIBE, files={"file": ("upload", recording.read_bytes())})

    assert is_heard(answer.json()["text"], f"{GREETING} {THANKS}")


def test_a_truncated_recording_is_transcribed_as_far_as_it_goes(
    gateway: Gateway, mic: Path
) -> None:
    four_and_a_half_seconds = mic.read_bytes()[: 9 * 16_000]

    answer = gateway.post(TRANSCRIBE, files={"file": four_and_a_half_seconds})

    assert is_heard(answer.json()["text"], f"{GREETING} {THANKS}")


@pytest.mark.parametrize("path", [TRANSCRIBE, "/api/audio/diarize-chunk"])
def test_a_text_file_is_refused_with_the_reason(gateway: Gateway, path: str) -> None:
    answer = gateway.post(path, files={"file": ("a.wav", b"Dear Sir or Madam, " * 50)})

    assert answer.status_code == 400
    assert "decoded" in answer.json()["error"]["message"]


def test_silence_has_no_speakers(gateway: Gateway) -> None:
    silence = wav(np.zeros(32_000, dtype=np.int16))

    answer = gateway.post("/api/audio/diarize-chunk", files={"file": silence})

    assert answer.json()["segments"] == []
    assert answer.json()["speakers_detected"] == []
