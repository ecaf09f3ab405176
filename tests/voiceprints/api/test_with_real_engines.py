"""The library's workflow with a real engine: enrol, recognise, name, search, erase."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.recorded_meetings import CLINIC, Meeting
from tests.environment import engine_urls
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import SAMPLE_RATE, samples_of, wav
from tests.voiceprints.api.calls import add_person, call
from tests.voiceprints.conftest import API_KEYS, database_url, key
from voiceprints.models import Person, TranscriptSpeaker, Voiceprint

pytestmark = [pytest.mark.models, pytest.mark.django_db(transaction=True)]

# Voices are enrolled from the first half and recognised in the second, up to the point where
# every person has spoken long enough.
HALF_S, ENOUGH_S = 100.0, 125.0
EMMA, MICHAEL = "Emma Brook", "Michael Reyes"


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Start a gateway with the real engine, the tests' database and keys."""
    with running_gateway(
        tmp_path_factory.mktemp("clinic"),
        DATABASE_URL=database_url(),
        SECRET_KEY="for-the-tests",
        API_KEYS=API_KEYS,
        **engine_urls(),
    ) as gateway:
        yield gateway


def test_two_people_are_enrolled_and_named_by_voice(clinic: Gateway) -> None:
    enrolled(clinic, EMMA)
    michael = enrolled(clinic, MICHAEL)

    stored = second_half(clinic)

    assert {(s["name"], s["source"]) for s in stored["speakers"]} == {
        (EMMA, "voiceprint"),
        (MICHAEL, "voiceprint"),
    }
    found = call(clinic, "GET", f"transcripts?person={michael}&q=hospital", who="reader").json()
    assert [one["id"] for one in found["data"]] == [stored["id"]]


def test_a_speaker_named_afterwards_is_recognised_from_then_on(clinic: Gateway) -> None:
    enrolled(clinic, EMMA)
    michael, stored = add_person(clinic, MICHAEL), second_half(clinic)
    unnamed = next(s["cluster"] for s in stored["speakers"] if s["source"] == "unmatched")

    call(
        clinic,
        "PATCH",
        f"transcripts/{stored['id']}/speakers/{unnamed}",
        json={"person": michael, "enrol": True},
    )

    answer = identified(clinic, MICHAEL)
    assert (answer["decision"], answer["person"]["name"]) == ("match", MICHAEL)


def test_an_erased_person_leaves_no_trace(clinic: Gateway) -> None:
    emma, stored = enrolled(clinic, EMMA), second_half(clinic)
    assert EMMA in {speaker["name"] for speaker in stored["speakers"]}

    call(clinic, "DELETE", f"people/{emma}")

    answer = call(clinic, "GET", f"transcripts/{stored['id']}?include=vector").json()
    erased = next(s for s in answer["speakers"] if s["name"] == f"Person {emma[:4]}")
    assert (erased["person"], erased["fingerprint"]) == (None, None)
    assert EMMA not in json.dumps([answer["speakers"], answer["recording_name"]])
    assert EMMA not in {segment["speaker"] for segment in answer["segments"]}
    assert not Voiceprint.objects.exists()
    assert not Person.objects.exists()
    assert not TranscriptSpeaker.objects.filter(name=EMMA).exists()
    assert identified(clinic, EMMA)["decision"] == "unknown"


def test_a_recording_of_two_voices_is_not_enrolled(clinic: Gateway, system: Path) -> None:
    path = f"people/{add_person(clinic, EMMA)}/voiceprints"

    answer = call(clinic, "POST", path, files={"file": system.read_bytes()})

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in ("several_voices", "too_little_speech")


def enrolled(gateway: Gateway, name: str) -> str:
    """Add a person, and enrol the voice from the first half of the meeting."""
    person = add_person(gateway, name)
    answer = call(
        gateway, "POST", f"people/{person}/voiceprints", files={"file": first_half_of(name)}
    )
    assert answer.status_code == 201, answer.text
    return person


def second_half(gateway: Gateway) -> dict[str, Any]:
    """Store a transcript of the start of the second half, with names by voice alone."""
    begin, end = int(HALF_S * SAMPLE_RATE), int(ENOUGH_S * SAMPLE_RATE)
    samples = samples_of(CLINIC / "system.flac")[begin:end]
    answer = gateway.post(
        "/api/audio/label-merge",
        files={"file": ("emma-brook-monday.wav", wav(samples))},
        data={"timeline": "[]", "transcribe": "true", "store": "true"},
        headers=key("archive"),
    ).json()
    answered: dict[str, Any] = call(
        gateway, "GET", f"transcripts/{answer['transcript_id']}"
    ).json()
    return answered


def identified(gateway: Gateway, name: str) -> dict[str, Any]:
    """Identify the voice that this person has in the first half."""
    files = {"file": first_half_of(name)}
    answer = call(gateway, "POST", "voiceprints/identify", files=files).json()
    longest: dict[str, Any] = max(answer["speakers"], key=lambda speaker: speaker["speech_s"])
    return longest


def first_half_of(name: str) -> bytes:
    """Return all speech of one person in the first half as one recording."""
    samples = samples_of(CLINIC / "system.flac")
    spans = (
        span
        for utterance in Meeting(CLINIC).utterances
        for span in utterance.speech
        if utterance.name == name and utterance.end < HALF_S
    )
    pieces = [samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] for start, end in spans]
    return wav(np.concatenate(pieces))
