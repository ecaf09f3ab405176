"""The `diarize` command with a voice library."""

import json
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from tests.audio.archive.engine import recording, script
from tests.audio.management.command import environment
from tests.engine_answers import DIARIZE, SHORT_DIARIZATION, SHORT_TRANSCRIPTION, TRANSCRIBE
from tests.faults import Answer, Asked, FaultServer
from tests.gateway_process import ROOT
from tests.voiceprints.conftest import database_url
from tests.voiceprints.people import SPACE, axis, consenting, voiceprint_of
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.models import AuditEntry, KeptAudio, Transcript

DIES_AT_THE_JOURNAL = """
import os, signal, sys
from audio.archive.ledger import Ledger
add = Ledger.add
Ledger.add = lambda self, entry: (
    add(self, entry) if entry.reason else os.kill(os.getpid(), signal.SIGKILL)
)
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def engine(faults: FaultServer, settings: Settings) -> FaultServer:
    """Return an engine that answers with two voices."""
    settings.PARAKEET_URL = faults.url
    script(faults)
    faults.answer(DIARIZE, SHORT_DIARIZATION | {"models": {"embedding": SPACE}})
    return faults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one recording."""
    made = tmp_path / "recordings"
    made.mkdir()
    (made / "talk.wav").write_bytes(recording(0))
    return made


def diarize(folder: Path, *options: str) -> str:
    output = StringIO()
    out = str(folder.parent / "out")
    call_command("diarize", str(folder), "--out", out, *options, stdout=output)
    return output.getvalue()


def diarize_and_die_before_the_ledger(folder: Path, engine: FaultServer) -> int:
    """Run the command as a process that is killed after the transcript is stored."""
    command = [sys.executable, "-c", DIES_AT_THE_JOURNAL, "diarize", str(folder), "--store"]
    settings = {"DATABASE_URL": database_url(), "SECRET_KEY": "for-the-tests"}
    env = environment(engine, DJANGO_SETTINGS_MODULE="spark_control.settings", **settings)
    return subprocess.run(
        [*command, "--out", str(folder.parent / "out")], cwd=ROOT, env=env, timeout=60
    ).returncode


@pytest.mark.usefixtures("engine")
def test_stored_voices_name_who_speaks(folder: Path) -> None:
    voiceprint_of(consenting("Ana Ruiz"), axis(0))

    diarize(folder)

    assert "Ana Ruiz: Good morning." in (folder.parent / "out" / "talk.txt").read_text()


@pytest.mark.usefixtures("engine")
def test_the_audit_says_which_command_asked(folder: Path) -> None:
    voiceprint_of(consenting("Ana Ruiz"), axis(0))

    diarize(folder)

    [entry] = AuditEntry.objects.filter(action="identified")
    assert entry.actor.startswith("manage.py diarize, uid ")


@pytest.mark.usefixtures("engine")
def test_voices_that_were_sent_leave_the_stored_ones_alone(folder: Path) -> None:
    voiceprint_of(consenting("Ana Ruiz"), axis(0))
    known = folder.parent / "voices.json"
    known.write_text(json.dumps({"Ben": axis(1).tolist()}))

    diarize(folder, "--known", str(known))

    written = (folder.parent / "out" / "talk.txt").read_text()
    assert "Ben: Hi!" in written
    assert "Ana Ruiz" not in written


@pytest.mark.usefixtures("engine")
def test_the_recording_is_kept_beside_the_transcript_where_the_command_says_so(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "samples"

    diarize(folder, "--store", "--keep-audio")

    kept = KeptAudio.objects.get(transcript=Transcript.objects.get())
    assert (kept.track, round(kept.seconds)) == ("mono", 2)


@pytest.mark.usefixtures("engine")
def test_no_recording_is_kept_where_the_command_forbids_it(
    folder: Path, settings: Settings
) -> None:
    settings.KEEP_AUDIO = True

    diarize(folder, "--store", "--no-keep-audio")

    assert Transcript.objects.count() == 1
    assert not KeptAudio.objects.exists()


@pytest.mark.usefixtures("engine")
def test_transcripts_are_stored_on_request(folder: Path) -> None:
    diarize(folder, "--store", "--retain-days", "30")

    kept = Transcript.objects.get()
    assert kept.recording_name == "talk.wav"
    assert kept.retain_until is not None
    journal = (folder.parent / "out" / "archive.jsonl").read_text()
    assert json.loads(journal.splitlines()[-1])["transcript_id"] == str(kept.id)


@pytest.mark.usefixtures("engine")
def test_no_transcript_is_stored_twice(folder: Path) -> None:
    diarize(folder, "--store")
    (folder / "twin.wav").write_bytes(recording(0))

    diarize(folder, "--store")

    assert Transcript.objects.count() == 1


def test_a_kill_before_the_ledger_is_written_stores_nothing_twice(
    folder: Path, engine: FaultServer
) -> None:
    killed = diarize_and_die_before_the_ledger(folder, engine)
    kept = Transcript.objects.get()
    journal = folder.parent / "out" / "archive.jsonl"
    [begun] = journal.read_text().splitlines()

    diarize(folder, "--store")

    assert killed == -signal.SIGKILL
    assert not json.loads(begun)["transcript_id"]
    assert Transcript.objects.get() == kept
    assert json.loads(journal.read_text().splitlines()[-1])["transcript_id"] == str(kept.id)


@pytest.mark.usefixtures("engine")
def test_other_options_make_another_transcript(folder: Path) -> None:
    diarize(folder, "--store")
    diarize(folder, "--store", "--rule", "evidence")

    assert Transcript.objects.count() == 2


def test_another_model_makes_another_transcript(folder: Path, engine: FaultServer) -> None:
    diarize(folder, "--store")
    (folder.parent / "out" / "talk.json").unlink()
    engine.answer(DIARIZE, SHORT_DIARIZATION | {"models": {"embedding": "another"}})
    diarize(folder, "--store")

    assert Transcript.objects.count() == 2


def test_written_recordings_are_stored_on_request(folder: Path, engine: FaultServer) -> None:
    diarize(folder)
    diarize(folder, "--store")

    assert Transcript.objects.count() == 1
    assert engine.paths().count(TRANSCRIBE) == 2


def test_a_person_erased_during_the_run_is_not_stored(engine: FaultServer, folder: Path) -> None:
    zoe = consenting("Zoé Brook")
    shown = [{"start": 0, "end": 1, "name": "zoé brook"}]
    (folder / "talk.timeline.json").write_text(json.dumps(shown))

    def erase_and_answer(_asked: Asked) -> Answer:
        erase_person(zoe.id, actor="desk", replacement="Guest")
        connection.close()
        return Answer(pieces=(json.dumps(SHORT_TRANSCRIPTION).encode(),))

    engine.respond(TRANSCRIBE, erase_and_answer)
    diarize(folder, "--store")

    [guest, _] = Transcript.objects.get().speakers.order_by("label")
    assert (guest.name, guest.embedding) == ("Guest", None)
    assert "brook" not in str(list(Transcript.objects.values())).casefold()
