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
    """What a command prints; a refusal is raised."""

    def printed(*words: object) -> str:
        call_command(*map(str, words))
        return capsys.readouterr().out

    return printed


@pytest.fixture
def archive(queue: FaultServer, tmp_path: Path) -> Path:
    """Two tracks with a timeline, and a recording in a folder below."""
    folder = tmp_path / "archive"
    (folder / "deep").mkdir(parents=True)
    for name in ("talk.mic.wav", "talk.system.wav", "deep/alone.wav"):
        (folder / name).write_bytes(TONE)
    entries = [{"start": 0.0, "end": 4.0, "name": "Ana Ruiz"}]
    (folder / "talk.timeline.json").write_text(json.dumps(entries))
    return folder


def do_all() -> None:
    """What workers would do."""
    for job in Job.objects.filter(state=JobState.QUEUED):
        run_job(job.id, lambda: False)


def test_every_recording_is_a_job(run: Run, archive: Path) -> None:
    told = run("enqueue", archive, "--store")

    assert told.count("\n") == 2
    assert set(Job.objects.values_list("name", "kind", "state")) == {
        ("talk", JobKind.ARCHIVE, JobState.QUEUED),
        ("deep/alone", JobKind.ARCHIVE, JobState.QUEUED),
    }


def test_workers_keep_the_transcripts(run: Run, archive: Path) -> None:
    run("enqueue", archive / "talk.*.wav", "--store", "--self-name", "Ben Okafor")
    do_all()
    transcript = Transcript.objects.get()

    assert transcript.mode == "dual_channel"
    assert transcript.recording_name == "talk.mic.wav, talk.system.wav"
    assert set(transcript.speakers.values_list("name", flat=True)) >= {"Ana Ruiz"}


def test_workers_write_the_outputs(run: Run, archive: Path, tmp_path: Path) -> None:
    run("enqueue", archive / "deep", "--out", tmp_path / "out", "--format", "txt,srt")
    do_all()

    assert {path.name for path in (tmp_path / "out").rglob("*.*")} == {"alone.txt", "alone.srt"}
    assert not Transcript.objects.exists()


def test_outputs_that_cannot_be_written_are_tried_again(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("in the way")
    run("enqueue", archive / "deep", "--out", tmp_path / "out")
    with pytest.raises(Exception, match="again in"):
        do_all()

    assert Job.objects.get().state == JobState.QUEUED


@pytest.mark.parametrize("done", [False, True], ids=["waiting", "done"])
def test_what_is_known_is_not_placed_again(run: Run, archive: Path, done: bool) -> None:
    run("enqueue", archive, "--store")
    [lambda: None, do_all][done]()
    told = run("enqueue", archive, "--store")

    assert told == "deep/alone: is known\ntalk: is known\n"
    assert Job.objects.count() == 2


def test_a_transcript_that_was_deleted_is_made_again(run: Run, archive: Path) -> None:
    run("enqueue", archive / "deep", "--store")
    do_all()
    Transcript.objects.all().delete()
    run("enqueue", archive / "deep", "--store")

    assert Job.objects.filter(state=JobState.QUEUED).count() == 1


def test_other_options_are_other_work(run: Run, archive: Path) -> None:
    run("enqueue", archive / "deep", "--store")
    run("enqueue", archive / "deep", "--store", "--rule", "evidence")
    run("enqueue", archive / "deep", "--store", "--again")

    assert Job.objects.count() == 3


def test_what_is_no_recording_is_said_and_the_rest_is_placed(
    run: Run, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / "text.wav").write_text("no audio")
    (archive / "bad.timeline.json").write_text("{")
    (archive / "bad.wav").write_bytes(TONE)

    with pytest.raises(CommandError, match="2 of 4 failed; see above"):
        run("enqueue", archive, "--store")

    assert "text.wav: " in (said := capsys.readouterr().out)
    assert "bad: bad.timeline.json: not JSON" in said
    assert Job.objects.count() == 2


def test_what_somebody_else_wrote_is_replaced_only_when_that_is_wanted(
    run: Run, archive: Path
) -> None:
    (archive / "deep" / "alone.txt").write_text("my notes")
    with pytest.raises(CommandError, match="1 of 1 failed; see above"):
        run("enqueue", archive / "deep", "--out", archive / "deep")
    refused = Job.objects.count()
    run("enqueue", archive / "deep", "--out", archive / "deep", "--again")

    assert (refused, Job.objects.count()) == (0, 1)


def test_what_failed_is_placed_again_whatever_it_has_written(run: Run, archive: Path) -> None:
    run("enqueue", archive / "deep", "--out", archive / "deep")
    do_all()
    Job.objects.update(state=JobState.FAILED)
    run("enqueue", archive / "deep", "--out", archive / "deep")

    assert Job.objects.filter(state=JobState.QUEUED).count() == 1


def test_a_name_is_told_on_one_line(run: Run, archive: Path) -> None:
    (archive / "deep" / "alone.wav").rename(archive / "deep" / "two\nlines\x1b[31m.wav")
    told = run("enqueue", archive / "deep", "--store")

    assert told.startswith("two lines [31m: ")
    assert told.count("\n") == 1


def test_a_name_that_is_no_text_fails_alone(
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
    do_all()

    assert Transcript.objects.get().speakers.filter(name="Ana Ruiz").exists()


@pytest.mark.parametrize("folder", ["", "/tmp/bad\udcff"])
def test_a_folder_must_be_one(run: Run, archive: Path, folder: str) -> None:
    with pytest.raises(CommandError, match="argument --out: expected a folder"):
        run("enqueue", archive, "--out", folder)


@pytest.mark.parametrize("count", ["-1", "x", "99999999999999999999"])
def test_so_many_failures_can_be_listed(run: Run, count: str) -> None:
    with pytest.raises(CommandError, match="argument --failed: expected 0 to 100000, got"):
        run("archive_status", f"--failed={count}")


def test_recordings_without_a_place_for_what_is_heard_are_refused(run: Run, archive: Path) -> None:
    with pytest.raises(CommandError, match="expected --store, --out or both"):
        run("enqueue", archive)


def test_the_status_says_how_far_it_is(run: Run, archive: Path, queue: FaultServer) -> None:
    run("enqueue", archive, "--store")
    queue.answer("/v1/audio/transcriptions", {"detail": "No speech."}, status=422)
    waiting, *_ = run("archive_status").splitlines()
    do_all()
    told = run("archive_status")

    assert waiting.startswith("2 queued, 0 running, 0 done, 0 failed, 0 cancelled.")
    assert "failed  talk " in told
    assert "No speech." in told


def test_the_status_says_when_nobody_works(run: Run, archive: Path) -> None:
    run("enqueue", archive, "--store")

    assert "No worker is alive: run manage.py procrastinate worker." in run("archive_status")


def test_the_status_says_how_fast_it_goes(run: Run, archive: Path) -> None:
    run("enqueue", archive, "--store")
    do_all()
    told = json.loads(run("archive_status", "--json"))

    assert told["counts"]["done"] == 2
    assert told["per_minute"] > 0
    assert told["audio_seconds_per_second"] > 0
