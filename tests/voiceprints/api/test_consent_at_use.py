"""Consent that ended while a voice is still stored: it is used for nothing."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import CONSENT, added, call, code_of
from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, Space, TranscriptSpeaker, Voiceprint


@pytest.fixture
def withdrawn(library_gateway: Gateway) -> TranscriptSpeaker:
    """Ana, who was heard and enrolled, and has withdrawn her consent since."""
    ana = consenting("Ana")
    heard = in_a_transcript("Ana", ana)
    learned = voiceprint_of(ana, axis(0))
    Voiceprint.objects.filter(pk=learned.pk).update(transcript_speaker=heard)
    in_a_transcript("Unknown_0")
    ended = call(library_gateway, "PATCH", f"people/{ana.id}", json={"consent": None})
    assert ended.status_code == 200
    return heard


def in_a_transcript(name: str, person: Person | None = None) -> TranscriptSpeaker:
    return speaker(
        transcript(),
        "Speaker_0",
        name,
        person=person,
        source="unmatched" if person is None else "visual",
        embedding=axis(0).tolist(),
        space=Space.for_engine(SPACE),
        speech_s=30.0,
    )


def name(gateway: Gateway, heard: TranscriptSpeaker, **body: object) -> httpx.Response:
    path = f"transcripts/{heard.transcript_id}/speakers/{heard.label}"
    return call(gateway, "PATCH", path, json=body)


def enrol(gateway: Gateway, person: object, heard: TranscriptSpeaker) -> httpx.Response:
    body = {"transcript": str(heard.transcript_id), "speaker": heard.label}
    return call(gateway, "POST", f"people/{person}/voiceprints", json=body)


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_same_voice_is_not_looked_for(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker, dry_run: bool
) -> None:
    ben = added(library_gateway, "Ben")

    answer = name(library_gateway, withdrawn, person=ben, also="similar", dry_run=dry_run)

    assert code_of(answer) == (409, "consent_missing")
    assert TranscriptSpeaker.objects.filter(name="Unknown_0").exists()


def test_the_voice_is_not_learned_for_somebody_else(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    answer = enrol(library_gateway, added(library_gateway, "Ben"), withdrawn)

    assert code_of(answer) == (409, "consent_missing")
    assert Voiceprint.objects.count() == 1


def test_what_was_learned_before_is_not_told_as_learned(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    answer = enrol(library_gateway, withdrawn.person_id, withdrawn)

    assert code_of(answer) == (409, "consent_missing")


def test_the_voice_is_not_learned_along_with_another_name(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    ben = added(library_gateway, "Ben")

    answer = name(library_gateway, withdrawn, person=ben, enrol=True)

    assert code_of(answer) == (409, "consent_missing")


def test_another_name_does_not_make_the_voice_somebody_elses(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    name(library_gateway, withdrawn, name="Ben")

    withdrawn.refresh_from_db()
    assert (withdrawn.name, withdrawn.embedding) == ("Ben", None)


@pytest.mark.parametrize("which", ["", "/{}"])
def test_the_numbers_of_the_voice_are_not_told(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker, which: str
) -> None:
    one = which.format(Voiceprint.objects.get().id)
    path = f"people/{withdrawn.person_id}/voiceprints{one}"

    assert call(library_gateway, "GET", path).status_code == 200
    assert code_of(call(library_gateway, "GET", f"{path}?include=vector")) == (
        409,
        "consent_missing",
    )


def test_a_transcript_does_not_tell_the_numbers_either(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    talk = withdrawn.transcript
    talk.result = {"segments": [], "speakers": [{"cluster": "Speaker_0", "name": "Ana"}]}
    talk.save()

    answer = call(library_gateway, "GET", f"transcripts/{talk.id}?include=vector").json()

    assert [one["fingerprint"] for one in answer["speakers"]] == [None]


def test_consent_that_is_yet_to_begin_does_not_hold(library_gateway: Gateway) -> None:
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    ana = added(library_gateway, "Ana", consent={**CONSENT, "given_at": soon})
    heard = in_a_transcript("Ana", Person.objects.get(pk=ana))

    answer = name(library_gateway, heard, person=ana, also="similar", dry_run=True)

    assert code_of(answer) == (409, "consent_missing")


def test_consent_that_was_given_again_holds(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    ana = withdrawn.person_id
    call(library_gateway, "PATCH", f"people/{ana}", json={"consent": CONSENT})

    assert enrol(library_gateway, ana, withdrawn).status_code == 201


def test_a_dry_run_is_refused_where_the_change_would_be(library_gateway: Gateway) -> None:
    ana = Person.objects.create(name="Ana")
    heard = in_a_transcript("Unknown_0")

    answer = name(library_gateway, heard, person=str(ana.id), enrol=True, dry_run=True)

    assert code_of(answer) == (409, "consent_missing")


def test_looking_for_the_same_voice_is_audited_also_as_a_dry_run(
    library_gateway: Gateway,
) -> None:
    ana, heard = added(library_gateway, "Ana"), in_a_transcript("Unknown_0")

    name(library_gateway, heard, person=ana, also="similar", dry_run=True)

    entry = AuditEntry.objects.get(action="identified")
    assert (entry.actor, entry.transcript_id) == ("archive", heard.transcript_id)
