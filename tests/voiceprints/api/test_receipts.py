"""What keys that may change, and not read, are told of their changes."""

import pytest

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import added, call, code_of
from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import Person, Transcript, Voiceprint


@pytest.fixture
def talk() -> Transcript:
    """Two voices, both called Ana."""
    ana, kept = consenting("Ana", notes="met in May"), transcript(recording_name="monday")
    speaker(kept, "Speaker_0", "Ana", person=ana)
    speaker(kept, "Speaker_1", "Ana", person=ana)
    return kept


def test_a_change_of_a_person_tells_no_name(library_gateway: Gateway) -> None:
    ana = added(library_gateway, "Ana", notes="met in May")

    answer = call(library_gateway, "PATCH", f"people/{ana}", json={}, who="writer")

    version = Person.objects.get().version
    assert answer.json() == {"object": "person", "id": ana, "version": version}


def test_a_merge_tells_no_name(library_gateway: Gateway) -> None:
    ana, anna = added(library_gateway, "Ana"), added(library_gateway, "Anna")

    answer = call(
        library_gateway, "POST", f"people/{ana}/merge", json={"from": anna}, who="writer"
    )

    assert set(answer.json()) == {"object", "id", "version"}


def test_a_change_of_a_transcript_tells_nobody(library_gateway: Gateway, talk: Transcript) -> None:
    answer = call(library_gateway, "PATCH", f"transcripts/{talk.id}", json={}, who="writer")

    assert answer.json() == {"object": "transcript", "id": str(talk.id)}


def test_a_speaker_who_is_named_tells_of_no_other(
    library_gateway: Gateway, talk: Transcript
) -> None:
    ben = consenting("Ben")
    path = f"transcripts/{talk.id}/speakers/Speaker_0"

    answer = call(library_gateway, "PATCH", path, json={"person": str(ben.id)}, who="writer")

    assert answer.json() == {
        "object": "naming",
        "dry_run": False,
        "person": {"id": str(ben.id)},
        "speakers": ["Speaker_0"],
        "voiceprint": None,
    }


@pytest.mark.parametrize("name", ["ANA", "Nobody"])
def test_who_is_known_cannot_be_asked_by_a_dry_run(
    library_gateway: Gateway, talk: Transcript, name: str
) -> None:
    path, body = f"transcripts/{talk.id}/speakers/Speaker_0", {"name": name, "dry_run": True}

    answer = call(library_gateway, "PATCH", path, json=body, who="writer")

    assert code_of(answer) == (403, "insufficient_scope")


def test_a_voice_that_is_learned_tells_of_no_other(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))
    ana, body = added(library_gateway, "Ana"), {"fingerprint": axis(0).tolist(), "space": SPACE}

    answer = call(library_gateway, "POST", f"people/{ana}/voiceprints", json=body, who="writer")

    learned = str(Voiceprint.objects.get(person__name="Ana").id)
    assert answer.json() == {"object": "voiceprint", "id": learned, "person": ana}
