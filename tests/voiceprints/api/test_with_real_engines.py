"""The whole way over REST: learned, known again, named afterwards, found, forgotten."""

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
from tests.voiceprints.api.calls import added, call
from tests.voiceprints.conftest import API_KEYS, database_url, key
from voiceprints.models import Person, TranscriptSpeaker, Voiceprint

pytestmark = [pytest.mark.models, pytest.mark.django_db(transaction=True)]

# Voices are learned before the half and known again after it, up to where all have said enough.
HALF_S, ENOUGH_S = 100.0, 125.0
EMMA, MICHAEL = "Emma Brook", "Michael Reyes"


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The real engine over the tests' database, with keys."""
    with running_gateway(
        tmp_path_factory.mktemp("clinic"),
        DATABASE_URL=database_url(),
        SECRET_KEY="for-the-tests",
        API_KEYS=API_KEYS,
        **engine_urls(),
    ) as gateway:
        yield gateway


def test_two_people_are_learned_and_named_by_voice(clinic: Gateway) -> None:
    enrolled(clinic, EMMA)
    michael = enrolled(clinic, MICHAEL)

    talk = second_half(clinic)

    assert {(s["name"], s["source"]) for s in talk["speakers"]} == {
        (EMMA, "voiceprint"),
        (MICHAEL, "voiceprint"),
    }
    found = call(clinic, "GET", f"transcripts?person={michael}&q=hospital", who="reader").json()
    assert [one["id"] for one in found["data"]] == [talk["id"]]


def test_a_speaker_who_is_named_afterwards_is_known_from_then_on(clinic: Gateway) -> None:
    enrolled(clinic, EMMA)
    michael, talk = added(clinic, MICHAEL), second_half(clinic)
    stranger = next(s["cluster"] for s in talk["speakers"] if s["source"] == "unmatched")

    call(
        clinic,
        "PATCH",
        f"transcripts/{talk['id']}/speakers/{stranger}",
        json={"person": michael, "enrol": True},
    )

    answer = identified(clinic, MICHAEL)
    assert (answer["decision"], answer["person"]["name"]) == ("match", MICHAEL)


def test_of_a_person_who_is_forgotten_nothing_is_left(clinic: Gateway) -> None:
    emma, talk = enrolled(clinic, EMMA), second_half(clinic)
    assert EMMA in {speaker["name"] for speaker in talk["speakers"]}

    call(clinic, "DELETE", f"people/{emma}")

    told = call(clinic, "GET", f"transcripts/{talk['id']}?include=vector").json()
    forgotten = next(s for s in told["speakers"] if s["name"] == f"Person {emma[:4]}")
    assert (forgotten["person"], forgotten["fingerprint"]) == (None, None)
    assert EMMA not in json.dumps([told["speakers"], told["recording_name"]])
    assert EMMA not in {segment["speaker"] for segment in told["segments"]}
    assert not Voiceprint.objects.exists()
    assert not Person.objects.exists()
    assert not TranscriptSpeaker.objects.filter(name=EMMA).exists()
    assert identified(clinic, EMMA)["decision"] == "unknown"


def test_two_voices_in_one_recording_are_not_learned(clinic: Gateway, system: Path) -> None:
    path = f"people/{added(clinic, EMMA)}/voiceprints"

    answer = call(clinic, "POST", path, files={"file": system.read_bytes()})

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in ("several_voices", "too_little_speech")


def enrolled(gateway: Gateway, name: str) -> str:
    """Add somebody and learn the voice from what they say in the first half of the meeting."""
    person = added(gateway, name)
    answer = call(
        gateway, "POST", f"people/{person}/voiceprints", files={"file": first_half_of(name)}
    )
    assert answer.status_code == 201, answer.text
    return person


def second_half(gateway: Gateway) -> dict[str, Any]:
    """Keep who said what early in the second half, told by voice alone."""
    begin, end = int(HALF_S * SAMPLE_RATE), int(ENOUGH_S * SAMPLE_RATE)
    samples = samples_of(CLINIC / "system.flac")[begin:end]
    answer = gateway.post(
        "/api/audio/label-merge",
        files={"file": ("emma-brook-monday.wav", wav(samples))},
        data={"timeline": "[]", "transcribe": "true", "store": "true"},
        headers=key("archive"),
    ).json()
    told: dict[str, Any] = call(gateway, "GET", f"transcripts/{answer['transcript_id']}").json()
    return told


def identified(gateway: Gateway, name: str) -> dict[str, Any]:
    """Whose voice is it that this person has in the first half?"""
    files = {"file": first_half_of(name)}
    answer = call(gateway, "POST", "voiceprints/identify", files=files).json()
    longest: dict[str, Any] = max(answer["speakers"], key=lambda speaker: speaker["speech_s"])
    return longest


def first_half_of(name: str) -> bytes:
    """All that somebody says in the first half, without the others."""
    samples = samples_of(CLINIC / "system.flac")
    spans = (
        span
        for said in Meeting(CLINIC).utterances
        for span in said.speech
        if said.name == name and said.end < HALF_S
    )
    pieces = [samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] for start, end in spans]
    return wav(np.concatenate(pieces))
