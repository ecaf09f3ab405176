"""Two tracks with a loudspeaker's echo, over a scripted engine."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.audio.merge.tracks.echoes import Samples, heard, room, speech
from tests.engine_answers import DIARIZE, MEETING_DIARIZATION, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import wav

MERGE = "/api/audio/label-merge"
SECONDS = 20.0
# The others speak until 10 s, and the user from then on.
OTHERS, USER = speech(SECONDS, 1), speech(SECONDS, 2)
OTHERS[10 * 16_000 :] = 0
USER[: 10 * 16_000] = 0
WORDS = [
    {"word": "theirs", "start": 4.0, "end": 6.0},
    {"word": "mine", "start": 14.0, "end": 16.0},
]
SAID = {"text": "theirs mine", "words": WORDS, "duration": SECONDS}


@pytest.fixture(autouse=True)
def _script(faults: FaultServer) -> None:
    faults.answer(DIARIZE, MEETING_DIARIZATION)
    faults.answer(TRANSCRIBE, SAID)


def sixteen_bits(samples: Samples) -> NDArray[np.int16]:
    return (samples * 8_000).clip(-32_768, 32_767).astype("<i2")


def merge(gateway: Gateway, mic: Samples, system: Samples, **fields: str) -> dict[str, Any]:
    tracks = {"mic_file": wav(sixteen_bits(mic)), "system_file": wav(sixteen_bits(system))}
    answer = gateway.post(MERGE, files=tracks, data={"timeline": "[]", **fields})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def mine(answer: dict[str, Any]) -> str:
    return " ".join(one["text"] for one in answer["segments"] if one["speaker"] == "Me")


def codes(answer: dict[str, Any]) -> list[str]:
    return [notice["code"] for notice in answer.get("warnings", [])]


@pytest.mark.parametrize("gain", [0.3, 1.5])
def test_the_echo_is_found_whatever_the_gains(scripted: Gateway, gain: float) -> None:
    answer = merge(scripted, USER + gain * heard(OTHERS, room(), 0.06), OTHERS)

    assert answer["echo"]["found"]
    assert answer["echo"]["delay_ms"] == pytest.approx(60, abs=1)
    assert answer["echo"]["attenuation_db"] > 12
    assert mine(answer) == "mine"
    assert answer["dropped_words"] == 1
    assert codes(answer) == []


def test_the_engine_hears_the_mic_without_its_echo(scripted: Gateway, faults: FaultServer) -> None:
    mic = USER + heard(OTHERS, room(), 0.06)

    merge(scripted, mic, OTHERS)
    merge(scripted, mic, OTHERS, echo="gate")

    raw = wav(sixteen_bits(mic))
    assert sum(raw in request.body for request in faults.asked[:4]) == 0
    assert sum(raw in request.body for request in faults.asked[4:]) == 2


def test_without_the_option_levels_decide_and_nothing_is_reported(scripted: Gateway) -> None:
    answer = merge(scripted, USER + 3.0 * heard(OTHERS, room(), 0.06), OTHERS, echo="off")

    assert "echo" not in answer
    assert mine(answer) == "theirs mine"


def test_a_headset_has_no_echo_and_no_word_is_dropped(scripted: Gateway) -> None:
    answer = merge(scripted, speech(SECONDS, 3), OTHERS)

    assert answer["echo"] == {
        "found": False,
        "delay_ms": None,
        "drift_ppm": None,
        "attenuation_db": None,
    }
    assert answer["dropped_words"] == 0


def test_a_late_mic_has_the_users_words_and_a_warning(scripted: Gateway) -> None:
    answer = merge(scripted, USER + heard(OTHERS, room(), 2.0), OTHERS)

    assert mine(answer) == "mine"
    assert codes(answer) == ["tracks_out_of_step"]


def test_the_same_file_twice_has_no_words_of_the_user(scripted: Gateway) -> None:
    answer = merge(scripted, OTHERS, OTHERS)

    assert mine(answer) == ""
    assert codes(answer) == ["mic_repeats_system"]


def test_swapped_tracks_give_a_warning(scripted: Gateway) -> None:
    mic = USER + 0.5 * heard(OTHERS, room(), 0.06)

    answer = merge(scripted, OTHERS, mic)

    assert "tracks_out_of_step" in codes(answer)
    assert "The system track hears the mic track" in str(answer["warnings"])


def test_self_vad_decides_alone(scripted: Gateway) -> None:
    vad = json.dumps([{"start": 3.0, "end": 7.0}])

    answer = merge(scripted, USER + heard(OTHERS, room(), 0.06), OTHERS, self_vad=vad)

    assert "echo" not in answer
    assert mine(answer) == "theirs"


@pytest.mark.parametrize("seconds", [0.2, 3.0])
def test_short_tracks_are_judged_by_level(scripted: Gateway, seconds: float) -> None:
    answer = merge(scripted, speech(seconds, 3), speech(seconds, 4))

    assert "echo" not in answer


def test_an_unknown_way_names_the_choices(scripted: Gateway) -> None:
    tracks = {"mic_file": wav(sixteen_bits(USER)), "system_file": wav(sixteen_bits(OTHERS))}

    answer = scripted.post(MERGE, files=tracks, data={"timeline": "[]", "echo": "aec"})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "echo"


def test_a_headset_keeps_the_words_after_the_end_of_the_system_track(scripted: Gateway) -> None:
    answer = merge(scripted, speech(SECONDS, 3), speech(12.0, 1))

    assert mine(answer) == "theirs mine"
    assert "may have ended too early" in str(answer["warnings"])


def music(seconds: float) -> Samples:
    """Return notes that change each half second, without a pause, and a drum at each."""
    times = np.arange(round(seconds * 16_000)) / 16_000
    roots = 110 * 2 ** ((np.floor(times * 2) * 5 % 12) / 12)
    partials = [np.sin(2 * np.pi * np.cumsum(roots * n) / 16_000) / n for n in (1, 2, 3, 4, 5)]
    drum = np.random.default_rng(5).normal(0, 1, len(times)) * np.exp(-20 * (times * 2 % 1) / 2)
    return np.asarray(0.1 * np.sum(partials, axis=0) + 0.1 * drum)


def test_music_as_the_system_track_is_cancelled(scripted: Gateway) -> None:
    played = music(10.0)
    system = np.concatenate([played, np.zeros(10 * 16_000)])

    answer = merge(scripted, USER + 0.5 * heard(system, room(), 0.06), system)

    assert mine(answer) == "mine"


def test_a_mic_that_clips_keeps_the_users_words(scripted: Gateway) -> None:
    mic = USER + 1.5 * heard(OTHERS, room(), 0.06)
    loud = np.clip(mic, -0.3 * np.abs(mic).max(), 0.3 * np.abs(mic).max())

    answer = merge(scripted, loud, OTHERS)

    assert answer["echo"]["found"]
    assert mine(answer) == "mine"


@pytest.mark.parametrize("silent", ["mic", "system"])
def test_silence_on_one_side_has_no_echo(scripted: Gateway, silent: str) -> None:
    nothing = np.zeros(round(SECONDS * 16_000))
    tracks = (nothing, OTHERS) if silent == "mic" else (USER, nothing)

    answer = merge(scripted, *tracks)

    assert not answer.get("echo", {"found": False})["found"]


def test_stereo_tracks_of_other_rates_have_their_echo_found(scripted: Gateway) -> None:
    def stereo(samples: Samples, rate: int) -> bytes:
        times = np.arange(round(SECONDS * rate)) / rate
        other_rate = np.interp(times, np.arange(len(samples)) / 16_000, samples)
        return wav(sixteen_bits(np.repeat(other_rate, 2)), rate, channels=2)

    mic = USER + 0.5 * heard(OTHERS, room(), 0.06)
    tracks = {"mic_file": stereo(mic, 11_025), "system_file": stereo(OTHERS, 8_000)}

    answer = scripted.post(MERGE, files=tracks, data={"timeline": "[]"}).json()

    assert answer["echo"]["delay_ms"] == pytest.approx(60, abs=1)
    assert mine(answer) == "mine"
