"""The endpoint that names a speaker of a stored transcript."""

from urllib.parse import quote

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import UNKNOWN_ID, add_person, call, code_of, param_of
from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from voiceprints.models import Person, Space, Transcript, TranscriptSpeaker, Voiceprint


def store_speaker(name: str, vector: NDArray[np.float64], recording: str = "") -> Transcript:
    """Store a transcript in which one speaker speaks for half a minute."""
    stored = transcript(recording_name=recording)
    speaker(
        stored,
        "Speaker_0",
        name,
        source="unmatched" if name.startswith("Unknown") else "visual",
        embedding=vector.tolist(),
        space=Space.for_engine(SPACE),
        speech_s=30.0,
    )
    return stored


def name_speaker(
    gateway: Gateway, stored: Transcript, body: object, *, query: str = "", who: str = "archive"
) -> httpx.Response:
    """Name Speaker_0."""
    path = f"transcripts/{stored.id}/speakers/Speaker_0{query}"
    return call(gateway, "PATCH", path, json=body, who=who)


def test_a_speaker_is_named_by_person(library_gateway: Gateway) -> None:
    ana, stored = add_person(library_gateway, "Ana"), store_speaker("Unknown_0", axis(0))

    answer = name_speaker(library_gateway, stored, {"person": ana})

    assert answer.json() == {
        "object": "naming",
        "dry_run": False,
        "person": {"id": ana, "name": "Ana"},
        "speakers": ["Speaker_0"],
        "similar": [],
        "voiceprint": None,
    }
    named = TranscriptSpeaker.objects.get()
    assert (named.name, str(named.person_id), named.source) == ("Ana", ana, "named_by_hand")


def test_a_speaker_is_named_by_a_new_name(library_gateway: Gateway) -> None:
    answer = name_speaker(library_gateway, store_speaker("Unknown_0", axis(0)), {"name": "Ana"})

    assert answer.json()["person"] == {"id": str(Person.objects.get().id), "name": "Ana"}


