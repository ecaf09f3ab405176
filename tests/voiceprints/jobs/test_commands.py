"""manage.py enqueue and archive_status"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.faults import FaultServer
from tests.recordings import TONE
from voiceprints.jobs.execution import run_job
from voiceprints.models import Job, Transcript
from voiceprints.models.jobs import JobKind, JobState

Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command and returns its output, or raises its error."""

    def printed(*words: object) -> str:
        call_command(*map(str, words))
        return capsys.readouterr().out

    return printed


@pytest.fixture
def archive(queue: FaultServer, tmp_path: Path) -> Path:
    """Return a folder with two tracks, their timeline, and a recording in a subfolder."""
    folder = tmp_path / "archive"
    (folder / "deep").mkdir(parents=True)
    for name in ("talk.mic.wav", "talk.system.wav", "deep/alone.wav"):
        (folder / name).write_bytes(TONE)
    entries = [{"start": 0.0, "end": 4.0, "name": "Ana Ruiz"}]
    (folder / "talk.timeline.json").write_text(json.dumps(entries))
    return folder


def run_all_jobs() -> None:
    """Run all jobs, as workers would."""
    for job in Job.objects.filter(state=JobState.QUEUED):
        run_job(job.id, lambda: False)


def test_every_recording_is_a_job(run: Run, archive: Path) -> None:
    shown = run("enqueue", archive, "--store")

    assert shown.count("\n") == 2
    assert set(Job.objects.values_list("name", "kind", "state")) == {
        ("talk", JobKind.ARCHIVE, JobState.QUEUED),
        ("deep/alone", JobKind.ARCHIVE, JobState.QUEUED),
    }


def test_workers_store_transcripts(run: Run, archive: Path) -> None:
    run("enqueue", archive / "talk.*.wav", "--store", "--self-name", "Ben Okafor")
    run_all_jobs()
    transcript = Transcript.objects.get()

    assert transcript.mode == "dual_channel"
    assert transcript.recording_name == "talk.mic.wav, talk.system.wav"
    assert set(transcript.speakers.values_list("name", flat=True)) >= {"Ana Ruiz"}


def test_workers_write_the_outputs(run: Run, archive: Path, tmp_path: Path) -> None:
    run("enqueue", archive / "deep", "--out", tmp_path / "out", "--format", "txt,srt")
    run_all_jobs()

    assert {path.name for path in (tmp_path / "out").rglob("*.*")} == {"alone.txt", "alone.srt"}
    assert not Transcript.objects.exists()


