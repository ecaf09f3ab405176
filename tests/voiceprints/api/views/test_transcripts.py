"""The endpoints for stored transcripts: search, read, change, delete."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import timezone

from tests.engine_answers import TRANSCRIBE, transcription
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import add_person, call, param_of
from tests.voiceprints.conftest import key
from tests.voiceprints.people import axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Block, Transcript, TranscriptSpeaker


def store_meeting(gateway: Gateway) -> str:
    """Store the label-merge answer of a meeting, and return its identifier."""
    answer = gateway.post(
        "/api/audio/label-merge",
        files={"file": ("monday.wav", TONE)},
        data={
            "timeline": '[{"start": 0, "end": 4, "name": "Ana"}]',
            "transcribe": "true",
            "store": "true",
        },
        headers=key("archive"),
    )
    identifier: str = answer.json()["transcript_id"]
    return identifier


def search(gateway: Gateway, query: str) -> list[str]:
    """Return the recording names of the transcripts that are found."""
    answer = call(gateway, "GET", f"transcripts?{query}", who="reader")
    assert answer.status_code == 200, answer.text
    return [one["recording_name"] for one in answer.json()["data"]]


def store_text(text: str, **fields: object) -> Transcript:
    """Store a transcript with this text."""
    stored = transcript(**fields)
    Block.objects.create(
        transcript=stored,
        speaker=speaker(stored, "Speaker_0", "Ana"),
        position=0,
        start_ms=0,
        end_ms=1000,
        text=text,
    )
    return stored


def test_a_transcript_is_read_as_it_was_stored(library_gateway: Gateway) -> None:
    identifier = store_meeting(library_gateway)

    answer = call(library_gateway, "GET", f"transcripts/{identifier}", who="reader").json()

    assert (answer["object"], answer["id"]) == ("transcript", identifier)
    assert (answer["recording_name"], answer["created_by"]) == ("monday.wav", "archive")
    assert (answer["mode"], answer["duration"]) == ("mono", 10.0)
    assert answer["speakers"] == [
        {
            "cluster": "Speaker_0",
            "name": "Ana",
            "source": "visual",
            "overlap_confidence": 1.0,
            "person": None,
        },
        {"cluster": "Speaker_1", "name": "Unknown_0", "source": "unmatched", "person": None},
    ]
    assert [(s["speaker"], s["text"]) for s in answer["segments"]] == [
        ("Ana", "Good morning."),
        ("Unknown_0", "Hi!"),
    ]


@pytest.mark.parametrize(
    ("name", "content_type", "text"),
    [
        ("txt", "text/plain", "[0:00:01] Ana: Good morning.\n[0:00:06] Unknown_0: Hi!\n"),
        ("srt", "text/plain", "1\n00:00:01,000 --> 00:00:02,000\nAna: Good morning.\n\n2"),
        ("vtt", "text/vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ana>Good morning."),
        ("rttm", "text/plain", "SPEAKER recording 1 1.000 1.000 <NA> <NA> Ana <NA> <NA>\n"),
    ],
)
def test_a_transcript_is_read_in_every_format(
    library_gateway: Gateway, name: str, content_type: str, text: str
) -> None:
    answer = call(
        library_gateway, "GET", f"transcripts/{store_meeting(library_gateway)}?format={name}"
    )

    assert answer.headers["Content-Type"] == f"{content_type}; charset=utf-8"
    assert answer.text.startswith(text)


def test_reading_a_transcript_is_audited(library_gateway: Gateway) -> None:
    identifier = store_meeting(library_gateway)

    call(library_gateway, "GET", f"transcripts/{identifier}?format=txt", who="reader")

    noted = AuditEntry.objects.latest("id")
    assert (noted.actor, noted.action) == ("reader", "transcript_read")
    assert str(noted.transcript_id) == identifier


def test_embeddings_are_returned_on_request_and_audited(library_gateway: Gateway) -> None:
    path = f"transcripts/{store_meeting(library_gateway)}"

    plain = call(library_gateway, "GET", path)
    asked = call(library_gateway, "GET", f"{path}?include=vector").json()

    assert "fingerprint" not in plain.text
    assert asked["speakers"][1]["fingerprint"] == axis(1).tolist()
    assert AuditEntry.objects.latest("id").action == "vector_read"


def test_transcripts_are_listed_newest_first_without_text(
    library_gateway: Gateway,
) -> None:
    store_text("Good morning.", recording_name="monday")
    store_text("Good evening.", recording_name="tuesday")

    answer = call(library_gateway, "GET", "transcripts", who="reader")

    assert [one["recording_name"] for one in answer.json()["data"]] == ["tuesday", "monday"]
    assert answer.json()["data"][0]["speakers"] == [
        {
            "label": "Speaker_0",
            "name": "Ana",
            "person": None,
            "source": "visual",
            "speech_s": 0.0,
        }
    ]
    assert "evening" not in answer.text


@pytest.mark.parametrize(
    ("words", "recordings"),
    [
        ("morning", ["monday"]),
        ("GOOD", ["tuesday", "monday"]),
        ("good -morning", ["tuesday"]),
        ('"good morning"', ["monday"]),
        ('"morning good"', []),
        ("morning or evening", ["tuesday", "monday"]),
        ("'; DROP TABLE voiceprints_block; --", []),
        ("%", []),
        ("", ["tuesday", "monday"]),
    ],
)
def test_transcripts_are_found_by_words(
    library_gateway: Gateway, words: str, recordings: list[str]
) -> None:
    store_text("Good morning.", recording_name="monday")
    store_text("Good evening.", recording_name="tuesday")

    assert search(library_gateway, str(httpx.QueryParams({"q": words}))) == recordings


@pytest.mark.parametrize(
    ("words", "recordings"),
    [
        ("王伟", ["chinese"]),
        ("早上好", ["chinese"]),
        ("咖啡", []),
        ("おはよう", ["japanese"]),
        ("café", ["english"]),
        ("cafe", ["english"]),
        ("zurich", ["english"]),
    ],
)
def test_transcripts_are_found_in_any_script_and_without_accents(
    library_gateway: Gateway, words: str, recordings: list[str]
) -> None:
    store_text("大家早上好我是王伟", recording_name="chinese")
    store_text("おはようございますはいどうも", recording_name="japanese")
    store_text("We met at the café near Zürich", recording_name="english")

    assert search(library_gateway, str(httpx.QueryParams({"q": words}))) == recordings


def test_transcripts_are_found_by_person(library_gateway: Gateway) -> None:
    ana = consenting("Ana")
    speaker(transcript(recording_name="monday"), "Speaker_0", "Ana", person=ana)
    speaker(transcript(recording_name="tuesday"), "Speaker_0", "Ana")

    assert search(library_gateway, f"person={ana.id}") == ["monday"]


def test_transcripts_are_found_by_recording(library_gateway: Gateway) -> None:
    transcript(recording_name="2026-01-05 Monday.wav")
    transcript(recording_name="50% off.wav")

    assert search(library_gateway, "recording=MONDAY") == ["2026-01-05 Monday.wav"]
    assert search(library_gateway, "recording=%25") == ["50% off.wav"]


@pytest.mark.parametrize(
    ("query", "recordings"),
    [
        ("since=2026-02-01", ["now", "march"]),
        ("until=2026-03-01T00:00:00Z", ["january"]),
        ("since=2026-01-01&until=2026-03-01T00:00:01Z", ["march", "january"]),
        ("since=2027-01-01", []),
    ],
)
def test_transcripts_are_found_by_date(
    library_gateway: Gateway, query: str, recordings: list[str]
) -> None:
    transcript(recording_name="january", recorded_at=datetime(2026, 1, 5, tzinfo=UTC))
    transcript(recording_name="march", recorded_at=datetime(2026, 3, 1, tzinfo=UTC))
    kept_then = transcript(recording_name="now")
    Transcript.objects.filter(pk=kept_then.pk).update(created_at=datetime(2026, 9, 1, tzinfo=UTC))

    assert sorted(search(library_gateway, query)) == sorted(recordings)


def test_filters_are_combined(library_gateway: Gateway) -> None:
    store_text("Good morning.", recording_name="monday")
    store_text("Good evening.", recording_name="tuesday")

    assert search(library_gateway, "q=good&recording=mon") == ["monday"]


def test_a_transcripts_description_is_changed(library_gateway: Gateway) -> None:
    stored = store_text("Good morning.")
    body = {"recording_name": "Monday", "recorded_at": "2026-01-05T09:00:00+02:00"}

    answer = call(library_gateway, "PATCH", f"transcripts/{stored.id}", json=body)

    assert answer.json()["recording_name"] == "Monday"
    assert answer.json()["recorded_at"] == "2026-01-05T07:00:00Z"
    assert answer.json()["retain_until"] is None


def test_a_retention_date_is_set_and_removed(library_gateway: Gateway) -> None:
    path = f"transcripts/{store_text('Good morning.').id}"
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()

    given = call(library_gateway, "PATCH", path, json={"retain_until": tomorrow}).json()
    relieved = call(library_gateway, "PATCH", path, json={"retain_until": None}).json()

    assert given["retain_until"] is not None
    assert relieved["retain_until"] is None


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"retain_until": "2020-01-01T00:00:00Z"}, "retain_until"),
        ({"recorded_at": "yesterday"}, "recorded_at"),
        ({"recorded_at": "0001-01-01T00:00:00+14:00"}, "recorded_at"),
        ({"recorded_at": 5}, "recorded_at"),
        ({"recording_name": None}, "recording_name"),
        ({"recording_name": "x" * 501}, "recording_name"),
        ({"duration": 5}, "duration"),
        ([], None),
        ("x", None),
    ],
)
def test_an_invalid_change_is_refused(
    library_gateway: Gateway, body: object, param: str | None
) -> None:
    stored = transcript()

    answer = call(library_gateway, "PATCH", f"transcripts/{stored.id}", json=body)

    assert param_of(answer) == (400, param)


def test_a_transcript_is_deleted_with_its_text(library_gateway: Gateway) -> None:
    stored = store_text("Good morning.")

    answer = call(library_gateway, "DELETE", f"transcripts/{stored.id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Block.objects.exists()
    assert not TranscriptSpeaker.objects.exists()
    assert AuditEntry.objects.get().action == "transcript_deleted"


def test_a_renamed_person_is_renamed_in_the_transcript(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")
    identifier = store_meeting(library_gateway)
    call(library_gateway, "PATCH", f"people/{ana}", json={"name": "Ana Ruiz"})

    answer = call(library_gateway, "GET", f"transcripts/{identifier}").json()

    assert answer["speakers"][0]["person"] == ana
    assert answer["segments"][0]["speaker"] == "Ana Ruiz"


def test_a_speaker_whose_voice_is_known_is_linked(library_gateway: Gateway) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(1))

    answer = call(library_gateway, "GET", f"transcripts/{store_meeting(library_gateway)}").json()

    assert (answer["speakers"][1]["name"], answer["speakers"][1]["person"]) == ("Ben", str(ben.id))


def test_warnings_are_in_a_header_of_text_formats(library_gateway: Gateway) -> None:
    warning = {"code": "speaker_limit_reached", "message": "Four speakers were found."}
    stored = transcript(result={"speakers": [], "segments": [], "warnings": [warning]})

    answer = call(library_gateway, "GET", f"transcripts/{stored.id}?format=txt")

    assert "speaker_limit_reached" in answer.headers["x-warnings"]


def test_a_change_of_a_transcript_is_audited(library_gateway: Gateway) -> None:
    stored, body = transcript(), {"recording_name": "monday"}

    call(library_gateway, "PATCH", f"transcripts/{stored.id}", json=body)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.transcript_id) == (
        "archive",
        "transcript_changed",
        stored.id,
    )


def test_an_empty_change_is_not_audited(library_gateway: Gateway) -> None:
    call(library_gateway, "PATCH", f"transcripts/{transcript().id}", json={})

    assert not AuditEntry.objects.exists()


def test_subtitles_of_a_stored_transcript_are_cut_into_short_cues(
    library_gateway: Gateway, faults: FaultServer
) -> None:
    spans = [(at / 2, at / 2 + 0.5) for at in range(8)]
    faults.answer(TRANSCRIBE, transcription("Good morning. " * 4, spans, 10.0))

    answer = call(
        library_gateway, "GET", f"transcripts/{store_meeting(library_gateway)}?format=srt"
    )

    assert answer.text.count("-->") == 4
    assert answer.text.count("Ana: Good morning.\n") == 4


@pytest.mark.parametrize(
    ("transcribe", "codes"), [("false", ["stored_without_words"]), ("true", [])]
)
def test_a_transcript_that_is_stored_without_words_says_so(
    library_gateway: Gateway, transcribe: str, codes: list[str]
) -> None:
    answer = library_gateway.post(
        "/api/audio/label-merge",
        files={"file": TONE},
        data={"timeline": "[]", "store": "true", "transcribe": transcribe},
        headers=key("archive"),
    ).json()

    stored = call(library_gateway, "GET", f"transcripts/{answer['transcript_id']}").json()

    assert [one["code"] for one in answer.get("warnings", [])] == codes
    assert [one["code"] for one in stored.get("warnings", [])] == codes