def test_a_speaker_is_named_by_a_known_name(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = name_speaker(library_gateway, store_speaker("Unknown_0", axis(0)), {"name": "ANA"})

    assert answer.json()["person"] == {"id": ana, "name": "Ana"}


def test_the_voice_is_enrolled_with_the_name(library_gateway: Gateway) -> None:
    ana, stored = add_person(library_gateway, "Ana"), store_speaker("Unknown_0", axis(0))

    answer = name_speaker(library_gateway, stored, {"person": ana, "enrol": True})

    enrolled = Voiceprint.objects.get()
    assert answer.json()["voiceprint"] == str(enrolled.id)
    assert (str(enrolled.person_id), enrolled.source) == (ana, "transcript")


def test_a_person_without_consent_is_neither_enrolled_nor_named(library_gateway: Gateway) -> None:
    ana = Person.objects.create(name="Ana")
    stored = store_speaker("Unknown_0", axis(0))

    answer = name_speaker(library_gateway, stored, {"person": str(ana.id), "enrol": True})

    assert code_of(answer) == (409, "consent_missing")
    assert TranscriptSpeaker.objects.get().name == "Unknown_0"


def test_a_voice_of_another_person_is_not_enrolled_and_no_person_is_added(
    library_gateway: Gateway,
) -> None:
    voiceprint_of(consenting("Ben"), axis(0))

    answer = name_speaker(
        library_gateway, store_speaker("Unknown_0", axis(0)), {"name": "Ana", "enrol": True}
    )

    assert answer.status_code == 409
    assert Person.objects.get().name == "Ben"


def test_the_same_voice_is_named_in_other_transcripts(library_gateway: Gateway) -> None:
    ana, stored = add_person(library_gateway, "Ana"), store_speaker("Unknown_0", axis(0))
    store_speaker("Unknown_3", blend({0: 0.8, 1: 0.6}), "tuesday")
    store_speaker("Unknown_1", axis(2), "wednesday")
    store_speaker("Cleo", axis(0), "thursday")

    answer = name_speaker(library_gateway, stored, {"person": ana, "also": "similar"}).json()

    assert [(one["recording_name"], one["similarity"]) for one in answer["similar"]] == [
        ("tuesday", 0.8)
    ]
    assert set(TranscriptSpeaker.objects.values_list("transcript__recording_name", "name")) == {
        ("", "Ana"),
        ("tuesday", "Ana"),
        ("wednesday", "Unknown_1"),
        ("thursday", "Cleo"),
    }


def test_a_dry_run_changes_nothing(library_gateway: Gateway) -> None:
    stored = store_speaker("Unknown_0", axis(0))
    other = store_speaker("Unknown_3", blend({0: 0.8, 1: 0.6}), "tuesday")
    cleos = store_speaker("Cleo", axis(0), "thursday")
    body = {"name": "Ana", "also": "similar", "dry_run": True}

    answer = name_speaker(library_gateway, stored, body)

    assert answer.json()["dry_run"] is True
    assert answer.json()["person"] == {"id": None, "name": "Ana"}
    assert [
        (one["transcript"], one["similarity"], one["nameless"]) for one in answer.json()["similar"]
    ] == [(str(cleos.id), 1.0, False), (str(other.id), 0.8, True)]
    assert not Person.objects.exists()
    assert not TranscriptSpeaker.objects.filter(name="Ana").exists()


def test_a_threshold_for_the_same_voice_may_be_sent(library_gateway: Gateway) -> None:
    ana, stored = add_person(library_gateway, "Ana"), store_speaker("Unknown_0", axis(0))
    store_speaker("Unknown_3", blend({0: 0.8, 1: 0.6}))

    answer = name_speaker(
        library_gateway, stored, {"person": ana, "also": "similar", "threshold": 0.9}
    )

    assert answer.json()["similar"] == []


def test_options_may_come_in_the_query(library_gateway: Gateway) -> None:
    stored = store_speaker("Unknown_0", axis(0))

    answer = name_speaker(
        library_gateway, stored, {"name": "Ana"}, query="?also=similar&dry_run=true"
    )

    assert answer.json()["dry_run"] is True
    assert not Person.objects.exists()


def test_a_speaker_without_an_embedding_has_no_similar_speakers(library_gateway: Gateway) -> None:
    stored = transcript()
    speaker(stored, "Speaker_0", "Unknown_0")

    answer = name_speaker(library_gateway, stored, {"name": "Ana", "also": "similar"})

    assert code_of(answer) == (422, "unusable_fingerprint")
    assert not Person.objects.exists()


def test_a_voice_without_consent_is_not_searched_for(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")
    call(library_gateway, "PATCH", f"people/{ana}", json={"consent": None})

    answer = name_speaker(
        library_gateway, store_speaker("Unknown_0", axis(0)), {"person": ana, "also": "similar"}
    )

    assert code_of(answer) == (409, "consent_missing")


def test_a_key_that_cannot_read_names_no_other_transcripts(library_gateway: Gateway) -> None:
    stored = store_speaker("Unknown_0", axis(0))

    assert name_speaker(library_gateway, stored, {"name": "Ana"}, who="writer").status_code == 200
    assert (
        name_speaker(
            library_gateway, stored, {"name": "Ana", "also": "similar"}, who="writer"
        ).status_code
        == 403
    )


def test_an_unknown_label_is_not_found(library_gateway: Gateway) -> None:
    stored = transcript()

    assert code_of(name_speaker(library_gateway, stored, {"name": "Ana"})) == (
        404,
        "speaker_not_found",
    )
    assert not Person.objects.exists()


def test_an_unknown_person_is_not_found(library_gateway: Gateway) -> None:
    answer = name_speaker(
        library_gateway, store_speaker("Unknown_0", axis(0)), {"person": UNKNOWN_ID}
    )

    assert code_of(answer) == (404, "person_not_found")


@pytest.mark.parametrize("label", ["mic Speaker_0", "Ünï", "a?b", "%"])
def test_a_label_of_any_characters_works_in_the_url(library_gateway: Gateway, label: str) -> None:
    stored = transcript()
    speaker(stored, label, "Unknown_0")
    path = f"transcripts/{stored.id}/speakers/{quote(label, safe='')}"

    answer = call(library_gateway, "PATCH", path, json={"name": "Ana"})

    assert answer.json()["speakers"] == [label]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "person"),
        ({"person": UNKNOWN_ID, "name": "Ana"}, "person"),
        ({"person": "Ana"}, "person"),
        ({"name": ""}, "name"),
        ({"name": "\u0007"}, "name"),
        ({"name": "Ana", "also": "others"}, "also"),
        ({"name": "Ana", "threshold": 0.5}, "threshold"),
        ({"name": "Ana", "also": "similar", "threshold": 2}, "threshold"),
        ({"name": "Ana", "enroll": True}, "enroll"),
        ({"name": "Ana", "dry_run": "perhaps"}, "dry_run"),
    ],
)
def test_an_invalid_naming_is_refused(library_gateway: Gateway, body: object, param: str) -> None:
    assert param_of(name_speaker(library_gateway, store_speaker("Unknown_0", axis(0)), body)) == (
        400,
        param,
    )


def test_a_person_without_consent_is_not_found_by_voice_in_other_transcripts(
    library_gateway: Gateway,
) -> None:
    cleo = consenting("Cleo")
    other = store_speaker("Cleo", axis(0), "thursday")
    other.speakers.update(person=cleo)
    call(library_gateway, "PATCH", f"people/{cleo.id}", json={"consent": None})
    body = {"name": "Ana", "also": "similar", "dry_run": True}

    answer = name_speaker(library_gateway, store_speaker("Unknown_0", axis(0)), body)

    assert answer.json()["similar"] == []
