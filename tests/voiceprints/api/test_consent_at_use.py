"""A stored voice is not used after its consent has ended."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import CONSENT, add_person, call, code_of
from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, Space, TranscriptSpeaker, Voiceprint


@pytest.fixture
def withdrawn(library_gateway: Gateway) -> TranscriptSpeaker:
    """Enrol Ana from a transcript, and withdraw her consent."""
    ana = consenting("Ana")
    appearance = in_a_transcript("Ana", ana)
    voiceprint = voiceprint_of(ana, axis(0))
    Voiceprint.objects.filter(pk=voiceprint.pk).update(transcript_speaker=appearance)
    in_a_transcript("Unknown_0")
    ended = call(library_gateway, "PATCH", f"people/{ana.id}", json={"consent": None})
    assert ended.status_code == 200
    return appearance


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


def name(gateway: Gateway, appearance: TranscriptSpeaker, **body: object) -> httpx.Response:
    path = f"transcripts/{appearance.transcript_id}/speakers/{appearance.label}"
    return call(gateway, "PATCH", path, json=body)


def enrol(gateway: Gateway, person: object, appearance: TranscriptSpeaker) -> httpx.Response:
    body = {"transcript": str(appearance.transcript_id), "speaker": appearance.label}
    return call(gateway, "POST", f"people/{person}/voiceprints", json=body)


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_same_voice_is_not_searched_for(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker, dry_run: bool
) -> None:
    ben = add_person(library_gateway, "Ben")

    answer = name(library_gateway, withdrawn, person=ben, also="similar", dry_run=dry_run)

    assert code_of(answer) == (409, "consent_missing")
    assert TranscriptSpeaker.objects.filter(name="Unknown_0").exists()


def test_the_voice_is_not_enrolled_for_another_person(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    answer = enrol(library_gateway, add_person(library_gateway, "Ben"), withdrawn)

    assert code_of(answer) == (409, "consent_missing")
    assert Voiceprint.objects.count() == 1


def test_an_earlier_voiceprint_is_not_reported_as_new(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    answer = enrol(library_gateway, withdrawn.person_id, withdrawn)

    assert code_of(answer) == (409, "consent_missing")


def test_the_voice_is_not_enrolled_with_another_name(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    ben = add_person(library_gateway, "Ben")

    answer = name(library_gateway, withdrawn, person=ben, enrol=True)

    assert code_of(answer) == (409, "consent_missing")


def test_another_name_does_not_assign_the_voice_to_another_person(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    name(library_gateway, withdrawn, name="Ben")

    withdrawn.refresh_from_db()
    assert (withdrawn.name, withdrawn.embedding) == ("Ben", None)


@pytest.mark.parametrize("which", ["", "/{}"])
def test_the_vectors_of_the_voice_are_not_returned(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker, which: str
) -> None:
    one = which.format(Voiceprint.objects.get().id)
    path = f"people/{withdrawn.person_id}/voiceprints{one}"

    assert call(library_gateway, "GET", path).status_code == 200
    assert code_of(call(library_gateway, "GET", f"{path}?include=vector")) == (
        409,
        "consent_missing",
    )


def test_a_transcript_does_not_return_the_vectors(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    stored = withdrawn.transcript
    stored.result = {"segments": [], "speakers": [{"cluster": "Speaker_0", "name": "Ana"}]}
    stored.save()

    answer = call(library_gateway, "GET", f"transcripts/{stored.id}?include=vector").json()

    assert [one["fingerprint"] for one in answer["speakers"]] == [None]


def test_consent_that_begins_later_is_not_valid_yet(library_gateway: Gateway) -> None:
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    ana = add_person(library_gateway, "Ana", consent={**CONSENT, "given_at": soon})
    appearance = in_a_transcript("Ana", Person.objects.get(pk=ana))

    answer = name(library_gateway, appearance, person=ana, also="similar", dry_run=True)

    assert code_of(answer) == (409, "consent_missing")


def test_consent_that_was_given_again_is_valid(
    library_gateway: Gateway, withdrawn: TranscriptSpeaker
) -> None:
    ana = withdrawn.person_id
    call(library_gateway, "PATCH", f"people/{ana}", json={"consent": CONSENT})

    assert enrol(library_gateway, ana, withdrawn).status_code == 201


def test_a_dry_run_is_refused_if_the_change_would_be(library_gateway: Gateway) -> None:
    ana = Person.objects.create(name="Ana")
    appearance = in_a_transcript("Unknown_0")

    answer = name(library_gateway, appearance, person=str(ana.id), enrol=True, dry_run=True)

    assert code_of(answer) == (409, "consent_missing")


def test_a_dry_run_that_searches_for_the_voice_is_audited(
    library_gateway: Gateway,
) -> None:
    ana, appearance = add_person(library_gateway, "Ana"), in_a_transcript("Unknown_0")

    name(library_gateway, appearance, person=ana, also="similar", dry_run=True)

    entry = AuditEntry.objects.get(action="identified")
    assert (entry.actor, entry.transcript_id) == ("archive", appearance.transcript_id)
