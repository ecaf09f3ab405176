"""Transcriptions with speakers, over a scripted engine."""

import time

import numpy as np
import pytest

from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json
from tests.gateway_process import Gateway
from tests.recordings import TONE, data_url, square_wave, wav

DIARIZE = "/v1/audio/diarize"
DIARIZE_CHUNK = "/v1/audio/diarize-chunk"
ANN, BOB = [1.0, *[0.0] * 191], [0.0, 1.0, *[0.0] * 190]
HEARD = {
    "duration": 4.0,
    "segments": [
        {"start_s": 0.0, "end_s": 1.6, "speaker": "Speaker_0"},
        {"start_s": 1.9, "end_s": 4.0, "speaker": "Speaker_1"},
    ],
    "speakers_detected": ["Speaker_0", "Speaker_1"],
}
WITH_EMBEDDINGS = {
    **HEARD,
    "fingerprints": {"Speaker_0": ANN, "Speaker_1": BOB},
    "models": {"diarization": "d", "embedding": "e"},
}


REFERENCE = data_url(wav(square_wave(4000, 2.0)))
OTHER_REFERENCE = data_url(wav(square_wave(4000, 2.5)))


@pytest.fixture
def talk(faults: FaultServer) -> FaultServer:
    """An engine that diarizes two speakers, the second of whom talks longer."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer(DIARIZE, HEARD)
    faults.answer(DIARIZE_CHUNK, WITH_EMBEDDINGS)
    return faults


def diarized(gateway: Gateway, status: int = 200, **fields: object) -> dict[str, object]:
    """The answer to a diarized transcription."""
    data = {"response_format": "diarized_json"} | {
        f"known_speaker_{name}[]": value for name, value in fields.items()
    }
    answer = gateway.post(TRANSCRIBE, files={"file": TONE}, data=data)
    assert answer.status_code == status, answer.text
    body: dict[str, object] = answer.json()
    return body if status == 200 else body["error"]  # type: ignore[return-value]


def speakers(body: dict[str, object]) -> list[str]:
    return [segment["speaker"] for segment in body["segments"]]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("talk")
def test_speakers_are_letters_in_order_of_appearance(scripted: Gateway) -> None:
    body = diarized(scripted)

    assert body["text"] == "A: Turn on the light.\nB: Then close the blinds."
    assert body["duration"] == 4.0
    assert body["usage"] == {"type": "duration", "seconds": 4}
    assert speakers(body) == ["A", "B"]


@pytest.mark.usefixtures("talk")
def test_a_segment_has_what_strict_clients_require(scripted: Gateway) -> None:
    assert diarized(scripted)["segments"][0] == {  # type: ignore[index]
        "type": "transcript.text.segment",
        "id": "seg_001",
        "start": 0.0,
        "end": 1.5,
        "text": "Turn on the light.",
        "speaker": "A",
    }


def test_without_known_speakers_no_embedding_is_requested(
    scripted: Gateway, talk: FaultServer
) -> None:
    diarized(scripted)

    assert sorted(talk.paths()) == [DIARIZE, TRANSCRIBE]


@pytest.mark.usefixtures("talk")
def test_a_known_voice_has_its_name_and_an_unknown_one_a_letter(scripted: Gateway) -> None:
    body = diarized(scripted, names=["Bea"], references=[REFERENCE])

    assert speakers(body) == ["A", "Bea"]


@pytest.mark.usefixtures("talk")
def test_a_letter_that_is_a_known_name_labels_no_unknown_speaker(scripted: Gateway) -> None:
    body = diarized(scripted, names=["A"], references=[REFERENCE])

    assert speakers(body) == ["B", "A"]


@pytest.mark.usefixtures("talk")
def test_a_voice_with_two_names_stays_unknown(scripted: Gateway) -> None:
    body = diarized(scripted, names=["Bea", "Cleo"], references=[REFERENCE, REFERENCE])

    assert speakers(body) == ["A", "B"]


def test_references_are_heard_before_the_recording_is_sent(
    scripted: Gateway, talk: FaultServer
) -> None:
    heard: list[Asked] = []
    heard_before: list[int] = []

    def hear(asked: Asked) -> Answer:
        time.sleep(0.1)
        heard.append(asked)
        return as_json(WITH_EMBEDDINGS)

    def transcribe(asked: Asked) -> Answer:
        heard_before.append(len(heard))
        return as_json(TRANSCRIPTION)

    talk.respond(DIARIZE_CHUNK, hear)
    talk.respond(TRANSCRIBE, transcribe)

    body = diarized(scripted, names=["Bea", "Cleo"], references=[REFERENCE, OTHER_REFERENCE])

    assert heard_before == [2]
    assert speakers(body) == ["A", "B"]


def test_a_reference_without_a_voice_is_named(scripted: Gateway, talk: FaultServer) -> None:
    talk.answer(DIARIZE_CHUNK, {"segments": [], "speakers_detected": [], "duration": 2.0})

    error = diarized(scripted, 400, names=["Ann"], references=[REFERENCE])

    assert error["message"] == "known_speaker_references[0]: no voice was found in it."
    assert TRANSCRIBE not in talk.paths()


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("https://example.org/ann.wav", "expected a recording as data:audio/"),
        ("data:audio/wav;base64,###", "expected a recording as data:audio/"),
        (data_url(b"no audio " * 150_000), "could not be decoded"),
        (data_url(TONE), "got 1.0 s"),
    ],
)
def test_an_invalid_reference_is_refused_before_any_engine_call(
    scripted: Gateway, faults: FaultServer, reference: str, reason: str
) -> None:
    error = diarized(scripted, 400, names=["Ann"], references=[reference])

    assert str(error["message"]).startswith("known_speaker_references[0]: ")
    assert reason in str(error["message"])
    assert DIARIZE_CHUNK not in faults.paths()


@pytest.mark.parametrize(
    ("names", "references", "param"),
    [
        (["Ann", "Bob"], [REFERENCE], "known_speaker_references"),
        ([], [REFERENCE], "known_speaker_references"),
        (["Ann"], [], "known_speaker_references"),
        (["  "], [REFERENCE], "known_speaker_names"),
        (["Ann"] * 51, [REFERENCE[:40]] * 51, "known_speaker_names"),
    ],
)
def test_names_and_references_of_different_number_are_refused(
    scripted: Gateway, names: list[str], references: list[str], param: str
) -> None:
    error = diarized(scripted, 400, names=names, references=references)

    assert error["param"] == param


def test_a_large_reference_arrives(scripted: Gateway, talk: FaultServer) -> None:
    noise = np.random.default_rng(1).integers(-9000, 9000, 16_000 * 32, dtype=np.int16)

    diarized(scripted, names=["Ann"], references=[data_url(wav(noise))])

    assert talk.paths().count(DIARIZE_CHUNK) == 2


@pytest.mark.usefixtures("talk")
def test_subtitles_with_speakers_have_voice_tags(scripted: Gateway) -> None:
    data = {"response_format": "vtt", "speakers": "true"}

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=data)

    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.text == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v A>Turn on the light.\n\n"
        "00:00:02.000 --> 00:00:04.000\n<v B>Then close the blinds.\n\n"
    )


@pytest.mark.usefixtures("talk")
def test_rttm_always_has_speakers(scripted: Gateway) -> None:
    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data={"response_format": "rttm"})

    assert answer.text.splitlines() == [
        "SPEAKER recording 1 0.000 1.500 <NA> <NA> A <NA> <NA>",
        "SPEAKER recording 1 2.000 2.000 <NA> <NA> B <NA> <NA>",
    ]


@pytest.mark.usefixtures("talk")
def test_text_with_speakers_has_a_line_for_each(scripted: Gateway) -> None:
    data = {"response_format": "text", "speakers": "true"}

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=data)

    assert answer.text.splitlines()[1] == "[0:00:02] B: Then close the blinds."


def test_the_duration_is_rounded_to_milliseconds(scripted: Gateway, talk: FaultServer) -> None:
    talk.answer(TRANSCRIBE, TRANSCRIPTION | {"duration": 4.000012345})

    assert diarized(scripted)["duration"] == 4.0
