"""Tests of the constraints and triggers that the database enforces."""

from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from audio.merge.name_spelling import name_key
from tests.voiceprints.people import SHA256, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import (
    AuditEntry,
    Block,
    IdempotencyKey,
    Person,
    Space,
    Transcript,
    TranscriptSpeaker,
    Voiceprint,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["", " ", " Ana", "Ana ", "\t"])
def test_a_person_has_a_name_without_space_around_it(name: str) -> None:
    with pytest.raises(IntegrityError, match="person_is_named"):
        Person.objects.bulk_create([Person(name=name)])


def test_two_people_do_not_share_a_name_in_whatever_case() -> None:
    Person.objects.create(name="Ana Ruß")

    with pytest.raises(IntegrityError, match="person_name_is_unique"):
        Person.objects.bulk_create([Person(name="ANA RUß")])


def test_every_former_name_is_stored_whatever_changes_it() -> None:
    ana = Person.objects.create(name="Ana")
    Person.objects.filter(pk=ana.pk).update(name="Ana Ruiz")
    ana.name = "Anna Ruiz"
    ana.save()

    ana.refresh_from_db()
    assert sorted(ana.former_names) == ["Ana", "Ana Ruiz"]


@pytest.mark.parametrize("name", ["ΝΙΚΟΣ", "İnci", "ẞ Ruß", "ÉVA", "ǅ", "ΑΣ Σ"])
def test_the_database_and_the_code_compare_names_alike(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%s)", [name])

        assert cursor.fetchone() == (name_key(name),)


def test_a_person_is_found_by_any_spelling_of_the_name() -> None:
    zoe = Person.objects.create(name="Zoé Nuñez")

    assert Person.objects.named(" ZOE\u0301  Nun\u0303ez\u200b").get() == zoe


def test_a_name_has_at_most_200_characters() -> None:
    with pytest.raises(DatabaseError, match="too long"):
        Person.objects.bulk_create([Person(name="a" * 201)])


def test_consent_does_not_end_before_it_began() -> None:
    now = timezone.now()

    with pytest.raises(IntegrityError, match="person_consent"):
        Person.objects.bulk_create([Person(name="A", consent_given_at=now, consent_until=now)])


def test_consent_that_was_never_given_does_not_end() -> None:
    with pytest.raises(IntegrityError, match="person_consent"):
        Person.objects.bulk_create([Person(name="Ana", consent_until=timezone.now())])


def test_every_change_of_a_person_counts_as_a_version() -> None:
    ana = Person.objects.create(name="Ana")

    Person.objects.filter(pk=ana.pk).update(notes="met in May")

    ana.refresh_from_db()
    assert ana.version == 2
    assert ana.updated_at > ana.created_at


def test_people_with_consent_in_force_are_found() -> None:
    now = timezone.now()
    Person.objects.create(name="Never asked")
    consenting("Withdrawn", consent_until=now)
    consenting("Not yet", consent_given_at=now + timedelta(days=1))
    consenting("For a while", consent_until=now + timedelta(days=1))
    consenting("For good")

    agreed = Person.objects.consenting(now)

    assert [person.name for person in agreed] == ["For a while", "For good"]


@pytest.mark.parametrize("until_days", [None, 1, -0.5])
def test_a_person_and_the_database_agree_on_consent(until_days: float | None) -> None:
    now = timezone.now()
    until = None if until_days is None else now + timedelta(days=until_days)
    ana = consenting("Ana", consent_until=until)

    assert ana.has_consent(now) == Person.objects.consenting(now).exists()


def test_a_voiceprint_needs_the_consent_of_its_person() -> None:
    never_asked = Person.objects.create(name="Ana")

    with pytest.raises(IntegrityError, match="consent"):
        voiceprint_of(never_asked, axis(0))


def test_a_voiceprint_needs_consent_that_is_in_force() -> None:
    withdrawn = consenting("Ana", consent_until=timezone.now())

    with pytest.raises(IntegrityError, match="consent"):
        voiceprint_of(withdrawn, axis(0))


@pytest.mark.parametrize("length", [0.0, 0.9, 1.1])
def test_a_voiceprint_has_length_one(length: float) -> None:
    with pytest.raises(IntegrityError, match="voiceprint_has_length_one"):
        voiceprint_of(consenting("Ana"), axis(0) * length)


def test_a_voiceprint_of_another_length_fails_validation() -> None:
    ana, space = consenting("Ana"), Space.for_engine("titanet")
    given = {"person": ana, "space": space, "source": "caller", "created_by": "desk"}

    with pytest.raises(ValidationError, match="voiceprint_has_length_one"):
        Voiceprint(vector=list(axis(0) * 2), **given).full_clean()


def test_a_voiceprint_has_the_dimension_of_its_space() -> None:
    with pytest.raises(DatabaseError, match="expected 192 dimensions"):
        voiceprint_of(consenting("Ana"), [1.0, 0.0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", "rumour"),
        ("speech_s", -1.0),
        ("sample_end_s", 3.0),
        ("sample_start_s", 3.0),
        ("vector", list(axis(0) * 3)),
        ("space_id", -1),
    ],
)
def test_a_voiceprint_cannot_get_an_invalid_value(field: str, value: object) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    with pytest.raises(IntegrityError):
        _update_now(Voiceprint, field, value)


