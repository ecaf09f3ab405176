"""Somebody says afterwards who a speaker was."""

from urllib.parse import quote

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import NOBODY, added, call, code_of, param_of
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


def heard(name: str, vector: NDArray[np.float64], recording: str = "") -> Transcript:
    """A transcript in which somebody speaks for half a minute."""
    talk = transcript(recording_name=recording)
    speaker(
        talk,
        "Speaker_0",
        name,
        source="unmatched" if name.startswith("Unknown") else "visual",
        embedding=vector.tolist(),
        space=Space.for_engine(SPACE),
        speech_s=30.0,
    )
    return talk


def say(
    gateway: Gateway, talk: Transcript, body: object, *, query: str = "", who: str = "archive"
) -> httpx.Response:
    """Say who Speaker_0 is."""
    path = f"transcripts/{talk.id}/speakers/Speaker_0{query}"
    return call(gateway, "PATCH", path, json=body, who=who)


def test_a_speaker_is_named_by_person(library_gateway: Gateway) -> None:
    ana, talk = added(library_gateway, "Ana"), heard("Unknown_0", axis(0))

    answer = say(library_gateway, talk, {"person": ana})

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


def test_a_speaker_is_named_by_the_name_of_somebody_new(library_gateway: Gateway) -> None:
    answer = say(library_gateway, heard("Unknown_0", axis(0)), {"name": "Ana"})

    assert answer.json()["person"] == {"id": str(Person.objects.get().id), "name": "Ana"}


def test_a_speaker_is_named_by_the_name_of_somebody_known(library_gateway: Gateway) -> None:
    ana = added(library_gateway, "Ana")

    answer = say(library_gateway, heard("Unknown_0", axis(0)), {"name": "ANA"})

    assert answer.json()["person"] == {"id": ana, "name": "Ana"}


def test_the_voice_is_learned_with_the_name(library_gateway: Gateway) -> None:
    ana, talk = added(library_gateway, "Ana"), heard("Unknown_0", axis(0))

    answer = say(library_gateway, talk, {"person": ana, "enrol": True})

    learned = Voiceprint.objects.get()
    assert answer.json()["voiceprint"] == str(learned.id)
    assert (str(learned.person_id), learned.source) == (ana, "transcript")


def test_who_does_not_consent_is_neither_learned_nor_named(library_gateway: Gateway) -> None:
    ana = Person.objects.create(name="Ana")
    talk = heard("Unknown_0", axis(0))

    answer = say(library_gateway, talk, {"person": str(ana.id), "enrol": True})

    assert code_of(answer) == (409, "consent_missing")
    assert TranscriptSpeaker.objects.get().name == "Unknown_0"


def test_a_voice_that_is_somebody_elses_is_not_learned_and_nobody_is_made(
    library_gateway: Gateway,
) -> None:
    voiceprint_of(consenting("Ben"), axis(0))

    answer = say(library_gateway, heard("Unknown_0", axis(0)), {"name": "Ana", "enrol": True})

    assert answer.status_code == 409
    assert Person.objects.get().name == "Ben"


def test_the_same_voice_is_named_elsewhere(library_gateway: Gateway) -> None:
    ana, talk = added(library_gateway, "Ana"), heard("Unknown_0", axis(0))
    heard("Unknown_3", blend({0: 0.8, 1: 0.6}), "tuesday")
    heard("Unknown_1", axis(2), "wednesday")
    heard("Cleo", axis(0), "thursday")

    answer = say(library_gateway, talk, {"person": ana, "also": "similar"}).json()

    assert [(one["recording_name"], one["similarity"]) for one in answer["similar"]] == [
        ("tuesday", 0.8)
    ]
    assert set(TranscriptSpeaker.objects.values_list("transcript__recording_name", "name")) == {
        ("", "Ana"),
        ("tuesday", "Ana"),
        ("wednesday", "Unknown_1"),
        ("thursday", "Cleo"),
    }


