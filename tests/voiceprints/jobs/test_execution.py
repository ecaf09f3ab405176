"""One attempt at a job, in this process."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from audio.library import LibraryUnavailable
from audio.media.recording import Recording
from tests.engine_answers import MEETING_DIARIZATION, MEETING_TRANSCRIPTION, transcription
from tests.faults import Answer, Asked, FaultServer
from tests.faults.breakages import LOADING, SILENT
from tests.recordings import TONE
from tests.voiceprints.people import SPACE, axis, consenting, voiceprint_of
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.jobs import completion
from voiceprints.jobs.completion import cancel_job
from voiceprints.jobs.execution import claim_job, run_job
from voiceprints.jobs.retry_policy import RetryLater
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.models import Job, JobRecording, Transcript, Vocabulary
from voiceprints.models.jobs import JobKind, JobState
from voiceprints.vocabularies import remembered

TRANSCRIBE = "/v1/audio/transcriptions"
DIARIZE = "/v1/audio/diarize-chunk"


def go_on() -> bool:
    return False


def end() -> bool:
    return True


class Death(BaseException):
    """An error that the worker does not handle."""


def die(*given: object) -> None:
    raise Death


def merge(tone: Recording, **options: str) -> Job:
    """Submit a job that names speakers by the stored library."""
    return submit_job(
        Submission(
            kind=JobKind.LABEL_MERGE,
            recordings=[tone],
            options={"timeline": "[]", "transcribe": "true", **options},
            created_by="archive",
            reads_library=True,
        )
    )


def after(happening: Callable[[], object], answer: object) -> Callable[[Asked], Answer]:
    """Return a response that calls `happening` first."""

    def respond(asked: Asked) -> Answer:
        happening()
        connection.close()
        return Answer(pieces=(json.dumps(answer).encode(),))

    return respond


def error_of(job: Job) -> dict[str, object]:
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert isinstance(job.error, dict)
    return job.error


def test_a_job_does_not_end_without_the_voices_of_the_library(
    queue: FaultServer, tone: Recording, settings: Settings
) -> None:
    settings.SPEAKER_LIBRARY = "tests.audio.test_library.AwayLibrary"
    job = merge(tone)
    with pytest.raises(LibraryUnavailable):
        run_job(job.id, go_on)
    job.refresh_from_db()

    assert job.state == JobState.RUNNING


def test_a_job_that_is_done_says_so(submitted: Job) -> None:
    run_job(submitted.id, go_on)
    submitted.refresh_from_db()

    assert (submitted.state, submitted.progress, submitted.claim) == (JobState.DONE, 1.0, None)
    assert submitted.started_at is not None
    assert submitted.finished_at is not None


def test_a_job_that_is_done_is_not_done_again(submitted: Job, queue: FaultServer) -> None:
    run_job(submitted.id, go_on)
    run_job(submitted.id, go_on)

    assert queue.paths().count(TRANSCRIBE) == 1


@pytest.mark.parametrize(
    ("status", "headers"),
    [(500, {}), (502, {}), (503, {}), (429, {}), (409, {"Retry-After": "1"})],
)
def test_an_engine_that_is_away_is_tried_again(
    submitted: Job, queue: FaultServer, status: int, headers: dict[str, str]
) -> None:
    queue.answer(TRANSCRIBE, {}, status=status, headers=headers)
    with pytest.raises(RetryLater):
        run_job(submitted.id, go_on)
    submitted.refresh_from_db()

    assert (submitted.state, submitted.attempts, submitted.claim) == (JobState.QUEUED, 1, None)
    assert JobRecording.objects.filter(job=submitted).exists()


def test_every_wait_is_three_times_as_long(submitted: Job, queue: FaultServer) -> None:
    queue.answer(TRANSCRIBE, {}, status=500)
    with pytest.raises(RetryLater) as first:
        run_job(submitted.id, go_on)
    with pytest.raises(RetryLater) as second:
        run_job(submitted.id, go_on)

    assert (first.value.after_s, second.value.after_s) == pytest.approx((0.2, 0.6))


def test_a_wait_is_at_least_what_the_engine_asks_for(submitted: Job, queue: FaultServer) -> None:
    queue.answer(TRANSCRIBE, {}, status=503, headers={"Retry-After": "7"})

    with pytest.raises(RetryLater) as asked:
        run_job(submitted.id, go_on)

    assert asked.value.after_s == 7


def test_an_engine_that_stays_away_fails_the_job_in_the_end(
    submitted: Job, queue: FaultServer, settings: Settings
) -> None:
    settings.JOB_ATTEMPTS = 2
    queue.answer(TRANSCRIBE, {}, status=500)
    with pytest.raises(RetryLater):
        run_job(submitted.id, go_on)
    run_job(submitted.id, go_on)

    assert error_of(submitted)["code"] == "engine_restarting"


def test_a_permanent_failure_fails_the_job_immediately(submitted: Job, queue: FaultServer) -> None:
    queue.answer(TRANSCRIBE, {"detail": "Could not be decoded."}, status=400)
    run_job(submitted.id, go_on)

    assert error_of(submitted)["message"] == "file: Could not be decoded."
    assert not JobRecording.objects.exists()


def test_a_track_that_holds_no_audio_fails_with_its_name(
    queue: FaultServer, tone: Recording, tmp_path: Path
) -> None:
    text = tmp_path / "text.wav"
    text.write_text("no audio")
    tracks = [
        Recording(tone.path, ".wav", "talk.wav", "mic_file"),
        Recording(text, ".wav", "text.wav", "system_file"),
    ]
    job = submit_job(
        Submission(
            kind=JobKind.LABEL_MERGE,
            recordings=tracks,
            options={"timeline": "[]"},
            created_by="desk",
        )
    )
    run_job(job.id, go_on)

    assert error_of(job)["param"] == "system_file"


def test_a_recording_that_this_worker_does_not_see_may_be_seen_by_another(
    submitted: Job, settings: Settings, tmp_path: Path
) -> None:
    there, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path / "elsewhere"
    with pytest.raises(RetryLater):
        run_job(submitted.id, go_on)
    settings.MEDIA_ROOT = there
    run_job(submitted.id, go_on)
    submitted.refresh_from_db()

    assert submitted.state == JobState.DONE


def test_a_recording_that_is_gone_fails_its_job_alone(
    submitted: Job, storage: Path, settings: Settings
) -> None:
    [file] = storage.glob(f"jobs/{submitted.id}*")
    file.unlink()
    Job.objects.update(attempts=settings.JOB_ATTEMPTS - 1)
    run_job(submitted.id, go_on)

    assert error_of(submitted)["code"] == "recording_away"
    assert str(storage) not in str(error_of(submitted))


def test_a_job_that_is_cancelled_while_it_runs_stores_nothing(
    queue: FaultServer, tone: Recording
) -> None:
    job = merge(tone, store="true")
    queue.respond(TRANSCRIBE, after(lambda: cancel_job(job.id), MEETING_TRANSCRIPTION))
    run_job(job.id, go_on)
    job.refresh_from_db()

    assert job.state == JobState.CANCELLED
    assert not Transcript.objects.exists()


def test_a_job_that_is_deleted_during_an_engine_call_frees_its_worker_within_a_second(
    queue: FaultServer, tone: Recording
) -> None:
    job = merge(tone, store="true")
    deleted_at: list[float] = []

    def delete(asked: Asked) -> Answer:
        cancel_job(job.id)
        connection.close()
        deleted_at.append(time.monotonic())
        return SILENT

    queue.respond(TRANSCRIBE, delete)

    run_job(job.id, go_on)
    took_s = time.monotonic() - deleted_at[0]

    # Within a second; a busy machine takes longer, and the engine would be silent for a minute.
    assert took_s < 10
    assert queue.left.wait(10)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_job_that_is_deleted_while_it_waits_for_its_engine_frees_its_worker_within_a_second(
    queue: FaultServer, tone: Recording
) -> None:
    job = merge(tone)
    deleted_at: list[float] = []

    def delete(asked: Asked) -> Answer:
        cancel_job(job.id)
        connection.close()
        deleted_at.append(time.monotonic())
        return LOADING

    queue.respond(TRANSCRIBE, delete)

    run_job(job.id, go_on)

    assert time.monotonic() - deleted_at[0] < 5
    assert queue.paths().count(TRANSCRIBE) == 1


def test_a_worker_that_dies_before_the_end_has_stored_nothing(
    queue: FaultServer, tone: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = merge(tone, store="true")
    monkeypatch.setattr(completion, "json_without_nul", die)
    with pytest.raises(Death):
        run_job(job.id, go_on)
    monkeypatch.undo()
    kept_by_the_dead = Transcript.objects.count()
    run_job(job.id, go_on)
    job.refresh_from_db()

    assert kept_by_the_dead == 0
    assert job.transcript == Transcript.objects.get()


def test_an_attempt_that_lost_its_claim_stores_nothing(
    queue: FaultServer, tone: Recording
) -> None:
    job = merge(tone, store="true")
    queue.respond(TRANSCRIBE, after(lambda: claim_job(job.id), MEETING_TRANSCRIPTION))
    run_job(job.id, go_on)
    job.refresh_from_db()

    assert (job.state, job.attempts) == (JobState.RUNNING, 2)
    assert not Transcript.objects.exists()


def test_a_stopping_worker_returns_the_job_to_the_queue(
    submitted: Job, queue: FaultServer
) -> None:
    with pytest.raises(RetryLater) as again:
        run_job(submitted.id, end)
    submitted.refresh_from_db()

    assert again.value.after_s == 0
    assert (submitted.state, submitted.attempts) == (JobState.QUEUED, 0)
    assert queue.asked == []


def test_a_person_erased_in_the_meantime_is_not_named(queue: FaultServer, tone: Recording) -> None:
    ana = consenting("Ana Ruiz")
    voiceprint_of(ana, axis(0), SPACE)
    job = merge(tone)
    run_job(job.id, go_on)
    erase_person(ana.id, actor="desk")
    job.refresh_from_db()

    assert job.result is not None
    assert "Ana Ruiz" not in json.dumps(job.result)
    assert f"Person {ana.id.hex[:4]}" in json.dumps(job.result)


def test_a_text_that_names_an_erased_person_is_deleted(
    queue: FaultServer, tone: Recording
) -> None:
    ana = consenting("Ana Ruiz")
    voiceprint_of(ana, axis(0), SPACE)
    job = merge(tone, format="srt")
    run_job(job.id, go_on)
    named = Job.objects.get().result
    erase_person(ana.id, actor="desk")
    job.refresh_from_db()

    assert "Ana Ruiz: Good morning." in str(named)
    assert job.result is None


def test_what_a_request_says_of_people_goes_with_its_end(
    queue: FaultServer, tone: Recording
) -> None:
    known = json.dumps({"Ana Ruiz": MEETING_DIARIZATION["fingerprints"]["Speaker_0"]})
    names = {"self_name": "Ana Ruiz", "keywords": '["Ana Ruiz"]'}
    job = merge(tone, known_voiceprints=known, rule="evidence", **names)
    run_job(job.id, go_on)
    job.refresh_from_db()

    assert job.options == {"transcribe": "true", "rule": "evidence"}


def test_a_job_spells_its_keywords_right(queue: FaultServer, tone: Recording) -> None:
    heard = [{"text": "Ask", "start": 0.5, "end": 1.0}, {"text": "Sorvat.", "start": 1, "end": 2}]
    queue.answer(TRANSCRIBE, {**MEETING_TRANSCRIPTION, "text": "Ask Sorvat.", "words": heard})
    job = merge(tone, keywords='["Zorvath"]')
    run_job(job.id, go_on)
    job.refresh_from_db()

    assert job.result is not None
    assert job.result["corrections"] == [{"from": "Sorvat", "to": "Zorvath", "start_ms": 1000}]


def test_a_name_that_postgres_cannot_hold_does_not_fail_the_job(
    queue: FaultServer, tone: Recording
) -> None:
    hint = [{"start": 0, "end": 4, "name": "Ana \x00 Ruiz"}]
    job = merge(tone, timeline=json.dumps(hint))
    run_job(job.id, go_on)
    job.refresh_from_db()

    assert job.state == JobState.DONE


def test_names_in_the_options_of_a_waiting_job_are_replaced(
    queue: FaultServer, tone: Recording
) -> None:
    ana = consenting("Ana Ruiz")
    known = json.dumps({"ana ruiz": axis(0).tolist(), "Ben": axis(1).tolist()})
    shown = json.dumps([{"start": 0, "end": 4, "name": "ANA RUIZ"}])
    said = {"self_name": "Ana Ruiz", "keywords": '["Kubernetes", "the Ana Ruiz files"]'}
    job = merge(tone, timeline=shown, known_voiceprints=known, **said)
    JobRecording.objects.update(name="ana-ruiz.wav")
    work = job.work
    erase_person(ana.id, actor="desk", replacement="Guest")
    job.refresh_from_db()

    assert "ruiz" not in json.dumps([job.options, str(JobRecording.objects.values())]).casefold()
    assert job.options["self_name"] == json.loads(job.options["timeline"])[0]["name"] == "Guest"
    assert list(json.loads(job.options["known_voiceprints"])) == ["Ben"]
    assert job.work != work


@pytest.mark.parametrize(
    "content",
    [
        "WEBVTT\n\n00:00:00.000 --> 00:00:04.000\n<v ANA RUIZ>Hello.</v>\n",
        json.dumps([{"participant": {"name": "Ana Ruiz"}, "start": 0, "end": 4}]),
    ],
)
def test_names_in_the_timeline_file_of_a_waiting_job_are_replaced(
    content: str, queue: FaultServer, tone: Recording, tmp_path: Path, storage: Path
) -> None:
    ana, file = consenting("Ana Ruiz"), tmp_path / "shown"
    file.write_text(content)
    job = submit_job(
        Submission(
            kind=JobKind.LABEL_MERGE,
            recordings=[tone],
            timeline=Recording(file, ".timeline", "timeline", "timeline"),
            options={"transcribe": "true", "store": "true"},
            created_by="archive",
        )
    )
    erase_person(ana.id, actor="desk", replacement="Guest")
    job.refresh_from_db()
    with job.recordings.get(field="timeline").file.open("rb") as stored:
        shown = stored.read().decode()

    assert "Guest" in shown
    assert "ruiz" not in "".join(
        path.read_bytes().decode("latin1").casefold() for path in storage.glob(f"jobs/{job.id}*")
    )
    assert job.pseudonyms == ["Guest"]


def test_no_voice_is_stored_under_the_pseudonym_of_an_erased_person(
    queue: FaultServer, tone: Recording
) -> None:
    ana = consenting("Ana Ruiz")
    job = merge(tone, timeline='[{"start": 0, "end": 4, "name": "Ana Ruiz"}]', store="true")
    erase_person(ana.id, actor="desk", replacement="Guest")
    run_job(job.id, go_on)

    stored = {one.name: one.embedding for one in Transcript.objects.get().speakers.all()}
    assert stored["Guest"] is None
    assert stored["Unknown_0"] is not None


def test_a_person_erased_between_two_attempts_stays_erased(
    queue: FaultServer, tone: Recording
) -> None:
    ana = consenting("Ana Ruiz")
    job = merge(tone, timeline='[{"start": 0, "end": 4, "name": "Ana Ruiz"}]', store="true")
    queue.answer(TRANSCRIBE, {}, status=503)
    with pytest.raises(RetryLater):
        run_job(job.id, go_on)
    erase_person(ana.id, actor="desk")
    queue.answer(TRANSCRIBE, MEETING_TRANSCRIPTION)
    run_job(job.id, go_on)

    assert "Ruiz" not in str(list(Transcript.objects.values()))


def test_two_jobs_of_the_same_work_have_one_lock(queue: FaultServer, tone: Recording) -> None:
    one, same, other = merge(tone), merge(tone), merge(tone, rule="evidence")

    assert one.work == same.work
    assert one.work != other.work


def test_a_recording_keeps_its_bytes(submitted: Job) -> None:
    with JobRecording.objects.get().file.open("rb") as stored:
        assert stored.read() == TONE


def test_a_text_of_a_recording_that_only_shares_a_first_name_stays(
    queue: FaultServer, tone: Recording
) -> None:
    ana = consenting("Ana Ruiz")
    job = merge(tone, format="srt")
    Job.objects.update(name="ana-fischer.wav")
    run_job(job.id, go_on)
    erase_person(ana.id, actor="desk")
    job.refresh_from_db()

    assert "Good morning." in str(job.result)
    assert job.name == "ana-fischer.wav"


def test_a_recording_named_after_an_erased_person_is_renamed(
    queue: FaultServer, tone: Recording
) -> None:
    ana = consenting("Ana Ruiz")
    job = merge(tone)
    Job.objects.update(name="talk-with-ana_ruiz.wav")
    erase_person(ana.id, actor="desk", replacement="somebody")
    job.refresh_from_db()

    assert job.name == "talk-with-somebody.wav"


def test_the_folder_of_outputs_does_not_name_an_erased_person(
    queue: FaultServer, tone: Recording
) -> None:
    ana = consenting("Ana Ruiz")
    job = merge(tone, name="2026/ana_ruiz", out="/out")
    cancel_job(job.id)
    Job.objects.update(name="2026/ana_ruiz")
    erase_person(ana.id, actor="desk")
    job.refresh_from_db()

    assert "ruiz" not in json.dumps([job.name, job.options]).casefold()


def test_a_job_waits_while_another_of_the_same_work_runs(
    queue: FaultServer, tone: Recording
) -> None:
    one, same = merge(tone), merge(tone)
    claim_job(one.id)
    with pytest.raises(RetryLater):
        run_job(same.id, go_on)
    same.refresh_from_db()

    assert (same.state, same.attempts) == (JobState.QUEUED, 0)
    assert queue.asked == []


def test_engines_receive_the_job_as_trace(queue: FaultServer, submitted: Job) -> None:
    run_job(submitted.pk, go_on)

    headers = [{name.lower(): shown for name, shown in one.headers.items()} for one in queue.asked]
    assert {one["x-request-id"] for one in headers} == {str(submitted.pk)}
    assert len({one["traceparent"] for one in headers}) == 1


def test_a_job_is_spelled_by_the_vocabulary_of_its_key(submitted: Job, queue: FaultServer) -> None:
    Vocabulary.objects.create(key="desk", terms=["Zorvath"])
    remembered.forget()
    queue.answer(TRANSCRIBE, transcription("Ask Sorvat.", [(0.0, 0.4), (0.5, 1.0)], 1.0))

    run_job(submitted.id, go_on)

    remembered.forget()
    submitted.refresh_from_db()
    assert submitted.result is not None
    assert submitted.result["corrections"] == [
        {"from": "Sorvat", "to": "Zorvath", "start_ms": 500}
    ]
