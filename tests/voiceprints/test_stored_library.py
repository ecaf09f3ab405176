"""Tests of the stored library over HTTP: reading known voices and storing transcripts."""

import hashlib
import json

import httpx
import pytest

from tests.engine_answers import DIARIZE, MEETING_DIARIZATION, MEETING_TRANSCRIPTION, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.conftest import key
from tests.voiceprints.locked_tables import tables_out_of_reach
from tests.voiceprints.people import axis, blend, consenting, voiceprint_of
from voiceprints.models import (
    AuditEntry,
    Block,
    Person,
    Space,
    Transcript,
    TranscriptSpeaker,
)

MERGE = "/api/audio/label-merge"


WITH_SPEAKERS = "/api/audio/transcribe-with-speakers"


TIMELINE = json.dumps([{"start": 0, "end": 4, "name": "Ana"}])


def test_label_merge_names_a_stored_voice(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    answer = merged(library_gateway, "reader").json()

    assert [(s["name"], s["source"]) for s in answer["speakers"]] == [
        ("Ana", "visual"),
        ("Ben", "voiceprint"),
    ]


def test_a_key_without_read_access_gets_anonymous_speakers(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    answer = merged(library_gateway, "desk").json()

    assert answer["speakers"][1]["name"] == "Unknown_0"
    assert not AuditEntry.objects.exists()


def test_a_voice_without_consent_stays_anonymous(library_gateway: Gateway) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(1))
    Person.objects.filter(pk=ben.pk).update(consent_until=ben.created_at)

    answer = merged(library_gateway, "reader").json()

    assert answer["speakers"][1]["name"] == "Unknown_0"


def test_a_voice_of_another_space_stays_anonymous(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1), "campplus@92f2")

    answer = merged(library_gateway, "reader").json()

    assert answer["speakers"][1]["name"] == "Unknown_0"


def test_a_stored_voiceprint_of_the_local_user_decides(
    library_gateway: Gateway, faults: FaultServer
) -> None:
    voiceprint_of(consenting("Sam"), blend({0: 0.8, 5: 0.6}))
    tracks = {"mic_file": TONE, "system_file": TONE}
    vad = json.dumps([{"start": 0, "end": 4}])
    asked = {"timeline": "[]", "self_name": "Sam", "self_vad": vad}

    answer = library_gateway.post(MERGE, files=tracks, data=asked, headers=key("reader")).json()

    assert answer["speakers"][0]["match_similarity"] == 0.8
    assert answer["fingerprints"]["Sam"] == axis(0).tolist()


def test_reading_the_library_is_audited(library_gateway: Gateway) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    merged(library_gateway, "reader")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == ("reader", "identified")
    assert entry.detail == {"speakers": 2, "space": "titanet"}


def test_a_request_with_voiceprints_does_not_query_the_stored_library(
    library_gateway: Gateway,
) -> None:
    with tables_out_of_reach():
        answer = merged(library_gateway, "archive", known_voiceprints="{}")

    assert answer.status_code == 200
    assert "warnings" not in answer.json()


def test_a_request_without_voiceprints_queries_the_stored_library(
    library_gateway: Gateway,
) -> None:
    with tables_out_of_reach():
        answer = merged(library_gateway, "archive")

    assert answer.status_code == 200
    assert [warning["code"] for warning in answer.json()["warnings"]] == ["library_unavailable"]


def test_a_stored_transcript_has_the_returned_result(library_gateway: Gateway) -> None:
    answer = merged(library_gateway, "writer", store="true", transcribe="true").json()

    stored = Transcript.objects.get(pk=answer.pop("transcript_id"))
    answer.pop("fingerprints")
    for speaker in answer["speakers"]:
        speaker.pop("fingerprint")
    assert stored.result == answer
    assert (stored.mode, stored.duration, stored.language) == ("mono", 10.0, "en")
    assert (stored.created_by, stored.recording_name) == ("writer", "upload")


def test_a_stored_transcript_has_its_recording(library_gateway: Gateway) -> None:
    merged(library_gateway, "writer", store="true", file=("C:\\calls\\May 3.wav", TONE))

    stored = Transcript.objects.get()
    assert stored.recording_name == "May 3.wav"
    assert stored.sha256 == hashlib.sha256(TONE).hexdigest()


def test_the_digest_of_two_tracks_is_that_of_their_digests(library_gateway: Gateway) -> None:
    tracks = {"mic_file": ("mic.wav", TONE), "system_file": ("system.wav", TONE)}
    asked = {"timeline": "[]", "store": "true"}

    library_gateway.post(MERGE, files=tracks, data=asked, headers=key("writer"))

    stored, digest = Transcript.objects.get(), hashlib.sha256(TONE).digest()
    assert stored.sha256 == hashlib.sha256(digest + digest).hexdigest()
    assert stored.recording_name == "mic.wav, system.wav"


def test_speakers_are_stored_with_evidence_and_embedding(library_gateway: Gateway) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(1))

    merged(library_gateway, "archive", store="true")

    first, second = TranscriptSpeaker.objects.all()
    assert (first.label, first.name, first.overlap_confidence) == ("Speaker_0", "Ana", 1.0)
    assert (second.person, second.match_similarity) == (ben, 1.0)
    assert second.space == Space.named("titanet")
    assert second.embedding == axis(1).tolist()
    assert (second.speech_s, second.samples) == (4.0, [{"start_s": 5.0, "end_s": 9.0}])