def test_a_dry_run_tells_and_changes_nothing(library_gateway: Gateway) -> None:
    talk = heard("Unknown_0", axis(0))
    other = heard("Unknown_3", blend({0: 0.8, 1: 0.6}), "tuesday")
    cleos = heard("Cleo", axis(0), "thursday")
    body = {"name": "Ana", "also": "similar", "dry_run": True}

    answer = say(library_gateway, talk, body)

    assert answer.json()["dry_run"] is True
    assert answer.json()["person"] == {"id": None, "name": "Ana"}
    assert [
        (one["transcript"], one["similarity"], one["nameless"]) for one in answer.json()["similar"]
    ] == [(str(cleos.id), 1.0, False), (str(other.id), 0.8, True)]
    assert not Person.objects.exists()
    assert not TranscriptSpeaker.objects.filter(name="Ana").exists()


def test_how_similar_the_same_voice_is_can_be_said(library_gateway: Gateway) -> None:
    ana, talk = added(library_gateway, "Ana"), heard("Unknown_0", axis(0))
    heard("Unknown_3", blend({0: 0.8, 1: 0.6}))

    answer = say(library_gateway, talk, {"person": ana, "also": "similar", "threshold": 0.9})

    assert answer.json()["similar"] == []


def test_options_may_stand_in_the_query(library_gateway: Gateway) -> None:
    talk = heard("Unknown_0", axis(0))

    answer = say(library_gateway, talk, {"name": "Ana"}, query="?also=similar&dry_run=true")

    assert answer.json()["dry_run"] is True
    assert not Person.objects.exists()


def test_a_speaker_without_a_fingerprint_is_like_nobody(library_gateway: Gateway) -> None:
    talk = transcript()
    speaker(talk, "Speaker_0", "Unknown_0")

    answer = say(library_gateway, talk, {"name": "Ana", "also": "similar"})

    assert code_of(answer) == (422, "unusable_fingerprint")
    assert not Person.objects.exists()


def test_after_a_no_nobody_is_looked_for_by_voice(library_gateway: Gateway) -> None:
    ana = added(library_gateway, "Ana")
    call(library_gateway, "PATCH", f"people/{ana}", json={"consent": None})

    answer = say(library_gateway, heard("Unknown_0", axis(0)), {"person": ana, "also": "similar"})

    assert code_of(answer) == (409, "consent_missing")


def test_who_may_not_read_names_no_other_transcripts(library_gateway: Gateway) -> None:
    talk = heard("Unknown_0", axis(0))

    assert say(library_gateway, talk, {"name": "Ana"}, who="writer").status_code == 200
    assert (
        say(library_gateway, talk, {"name": "Ana", "also": "similar"}, who="writer").status_code
        == 403
    )


def test_a_label_that_nobody_has_is_not_found(library_gateway: Gateway) -> None:
    talk = transcript()

    assert code_of(say(library_gateway, talk, {"name": "Ana"})) == (404, "speaker_not_found")
    assert not Person.objects.exists()


def test_somebody_who_is_not_there_is_nobody(library_gateway: Gateway) -> None:
    answer = say(library_gateway, heard("Unknown_0", axis(0)), {"person": NOBODY})

    assert code_of(answer) == (404, "person_not_found")


@pytest.mark.parametrize("label", ["mic Speaker_0", "Ünï", "a?b", "%"])
def test_a_label_of_any_kind_is_an_address(library_gateway: Gateway, label: str) -> None:
    talk = transcript()
    speaker(talk, label, "Unknown_0")
    path = f"transcripts/{talk.id}/speakers/{quote(label, safe='')}"

    answer = call(library_gateway, "PATCH", path, json={"name": "Ana"})

    assert answer.json()["speakers"] == [label]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "person"),
        ({"person": NOBODY, "name": "Ana"}, "person"),
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
def test_a_naming_that_says_nothing_sensible_is_refused(
    library_gateway: Gateway, body: object, param: str
) -> None:
    assert param_of(say(library_gateway, heard("Unknown_0", axis(0)), body)) == (400, param)


def test_whoever_said_no_is_not_found_by_voice_in_other_transcripts(
    library_gateway: Gateway,
) -> None:
    cleo = consenting("Cleo")
    other = heard("Cleo", axis(0), "thursday")
    other.speakers.update(person=cleo)
    call(library_gateway, "PATCH", f"people/{cleo.id}", json={"consent": None})
    body = {"name": "Ana", "also": "similar", "dry_run": True}

    answer = say(library_gateway, heard("Unknown_0", axis(0)), body)

    assert answer.json()["similar"] == []
