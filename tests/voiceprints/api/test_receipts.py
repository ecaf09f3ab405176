"""Receipts for changes by keys that may write but not read."""

import pytest

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import add_person, call, code_of
from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import Person, Transcript, Voiceprint


@pytest.fixture
def two_anas() -> Transcript:
    """Store a transcript with two speakers named Ana."""
    ana, stored = consenting("Ana", notes="met in May"), transcript(recording_name="monday")
    speaker(stored, "Speaker_0", "Ana", person=ana)
    speaker(stored, "Speaker_1", "Ana", person=ana)
    return stored


def test_the_receipt_of_a_changed_person_has_no_name(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana", notes="met in May")

    answer = call(library_gateway, "PATCH", f"people/{ana}", json={}, who="writer")

    version = Person.objects.get().version
    assert answer.json() == {"object": "person", "id": ana, "version": version}


def test_the_receipt_of_a_merge_has_no_name(library_gateway: Gateway) -> None:
    ana, anna = add_person(library_gateway, "Ana"), add_person(library_gateway, "Anna")

    answer = call(
        library_gateway, "POST", f"people/{ana}/merge", json={"from": anna}, who="writer"
    )

    assert set(answer.json()) == {"object", "id", "version"}


def test_the_receipt_of_a_changed_transcript_has_no_speakers(
    library_gateway: Gateway, two_anas: Transcript
) -> None:
    answer = call(library_gateway, "PATCH", f"transcripts/{two_anas.id}", json={}, who="writer")

    assert answer.json() == {"object": "transcript", "id": str(two_anas.id)}


def test_the_receipt_of_a_named_speaker_lists_no_others(
    library_gateway: Gateway, two_anas: Transcript
) -> None:
    ben = consenting("Ben")
    path = f"transcripts/{two_anas.id}/speakers/Speaker_0"

    answer = call(library_gateway, "PATCH", path, json={"person": str(ben.id)}, who="writer")

    assert answer.json() == {
        "object": "naming",
        "dry_run": False,
        "person": {"id": str(ben.id)},
        "speakers": ["Speaker_0"],
        "voiceprint": None,
    }


@pytest.mark.parametrize("name", ["ANA", "Nobody"])
def test_a_dry_run_does_not_reveal_who_is_known(
    library_gateway: Gateway, two_anas: Transcript, name: str
) -> None:
    path, body = f"transcripts/{two_anas.id}/speakers/Speaker_0", {"name": name, "dry_run": True}

    answer = call(library_gateway, "PATCH", path, json=body, who="writer")

    assert code_of(answer) == (403, "insufficient_scope")


def test_the_receipt_of_an_enrolled_voice_reveals_no_others(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))
    ana, body = (
        add_person(library_gateway, "Ana"),
        {"fingerprint": axis(0).tolist(), "space": SPACE},
    )

    answer = call(library_gateway, "POST", f"people/{ana}/voiceprints", json=body, who="writer")

    voiceprint = str(Voiceprint.objects.get(person__name="Ana").id)
    assert answer.json() == {"object": "voiceprint", "id": voiceprint, "person": ana}
