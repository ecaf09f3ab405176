"""manage.py export_transcripts"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError

from audio.library import Provenance
from audio.merge.values import Block, NamedSpeaker, NamedTranscript
from tests.voiceprints.management.conftest import Run
from tests.voiceprints.people import SHA256, axis, consenting
from voiceprints.models import AuditEntry, Transcript
from voiceprints.transcripts.transcript_store import store_transcript

pytestmark = pytest.mark.django_db


def kept(name: str, recording: str, words: str, day: int = 3) -> Transcript:
    """Store a transcript of one speaker."""
    heard = NamedTranscript(
        mode="mono",
        duration=4.0,
        speakers=(NamedSpeaker("Speaker_0", name, "visual", axis(0)),),
        blocks=(Block(1000, 2500, name, words),),
        models={"embedding": "titanet"},
    )
    transcript = store_transcript(
        heard, Provenance(sha256=SHA256, created_by="desk", recording_name=recording)
    )
    transcript.recorded_at = datetime(2026, 5, day, 12, tzinfo=UTC)
    transcript.save()
    return transcript


@pytest.fixture
def talk() -> Transcript:
    """Return a transcript of Ana Ruiz, of the third of May."""
    consenting("Ana Ruiz")
    return kept("Ana Ruiz", "the talk.wav", "Good morning.")


def test_every_format_is_written(run: Run, talk: Transcript, tmp_path: Path) -> None:
    shown = run("export_transcripts", str(tmp_path), "--format", "json,txt,srt,vtt,rttm,stm")
    stem = f"2026-05-03_the-talk.wav_{talk.id.hex[:12]}"

    assert shown == f"{stem}\n"
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{stem}.{form}" for form in ("json", "txt", "srt", "vtt", "rttm", "stm")
    }
    assert (tmp_path / f"{stem}.txt").read_text() == "[0:00:01] Ana Ruiz: Good morning.\n"
    assert (tmp_path / f"{stem}.stm").read_text() == (
        f"{stem} 1 Ana_Ruiz 1.000 2.500 Good morning.\n"
    )


def test_no_voice_leaves_and_only_the_owner_may_read(
    run: Run, talk: Transcript, tmp_path: Path
) -> None:
    run("export_transcripts", str(tmp_path), "--format", "json")
    [file] = tmp_path.iterdir()
    shown = json.loads(file.read_text())

    assert shown["segments"][0]["text"] == "Good morning."
    assert "fingerprint" not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_audit_says_what_left(run: Run, talk: Transcript, tmp_path: Path) -> None:
    run("export_transcripts", str(tmp_path))

    assert AuditEntry.objects.filter(action="exported", transcript_id=talk.id).count() == 1


@pytest.mark.parametrize(
    "chosen",
    [
        ["--person", "Ana Ruiz"],
        ["--query", "morning"],
        ["--recording", "the talk"],
        ["--until", "2026-05-03"],
    ],
    ids=["person", "words", "recording", "date"],
)
def test_only_matching_transcripts_are_written(
    run: Run, talk: Transcript, tmp_path: Path, chosen: list[str]
) -> None:
    kept("Ben Okafor", "another.wav", "Good evening.", day=4)
    run("export_transcripts", str(tmp_path), "--format", "txt", *chosen)

    assert [path.name for path in tmp_path.iterdir()] == [
        f"2026-05-03_the-talk.wav_{talk.id.hex[:12]}.txt"
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--since", "2026-13-01"), "argument --since: expected YYYY-MM-DD, got '2026-13-01'"),
        (("--until", "may"), "argument --until: expected YYYY-MM-DD, got 'may'"),
        (("--since", "2026-05-03", "--until", "2026-05-02"), "--until: expected 2026-05-03 or"),
    ],
)
def test_an_empty_period_is_refused(
    run: Run, tmp_path: Path, options: tuple[str, ...], expected: str
) -> None:
    with pytest.raises(CommandError, match=expected):
        run("export_transcripts", str(tmp_path), *options)


def test_no_folder_is_not_this_one(run: Run) -> None:
    with pytest.raises(CommandError, match="argument DIR: expected a folder, got nothing"):
        run("export_transcripts", "")


def test_the_last_day_of_all_is_a_day(run: Run, talk: Transcript, tmp_path: Path) -> None:
    assert "the-talk" in run("export_transcripts", str(tmp_path), "--until", "9999-12-31")


def test_a_recordings_name_leads_out_of_no_folder(run: Run, tmp_path: Path) -> None:
    kept("Ben Okafor", "../../etc/passwd", "Good evening.")
    run("export_transcripts", str(tmp_path / "out"), "--format", "txt")

    assert len(list((tmp_path / "out").iterdir())) == 1


def test_options_without_a_match_are_an_error(run: Run, talk: Transcript, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No transcript matches"):
        run("export_transcripts", str(tmp_path), "--since", "2026-05-04")


def test_a_folder_that_is_a_file_fails_with_its_reason(
    run: Run, talk: Transcript, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("in the way")

    with pytest.raises(CommandError, match="1 of 1 failed; see above"):
        run("export_transcripts", str(tmp_path / "out"))

    assert "the talk.wav: " in capsys.readouterr().out
