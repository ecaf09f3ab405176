"""An erased person does not come back, whenever the erasure falls into work that names them."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from audio.media.recording import Recording
from tests.engine_answers import script_meeting
from tests.faults import FaultServer
from tests.recordings import TONE
from tests.voiceprints.erasure.interleaving import interrupted, stored_text
from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from tests.voiceprints.voices import script_voice, tone
from voiceprints.corrections.correction_errors import CorrectionRefused
from voiceprints.corrections.speaker_corrections import merge_speakers
from voiceprints.corrections.undo import undo_correction
from voiceprints.enrolment.voice_enrolment import enrol_named
from voiceprints.exchange.voiceprint_file import NamedVoiceprints
from voiceprints.exchange.voiceprint_transfer import import_person
from voiceprints.jobs.execution import run_job
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.matching.speaker_lookup import SpeakerReference
from voiceprints.models import (
    ErasedName,
    IdempotencyKey,
    Job,
    Person,
    Transcript,
    TranscriptSpeaker,
    Voiceprint,
)
from voiceprints.models.jobs import JobKind
from voiceprints.people.consent import Consent
from voiceprints.people.enrolment_errors import EnrolmentRefused
from voiceprints.storage.locks import PersonNotFound
from voiceprints.transcripts.speaker_reassignment import Reassignment, reassign_speaker

NAME = "Zoé Brook"
OF_THE_NAME = (NAME, "ZOÉ BROOK", normalize("NFD", NAME), "  zoé   brook\u200b")
SPELLINGS = (*OF_THE_NAME, "Z. Brook")
Work = Callable[[str, Path, Transcript], None]
# Work takes its mark in its first statement, and has up to 27 more.
STATEMENTS = st.integers(1, 30)


def label_merge(spelling: str, folder: Path, meeting: Transcript) -> None:
    post("/api/audio/label-merge", {"file": recording(), "timeline": timeline(spelling)})


def label_merge_by_evidence(spelling: str, folder: Path, meeting: Transcript) -> None:
    shown = timeline("Ben", spelling)
    post("/api/audio/label-merge", {"file": recording(), "timeline": shown, "rule": "evidence"})


def label_merge_by_voice(spelling: str, folder: Path, meeting: Transcript) -> None:
    post("/api/audio/label-merge", {"file": recording(), "timeline": "[]"})


def merge_two_tracks(spelling: str, folder: Path, meeting: Transcript) -> None:
    tracks = {"mic_file": recording(), "system_file": recording()}
    post("/api/audio/label-merge", {**tracks, "timeline": "[]", "self_name": spelling})


def submit_over_http(spelling: str, folder: Path, meeting: Transcript) -> None:
    shown = {"file": recording(), "timeline": timeline(spelling), "kind": "label-merge"}
    post("/api/jobs", shown, HTTP_IDEMPOTENCY_KEY="one")


def create_person(spelling: str, folder: Path, meeting: Transcript) -> None:
    CLIENT.post(
        "/api/people",
        {"name": spelling},
        content_type="application/json",
        headers=KEY | {"Idempotency-Key": "two"},
    )


def enrol(spelling: str, folder: Path, meeting: Transcript) -> None:
    enrol_named(spelling, [tone(folder / "z.wav")], consent=Consent("signed"), actor="desk")


def import_voiceprints(spelling: str, folder: Path, meeting: Transcript) -> None:
    given = NamedVoiceprints(spelling, (axis(0), axis(3)))
    import_person(given, SPACE, consent=Consent("signed"), actor="desk")


def reassign(spelling: str, folder: Path, meeting: Transcript) -> None:
    reassign_speaker(
        Reassignment(transcript_id=meeting.id, label="S0", name=spelling), actor="desk"
    )


def rename_recording(spelling: str, folder: Path, meeting: Transcript) -> None:
    CLIENT.patch(
        f"/api/transcripts/{meeting.id}",
        {"recording_name": f"talk with {NAME}.wav"},
        content_type="application/json",
        headers=KEY,
    )


WORK = (
    *(label_merge, label_merge_by_evidence, label_merge_by_voice, merge_two_tracks),
    *(submit_over_http, create_person, enrol, import_voiceprints, reassign, rename_recording),
)


# A person who is created under an alias of the other is another person, who has the name then.
CREATING = (create_person, enrol, import_voiceprints, reassign)


def steady(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
def test_no_name_and_no_voice_returns(work: Work, engine: FaultServer, tmp_path: Path) -> None:
    spellings = OF_THE_NAME if work in CREATING else SPELLINGS

    @steady(5)
    @given(spelling=st.sampled_from(spellings), at=STATEMENTS)
    def erase_within(spelling: str, at: int) -> None:
        person, meeting = empty_library(engine, work)
        with interrupted(person.id, at), suppress(EnrolmentRefused, PersonNotFound):
            work(spelling, tmp_path, meeting)
        run_waiting_jobs()
        check_that_nothing_remains()

    erase_within()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_stored", [True, False])
def test_no_name_and_no_voice_returns_from_a_job(
    is_stored: bool, engine: FaultServer, tmp_path: Path
) -> None:
    talk = tmp_path / "talk.wav"
    talk.write_bytes(TONE)

    @steady(10)
    @given(
        spelling=st.sampled_from(SPELLINGS),
        at=st.integers(0, 30),
        form=st.sampled_from(["json", "srt"]),
        known=st.booleans(),
    )
    def erase_within(spelling: str, at: int, form: str, known: bool) -> None:
        person, _ = empty_library(engine, label_merge)
        job = submit(talk, spelling, is_stored=is_stored, form=form, known=known)
        with interrupted(person.id, at):
            run_job(job.id, lambda: False)
        check_that_nothing_remains()
        check_that_the_result_is_forgotten()

    erase_within()


@pytest.mark.django_db(transaction=True)
def test_no_name_returns_from_the_history_of_a_transcript(engine: FaultServer) -> None:
    @steady(6)
    @given(at=st.integers(1, 100))
    def erase_within(at: int) -> None:
        person, meeting = empty_library(engine, reassign)
        speaker(meeting, "S1", "Unknown_1", source="unmatched")
        with (
            interrupted(person.id, at),
            suppress(CorrectionRefused, EnrolmentRefused, PersonNotFound),
        ):
            name_merge_and_undo(meeting)
        check_that_nothing_remains()

    erase_within()


def name_merge_and_undo(meeting: Transcript) -> None:
    """Name a speaker, merge it into another one, and take both back."""

    def allow(_: Transcript) -> None:
        pass

    asked = Reassignment(transcript_id=meeting.id, label="S0", name=NAME)
    reassign_speaker(asked, actor="desk")
    merge_speakers(SpeakerReference(meeting.id, "S0"), "S1", check=allow, actor="desk")
    undo_correction(meeting.id, check=allow, actor="desk")
    undo_correction(meeting.id, check=allow, actor="desk")


KEY = {"Authorization": "Bearer archive-key"}
CLIENT = Client()


@pytest.fixture
def engine(faults: FaultServer, settings: Settings, tmp_path: Path) -> FaultServer:
    settings.PARAKEET_URL, settings.MEDIA_ROOT = faults.url, tmp_path / "media"
    settings.API_KEYS = ["archive:archive-key:audio+voices:read+voices:write"]
    settings.ALLOWED_HOSTS = ["testserver"]
    return faults


def empty_library(engine: FaultServer, work: Work) -> tuple[Person, Transcript]:
    """Empty the library except for a person whose voice the engine hears, and a transcript."""
    for model in (Job, Transcript, Voiceprint, Person, IdempotencyKey, ErasedName):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")
    engine.reset()
    if work is enrol:
        script_voice(engine)
    else:
        script_meeting(engine)
    person = consenting(NAME, aliases=["Z. Brook"])
    voiceprint_of(person, axis(0))
    meeting = transcript()
    speaker(meeting, "S0", "Unknown_0", source="unmatched")
    return person, meeting


def post(path: str, fields: Mapping[str, object], **headers: str) -> None:
    store = {"store": "true", "transcribe": "true"}
    answer = CLIENT.post(path, {**store, **fields}, headers=KEY, **headers)  # type: ignore[arg-type]
    assert answer.status_code in (200, 202), answer.content


def recording() -> SimpleUploadedFile:
    return SimpleUploadedFile("2026 zoé_brook.wav", TONE)


def timeline(*names: str) -> str:
    return json.dumps([{"start": 0, "end": 4, "name": name} for name in names])


def submit(talk: Path, spelling: str, *, is_stored: bool, form: str, known: bool) -> Job:
    options = {"timeline": timeline(spelling), "transcribe": "true", "format": form}
    if is_stored:
        options["store"] = "true"
    elif known:
        options["known_voiceprints"] = json.dumps({spelling: axis(0).tolist()})
    return submit_job(
        Submission(
            kind=JobKind.LABEL_MERGE,
            recordings=[Recording(talk, ".wav", "zoé_brook.wav")],
            options=options,
            created_by="archive",
            reads_library=True,
            wants_vectors=not is_stored,
        )
    )


def run_waiting_jobs() -> None:
    for job in Job.objects.filter(state="queued"):
        run_job(job.id, lambda: False)


def check_that_nothing_remains() -> None:
    text = normalize("NFC", stored_text())
    assert "brook" not in text
    assert "zo\\u00e9" not in text
    assert not Person.objects.exists()
    assert not Voiceprint.objects.exists()
    named = TranscriptSpeaker.objects.exclude(name__startswith="Unknown")
    assert not [one for one in named if one.embedding is not None and is_erased_voice(one)]


def is_erased_voice(one: TranscriptSpeaker) -> bool:
    return bool(np.allclose(np.asarray(one.embedding), axis(0)))


def check_that_the_result_is_forgotten() -> None:
    job = Job.objects.get()
    assert job.state == "done"
    result = job.result if isinstance(job.result, dict) else {}
    named = [one for one in result.get("speakers", []) if "Unknown" not in one["name"]]
    assert not [one for one in named if one.get("fingerprint") == axis(0).tolist()]
