"""The `diarize` command on folders of recordings."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from audio.archive.ledger import open_ledger
from tests.audio.archive.engine import count_requests, recording
from tests.audio.management.conftest import Diarize
from tests.engine_answers import ANA, BEN, SHORT_TRANSCRIPTION, TRANSCRIBE
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json


def outputs(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


def test_outputs_are_in_the_same_subfolders_as_the_recordings(diarize: Diarize, out: Path) -> None:
    diarize("--format", "json,srt")

    assert outputs(out) == [
        *("a.json", "a.srt", "archive.jsonl", "b.json", "b.srt"),
        *("may/c.json", "may/c.srt"),
    ]


@pytest.mark.parametrize("form", ["json", "txt", "srt", "vtt", "rttm"])
def test_each_format_says_who_spoke(diarize: Diarize, out: Path, form: str) -> None:
    diarize("--format", form)

    assert "Unknown_1" in (out / f"a.{form}").read_text()


def test_outputs_are_for_their_owner_alone(diarize: Diarize, out: Path) -> None:
    diarize()

    assert (out / "a.json").stat().st_mode & 0o777 == 0o600


def test_a_second_run_asks_the_engine_nothing(diarize: Diarize, engine: FaultServer) -> None:
    diarize()
    engine.asked.clear()

    output = diarize()

    assert engine.asked == []
    assert "there already           3    0:00:06" in output


def test_the_same_content_is_done_once_and_written_twice(
    diarize: Diarize, engine: FaultServer, folder: Path, out: Path
) -> None:
    (folder / "twin.wav").write_bytes(recording(0))

    output = diarize()

    assert count_requests(engine, recording(0)) == 1
    assert (out / "twin.json").read_bytes() == (out / "a.json").read_bytes()
    assert "copied  twin" in output


def test_a_later_copy_calls_no_engine(
    diarize: Diarize, engine: FaultServer, folder: Path, out: Path
) -> None:
    diarize()
    engine.asked.clear()
    (folder / "later.wav").write_bytes(recording(1))

    diarize()

    assert engine.asked == []
    assert (out / "later.txt").read_text() == (out / "b.txt").read_text()


def test_outputs_that_went_missing_are_made_again(
    diarize: Diarize, engine: FaultServer, out: Path
) -> None:
    diarize()
    engine.asked.clear()
    (out / "a.txt").unlink()
    (out / "a.json").unlink()

    diarize()

    assert (out / "a.txt").is_file()
    assert engine.paths().count(TRANSCRIBE) == 1


def test_another_format_is_made_without_the_engine(
    diarize: Diarize, engine: FaultServer, out: Path
) -> None:
    diarize("--format", "json,srt")
    before = (out / "a.srt").read_text()
    (out / "a.srt").unlink()
    engine.asked.clear()

    output = diarize("--format", "srt,rttm")

    assert engine.asked == []
    assert (out / "a.srt").read_text() == before
    assert "SPEAKER recording 1 0.100" in (out / "a.rttm").read_text()
    assert "copied  a                                            of its own json" in output


def test_an_output_that_was_altered_is_not_read(diarize: Diarize, out: Path) -> None:
    diarize()
    (out / "a.json").write_text("{}")

    output = diarize("--format", "srt")

    assert "a.json is not a transcript any more; remove it." in output


def test_foreign_files_are_not_overwritten(diarize: Diarize, out: Path) -> None:
    out.mkdir()
    (out / "a.txt").write_text("my notes")

    first, second = diarize(), diarize("--retry-failed")

    assert "a.txt exists already, and no run wrote it; move it" in first
    assert "done                    2" in first
    assert "a.txt exists already" in second
    assert (out / "a.txt").read_text() == "my notes"


def test_a_dry_run_reports_foreign_files(diarize: Diarize, out: Path) -> None:
    out.mkdir()
    (out / "a.json").write_text("{}")

    assert "a.json exists already" in diarize("--dry-run")


def test_an_identical_recording_is_not_copied_from_replaced_outputs(
    diarize: Diarize, engine: FaultServer, folder: Path, out: Path
) -> None:
    diarize()
    (folder / "twin.wav").write_bytes(recording(0))
    (folder / "a.wav").write_bytes(recording(9))
    engine.respond(TRANSCRIBE, refuse(recording(9)))

    diarize()

    assert count_requests(engine, recording(0)) == 2
    assert (out / "twin.json").is_file()


def test_a_recording_that_was_replaced_is_done_again(
    diarize: Diarize, engine: FaultServer, folder: Path
) -> None:
    diarize()
    (folder / "a.wav").write_bytes(recording(9))

    diarize()

    assert count_requests(engine, recording(9)) == 1


def test_other_options_do_all_again(diarize: Diarize, engine: FaultServer) -> None:
    diarize()
    engine.asked.clear()

    diarize("--rule", "evidence")

    assert engine.paths().count(TRANSCRIBE) == 3


def test_a_timeline_beside_a_recording_names_who_speaks(
    diarize: Diarize, folder: Path, out: Path
) -> None:
    entries = [{"start": 0.0, "end": 1.0, "name": "Ana Ruiz"}]
    (folder / "a.timeline.json").write_text(json.dumps(entries))

    diarize()

    assert (out / "a.txt").read_text().startswith("[0:00:00] Ana Ruiz: Good morning.")


def test_an_invalid_timeline_fails_with_the_file_name(diarize: Diarize, folder: Path) -> None:
    (folder / "a.timeline.json").write_text('[{"start": 0, "end": "x", "name": "Ana"}]')

    output = diarize()

    assert "a.timeline.json[0].end: expected a list of" in output


def test_two_tracks_are_a_dual_recording(diarize: Diarize, folder: Path, out: Path) -> None:
    (folder / "talk.mic.wav").write_bytes(recording(100))
    (folder / "talk.system.wav").write_bytes(recording(5))

    diarize("--self-name", "Ana Ruiz")

    answer = json.loads((out / "talk.json").read_text())
    assert answer["mode"] == "dual_channel"
    assert "Ana Ruiz" in [speaker["name"] for speaker in answer["speakers"]]


def test_known_voices_name_who_speaks(diarize: Diarize, tmp_path: Path, out: Path) -> None:
    known = tmp_path / "voices.json"
    known.write_text(json.dumps({"Ann": ANA, "Bob": BEN}))

    diarize("--known", str(known))

    assert (out / "a.txt").read_text().endswith("Bob: Hi!\n")


def test_voices_that_were_exported_name_who_speaks(
    diarize: Diarize, tmp_path: Path, out: Path
) -> None:
    known = tmp_path / "voices.json"
    known.write_text(json.dumps({"space": "titanet@1", "voiceprints": {"Ann": [BEN, ANA]}}))

    diarize("--known", str(known))

    assert (out / "a.txt").read_text().startswith("[0:00:00] Ann:")


def test_voices_of_another_space_are_not_compared(diarize: Diarize, tmp_path: Path) -> None:
    known = tmp_path / "voices.json"
    known.write_text(json.dumps({"space": "campplus", "voiceprints": {"Ann": [ANA]}}))

    output = diarize("--known", str(known))

    assert (
        "the known voices are in space campplus, and the engine's embeddings in titanet@1"
        in output
    )


def test_the_number_of_speakers_can_be_given(diarize: Diarize, out: Path) -> None:
    diarize("--num-speakers", "1")

    assert len(json.loads((out / "a.json").read_text())["speakers"]) == 1


def refuse(content: bytes) -> Callable[[Asked], Answer]:
    """Return a response that refuses one recording."""

    def respond(asked: Asked) -> Answer:
        refused = Answer(status=400, pieces=(b'{"detail": "I do not like it"}',))
        return refused if content in asked.body else as_json(SHORT_TRANSCRIPTION)

    return respond


def test_a_failed_recording_is_listed_and_the_others_are_done(
    diarize: Diarize, engine: FaultServer, out: Path
) -> None:
    engine.respond(TRANSCRIBE, refuse(recording(0)))

    output = diarize()

    assert "failed  a" in output
    assert "a.wav: I do not like it" in output
    assert output.endswith(
        "1: 1 of 3 failed; to process only these, run the same command with --retry-failed."
    )
    assert (out / "may" / "c.json").is_file()


def test_just_the_failed_can_be_done_again(diarize: Diarize, engine: FaultServer) -> None:
    engine.respond(TRANSCRIBE, refuse(recording(0)))
    diarize()
    engine.answer(TRANSCRIBE, SHORT_TRANSCRIPTION)
    engine.asked.clear()

    output = diarize("--retry-failed")

    assert engine.paths().count(TRANSCRIBE) == 1
    assert "1 recording, 0:00:02 of audio." in output


def test_nothing_is_left_to_try_again_once_it_was_done(diarize: Diarize) -> None:
    diarize()

    assert "0 recordings" in diarize("--retry-failed")


def test_a_busy_engine_is_given_time(diarize: Diarize, engine: FaultServer) -> None:
    busy = [Answer(status=503, headers={"Retry-After": "0"}, pieces=(b"{}",))]
    engine.respond(TRANSCRIBE, lambda _asked: busy.pop() if busy else as_json(SHORT_TRANSCRIPTION))

    output = diarize()

    assert "done                    3" in output


def test_a_deleted_file_fails_with_its_name(
    diarize: Diarize, engine: FaultServer, folder: Path
) -> None:
    def respond(_asked: Asked) -> Answer:
        (folder / "b.wav").unlink(missing_ok=True)
        return as_json(SHORT_TRANSCRIPTION)

    engine.respond(TRANSCRIBE, respond)

    output = diarize()

    assert "b.wav: it does not exist any more." in output


def test_a_file_that_is_still_being_written_is_not_done(
    diarize: Diarize, engine: FaultServer, folder: Path, out: Path
) -> None:
    def respond(_asked: Asked) -> Answer:
        with (folder / "a.wav").open("ab") as file:
            file.write(b"more")
        return as_json(SHORT_TRANSCRIPTION)

    engine.respond(TRANSCRIBE, respond)

    output = diarize(paths=(folder / "a.wav",))

    assert "it changed while it was being processed." in output
    assert outputs(out) == ["archive.jsonl"]


def test_an_unusable_file_fails_with_a_reason(diarize: Diarize, folder: Path) -> None:
    (folder / "text.wav").write_text("Good morning.")
    (folder / "nothing.wav").touch()

    output = diarize()

    assert "text.wav: it is not audio or video that can be decoded." in output
    assert "nothing.wav: the file is empty." in output
    assert "1: 2 of 5 failed" in output


def test_a_folder_loop_is_reported(diarize: Diarize, folder: Path) -> None:
    (folder / "may" / "all").symlink_to(folder)

    output = diarize()

    assert "loop    may/all" in output
    assert "done                    3" in output


def test_a_full_disk_ends_the_run(diarize: Diarize, engine: FaultServer, out: Path) -> None:
    out.mkdir()
    (out / ".a.json.part").symlink_to("/dev/full")

    output = diarize()

    assert (
        "failed  a                                            No space left on device." in output
    )
    assert output.endswith("2 of 3 are left. To continue, run the same command again.")
    assert engine.paths().count(TRANSCRIBE) == 1
    assert outputs(out) == ["archive.jsonl"]


def test_a_dry_run_does_nothing(diarize: Diarize, engine: FaultServer, out: Path) -> None:
    output = diarize("--dry-run")

    assert "to do                   3    0:00:06" in output
    assert "About 0:00:02 at 3.0 × real time (assumed" in output  # noqa: RUF001
    assert (engine.asked, out.exists()) == ([], False)


def test_a_dry_run_goes_by_what_was_measured(diarize: Diarize, folder: Path) -> None:
    diarize()
    (folder / "new.wav").write_bytes(recording(7))

    output = diarize("--dry-run")

    assert "there already           3" in output
    assert "(as measured here)." in output


def test_only_one_run_works_in_a_folder(diarize: Diarize, out: Path) -> None:
    with open_ledger(out):
        output = diarize()

    assert output.endswith("another run is working there; wait until it ends.")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--format", "doc"), "argument --format: expected a list of json, txt, srt, vtt, rttm"),
        (("--jobs", "0"), "argument --jobs: expected 1 to 64, got '0'."),
        (("--newer-than", "may"), "argument --newer-than: expected a date or a time, got 'may'."),
        (("--self-name", " "), "--self-name: expected a name."),
        (("--num-speakers", "0"), "--num-speakers: "),
        (("--num-speakers", "2", "--max-speakers", "3"), "expected either this, or --min-spe"),
        (("--retain-days", "3"), "--retain-days: expected only with --store."),
        (("--keep-audio",), "--keep-audio: expected only with --store."),
        (("--out", ""), "argument --out: expected a folder, got nothing."),
        (("--store",), "--store: this gateway has no voice library; set DATABASE_URL."),
        (("--store", "--known", "x.json"), "--store: expected only without --known"),
        (("--known", "/gone.json"), "--known /gone.json: No such file or directory."),
    ],
)
def test_wrong_usage_is_reported_before_anything_is_done(
    diarize: Diarize, out: Path, options: tuple[str, ...], expected: str
) -> None:
    output = diarize(*options)

    assert expected in output
    assert not out.exists()


def test_a_missing_path_is_wrong_usage(diarize: Diarize) -> None:
    output = diarize(paths=(Path("/gone.wav"),))

    assert output.endswith("2: /gone.wav: there is no such file or folder.")


def test_without_an_engine_nothing_begins(folder: Path, out: Path, settings: Settings) -> None:
    settings.PARAKEET_URL = ""

    with pytest.raises(CommandError, match="PARAKEET_URL is not set") as refused:
        call_command("diarize", str(folder), "--out", str(out))

    assert refused.value.returncode == 2


def test_a_recording_fails_while_the_library_is_unavailable(
    diarize: Diarize, settings: Settings
) -> None:
    settings.SPEAKER_LIBRARY = "tests.audio.test_library.AwayLibrary"
    output = diarize()

    assert "The library is unavailable; try again." in output
    assert "Traceback" not in output