def test_turns_are_stored_as_blocks_without_text(library_gateway: Gateway) -> None:
    merged(library_gateway, "writer", store="true")

    stored = [(b.start_ms, b.end_ms, b.speaker.name, b.text) for b in Block.objects.all()]
    assert stored == [(0, 4000, "Ana", ""), (5000, 9000, "Unknown_0", "")]


def test_text_is_stored_in_blocks_and_found(library_gateway: Gateway) -> None:
    merged(library_gateway, "writer", store="true", transcribe="true")

    assert Transcript.objects.with_words("good morning").count() == 1
    assert Transcript.objects.with_words("good -morning").count() == 0


def test_a_word_without_a_speaker_is_stored(library_gateway: Gateway, faults: FaultServer) -> None:
    faults.answer(DIARIZE, MEETING_DIARIZATION | {"segments": [], "speakers_detected": []})

    merged(library_gateway, "writer", store="true", transcribe="true")

    assert {block.speaker.name for block in Block.objects.all()} == {"Speaker_unknown"}


def test_nul_characters_are_removed_from_stored_text(
    library_gateway: Gateway, faults: FaultServer
) -> None:
    words = [{"text": "Good\x00!", "start": 1.0, "end": 1.5}]
    faults.answer(TRANSCRIBE, MEETING_TRANSCRIPTION | {"words": words})

    merged(library_gateway, "writer", store="true", transcribe="true")

    assert Block.objects.get().text == "Good!"


@pytest.mark.parametrize(("name", "aliases"), [("ANA", []), ("Ana Ruiz", ["ana"])])
def test_a_name_on_screen_is_linked_to_its_person(
    library_gateway: Gateway, name: str, aliases: list[str]
) -> None:
    ana = Person.objects.create(name=name, aliases=aliases)

    merged(library_gateway, "writer", store="true")

    assert TranscriptSpeaker.objects.get(label="Speaker_0").person == ana


def test_a_name_on_screen_is_linked_in_every_unicode_composition(library_gateway: Gateway) -> None:
    zoe = Person.objects.create(name="Zoé Nuñez")
    shown = [{"start": 0, "end": 4, "name": "ZOE\u0301  Nun\u0303ez\u200b"}]

    merged(library_gateway, "writer", store="true", timeline=json.dumps(shown))

    assert TranscriptSpeaker.objects.get(label="Speaker_0").person == zoe


def test_an_alias_of_two_people_is_not_linked(library_gateway: Gateway) -> None:
    Person.objects.create(name="Ana Ruiz", aliases=["Ana"])
    Person.objects.create(name="Ana Sole", aliases=["ana"])

    merged(library_gateway, "writer", store="true")

    assert TranscriptSpeaker.objects.get(label="Speaker_0").person is None


def test_after_consent_ended_the_name_is_linked_without_a_voice(
    library_gateway: Gateway,
) -> None:
    ana = consenting("Ana")
    Person.objects.filter(pk=ana.pk).update(consent_until=ana.created_at)

    merged(library_gateway, "writer", store="true")

    stored = TranscriptSpeaker.objects.get(label="Speaker_0")
    assert (stored.person, stored.embedding) == (ana, None)


def test_without_store_nothing_is_stored(library_gateway: Gateway) -> None:
    answer = merged(library_gateway, "archive")

    assert "transcript_id" not in answer.json()
    assert not Transcript.objects.exists()


def test_a_text_answer_names_the_transcript_in_a_header(library_gateway: Gateway) -> None:
    answer = merged(library_gateway, "writer", store="true", format="txt")

    assert answer.headers["x-transcript-id"] == str(Transcript.objects.get().id)


def test_a_transcript_has_the_requested_retention(library_gateway: Gateway) -> None:
    merged(library_gateway, "writer", store="true", retain_days="30")

    stored = Transcript.objects.get()
    assert stored.retain_until is not None
    assert (stored.retain_until - stored.created_at).days in (29, 30)


def test_storing_needs_write_access(library_gateway: Gateway, faults: FaultServer) -> None:
    answer = merged(library_gateway, "reader", store="true")

    assert answer.status_code == 403
    assert "voices:write" in answer.json()["error"]["message"]
    assert faults.asked == []


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"store": "true", "known_voiceprints": "{}"}, "store"),
        ({"retain_days": "3"}, "retain_days"),
        ({"store": "true", "retain_days": "0"}, "retain_days"),
    ],
)
def test_invalid_store_options_are_refused(
    library_gateway: Gateway, faults: FaultServer, fields: dict[str, str], param: str
) -> None:
    answer = merged(library_gateway, "archive", **fields)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert faults.asked == []


def test_a_refusal_names_both_fields(library_gateway: Gateway) -> None:
    answer = merged(library_gateway, "archive", store="true", known_voiceprints="{}")

    message = answer.json()["error"]["message"]
    assert "store" in message
    assert "known_voiceprints" in message


def merged(gateway: Gateway, name: str, **fields: object) -> httpx.Response:
    """Request label-merge with one of the keys."""
    file = fields.pop("file", TONE)
    asked = {"timeline": TIMELINE, **fields}
    return gateway.post(MERGE, files={"file": file}, data=asked, headers=key(name))