def test_a_sample_ends_after_it_began() -> None:
    stored = voiceprint_of(consenting("Ana"), axis(0))

    with pytest.raises(IntegrityError, match="voiceprint_sample_is_a_span"):
        Voiceprint.objects.filter(pk=stored.pk).update(sample_start_s=2.0, sample_end_s=2.0)


def test_a_space_in_use_is_not_deleted() -> None:
    used = voiceprint_of(consenting("Ana"), axis(0)).space

    with pytest.raises(IntegrityError):
        _delete_now("voiceprints_space", used.pk)


def test_the_space_of_an_engine_is_created_once() -> None:
    first = Space.for_engine("campplus@92f2")

    assert Space.for_engine("campplus@92f2") == first
    assert (first.model, first.revision, str(first)) == ("campplus", "92f2", "campplus@92f2")


def test_a_model_without_revision_is_a_space_of_its_own() -> None:
    Space.for_engine("campplus@92f2")

    assert Space.named("campplus") is None
    assert str(Space.for_engine("campplus")) == "campplus"


@pytest.mark.parametrize(
    ("field", "value"),
    [("model", ""), ("dimension", 256), ("threshold", 1.5), ("margin", -0.1)],
)
def test_a_space_cannot_get_an_invalid_value(field: str, value: object) -> None:
    Space.for_engine("titanet")

    with pytest.raises(IntegrityError):
        _update_now(Space, field, value)


@pytest.mark.parametrize(
    ("field", "value"),
    [("sha256", "AB" * 32), ("sha256", "ab"), ("duration", -1.0), ("mode", "stereo")],
)
def test_a_transcript_cannot_get_an_invalid_value(field: str, value: object) -> None:
    transcript()

    with pytest.raises(IntegrityError):
        _update_now(Transcript, field, value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("source", "rumour"),
        ("speech_s", -1.0),
        ("embedding", list(axis(0))),
    ],
)
def test_a_speaker_cannot_get_an_invalid_value(field: str, value: object) -> None:
    speaker(transcript(), "Speaker_0", "Ana")

    with pytest.raises(IntegrityError):
        _update_now(TranscriptSpeaker, field, value)


def test_a_speakers_embedding_has_length_one() -> None:
    placed = {"space": Space.for_engine("titanet"), "embedding": list(axis(0) * 2)}

    with pytest.raises(IntegrityError, match="speaker_fingerprint_is_placed"):
        speaker(transcript(), "Speaker_0", "Ana", **placed)


def test_a_label_is_unique_in_a_transcript() -> None:
    meeting = transcript()
    speaker(meeting, "Speaker_0", "Ana")

    with pytest.raises(IntegrityError, match="speaker_label_is_one"):
        speaker(meeting, "Speaker_0", "Ben")


@pytest.mark.parametrize(("field", "value"), [("end_ms", 1), ("start_ms", -1), ("position", -1)])
def test_a_block_cannot_get_an_invalid_value(field: str, value: int) -> None:
    meeting = transcript()
    ana = speaker(meeting, "Speaker_0", "Ana")
    Block.objects.create(transcript=meeting, speaker=ana, position=0, start_ms=5, end_ms=9)

    with pytest.raises(IntegrityError):
        _update_now(Block, field, value)


def test_a_block_is_found_by_its_words() -> None:
    meeting = transcript()
    common = {"transcript": meeting, "speaker": speaker(meeting, "S", "Ana")}
    Block.objects.create(position=0, start_ms=0, end_ms=9, text="Good morning, Emma.", **common)
    Block.objects.create(position=1, start_ms=9, end_ms=10, text="Hello.", **common)

    found = Block.objects.filter(search=SearchQuery("morning", config="simple"))

    assert [block.position for block in found] == [0]


def test_deleting_a_transcript_deletes_its_blocks() -> None:
    meeting = transcript()
    ana = speaker(meeting, "Speaker_0", "Ana")
    Block.objects.create(transcript=meeting, speaker=ana, position=0, start_ms=0, end_ms=9)

    meeting.delete()

    assert not Block.objects.exists()
    assert not TranscriptSpeaker.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE voiceprints_auditentry SET actor = 'another'",
        "DELETE FROM voiceprints_auditentry",
    ],
)
def test_the_audit_is_never_edited(statement: str) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    with pytest.raises(ProgrammingError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("actor", "action"), [("", "enrolled"), ("desk", "guessed")])
def test_an_audit_entry_needs_an_actor_and_a_known_action(actor: str, action: str) -> None:
    with pytest.raises(IntegrityError):
        AuditEntry.objects.create(actor=actor, action=action)


def test_a_client_uses_an_idempotency_key_once() -> None:
    asked = {"client": "desk", "key": "1", "request_sha256": SHA256}
    IdempotencyKey.objects.create(method="POST", path="/api/people", **asked)

    with pytest.raises(IntegrityError, match="idempotency_key_is_one"):
        IdempotencyKey.objects.create(method="POST", path="/api/transcripts", **asked)


def _update_now(model: type, field: str, value: object) -> None:
    """Update a row with constraints checked immediately, not at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    model.objects.update(**{field: value})  # type: ignore[attr-defined]


def _delete_now(table: str, key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])