def test_outputs_that_cannot_be_written_are_tried_again(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("in the way")
    run("enqueue", archive / "deep", "--out", tmp_path / "out")
    with pytest.raises(Exception, match="again in"):
        run_all_jobs()

    assert Job.objects.get().state == JobState.QUEUED


@pytest.mark.parametrize("done", [False, True], ids=["waiting", "done"])
def test_a_known_job_is_not_submitted_again(run: Run, archive: Path, done: bool) -> None:
    run("enqueue", archive, "--store")
    [lambda: None, run_all_jobs][done]()
    shown = run("enqueue", archive, "--store")

    assert shown == "deep/alone: is known\ntalk: is known\n"
    assert Job.objects.count() == 2


def test_a_transcript_that_was_deleted_is_made_again(run: Run, archive: Path) -> None:
    run("enqueue", archive / "deep", "--store")
    run_all_jobs()
    Transcript.objects.all().delete()
    run("enqueue", archive / "deep", "--store")

    assert Job.objects.filter(state=JobState.QUEUED).count() == 1


def test_other_options_are_other_work(run: Run, archive: Path) -> None:
    run("enqueue", archive / "deep", "--store")
    run("enqueue", archive / "deep", "--store", "--rule", "evidence")
    run("enqueue", archive / "deep", "--store", "--again")

    assert Job.objects.count() == 3


def test_unusable_files_are_reported_and_the_rest_is_submitted(
    run: Run, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / "text.wav").write_text("no audio")
    (archive / "bad.timeline.json").write_text("{")
    (archive / "bad.wav").write_bytes(TONE)

    with pytest.raises(CommandError, match="2 of 4 failed; see above"):
        run("enqueue", archive, "--store")

    assert "text.wav: " in (output := capsys.readouterr().out)
    assert "bad: bad.timeline.json: not a format known here" in output
    assert Job.objects.count() == 2


def test_foreign_outputs_are_replaced_only_on_request(run: Run, archive: Path) -> None:
    (archive / "deep" / "alone.txt").write_text("my notes")
    with pytest.raises(CommandError, match="1 of 1 failed; see above"):
        run("enqueue", archive / "deep", "--out", archive / "deep")
    refused = Job.objects.count()
    run("enqueue", archive / "deep", "--out", archive / "deep", "--again")

    assert (refused, Job.objects.count()) == (0, 1)


def test_a_failed_job_is_submitted_again_despite_its_outputs(run: Run, archive: Path) -> None:
    run("enqueue", archive / "deep", "--out", archive / "deep")
    run_all_jobs()
    Job.objects.update(state=JobState.FAILED)
    run("enqueue", archive / "deep", "--out", archive / "deep")

    assert Job.objects.filter(state=JobState.QUEUED).count() == 1


def test_a_name_is_printed_on_one_line(run: Run, archive: Path) -> None:
    (archive / "deep" / "alone.wav").rename(archive / "deep" / "two\nlines\x1b[31m.wav")
    shown = run("enqueue", archive / "deep", "--store")

    assert shown.startswith("two lines [31m: ")
    assert shown.count("\n") == 1


def test_a_name_that_is_not_utf_8_fails_alone(
    run: Run, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / "deep" / "alone.wav").rename(archive / "deep" / "bad\udcff.wav")

    with pytest.raises(CommandError, match="1 of 2 failed; see above"):
        run("enqueue", archive, "--out", archive / "out")

    assert "deep/bad : its name is not UTF-8" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_timeline_is_read_in_whatever_encoding(run: Run, archive: Path, encoding: str) -> None:
    entries = (archive / "talk.timeline.json").read_text()
    (archive / "talk.timeline.json").write_text(entries, encoding=encoding)
    run("enqueue", archive / "talk.*.wav", "--store")
    run_all_jobs()

    assert Transcript.objects.get().speakers.filter(name="Ana Ruiz").exists()


@pytest.mark.parametrize("folder", ["", "/tmp/bad\udcff"])
def test_a_folder_must_be_one(run: Run, archive: Path, folder: str) -> None:
    with pytest.raises(CommandError, match="argument --out: expected a folder"):
        run("enqueue", archive, "--out", folder)


@pytest.mark.parametrize("count", ["-1", "x", "99999999999999999999"])
def test_the_number_of_listed_failures_is_limited(run: Run, count: str) -> None:
    with pytest.raises(CommandError, match="argument --failed: expected 0 to 100000, got"):
        run("archive_status", f"--failed={count}")


def test_without_out_or_store_recordings_are_refused(run: Run, archive: Path) -> None:
    with pytest.raises(CommandError, match="expected --store, --out or both"):
        run("enqueue", archive)


def test_the_status_says_how_far_it_is(run: Run, archive: Path, queue: FaultServer) -> None:
    run("enqueue", archive, "--store")
    queue.answer("/v1/audio/transcriptions", {"detail": "No speech."}, status=422)
    waiting, *_ = run("archive_status").splitlines()
    run_all_jobs()
    shown = run("archive_status")

    assert waiting.startswith("2 queued, 0 running, 0 done, 0 failed, 0 cancelled.")
    assert "failed  talk " in shown
    assert "No speech." in shown


def test_the_status_says_when_no_worker_is_alive(run: Run, archive: Path) -> None:
    run("enqueue", archive, "--store")

    assert "No worker is alive: run manage.py procrastinate worker." in run("archive_status")


def test_the_status_says_how_fast_it_goes(run: Run, archive: Path) -> None:
    run("enqueue", archive, "--store")
    run_all_jobs()
    shown = json.loads(run("archive_status", "--json"))

    assert shown["counts"]["done"] == 2
    assert shown["per_minute"] > 0
    assert shown["audio_seconds_per_second"] > 0
