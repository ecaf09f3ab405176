"""Which recordings are found, under which names, and what is said of all else."""

import os
from datetime import UTC, datetime
from pathlib import Path, PurePath

import pytest

from audio.archive.inventory import Inventory, UnusableFile, find_recordings
from audio.archive.paths import NoSuchPath
from tests.recordings import TONE, square_wave, wav


def put(folder: Path, *names: str, content: bytes = TONE) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def names(found: Inventory) -> list[str]:
    return [str(one.name) for one in found.recordings]


def test_folders_are_searched_to_the_bottom(folder: Path) -> None:
    put(folder, "b.wav", "may/3/a.wav")

    assert names(find_recordings([str(folder)])) == ["b", "may/3/a"]


def test_a_recording_is_known_by_its_content(folder: Path) -> None:
    put(folder, "memo.txt")

    assert names(find_recordings([str(folder)])) == ["memo.txt"]


def test_what_is_no_recording_is_counted(folder: Path) -> None:
    put(folder, "notes.txt", "plan.json", content=b'{"a": 1}')
    put(folder, ".hidden.wav")

    found = find_recordings([str(folder)])

    assert (found.recordings, found.unusable, found.ignored) == ((), (), 3)


def test_a_text_that_is_called_a_recording_is_unfit(folder: Path) -> None:
    put(folder, "talk.wav", content=b"Good morning.")

    [unfit] = find_recordings([str(folder)]).unusable

    assert str(unfit.name) == "talk"
    assert unfit.reason == "talk.wav: it is not audio or video that can be decoded."


def test_a_file_of_no_bytes_is_unfit(folder: Path) -> None:
    put(folder, "talk.wav", content=b"")

    assert find_recordings([str(folder)]).unusable[0].reason == "talk.wav: the file is empty."


def test_a_moment_is_too_short(folder: Path) -> None:
    put(folder, "talk.wav", content=wav(square_wave(4000, 0.05)))

    [unfit] = find_recordings([str(folder)]).unusable

    assert unfit.reason == "talk.wav: 0.05 s are too short; expected 0.1 s or more."


def test_a_text_that_is_named_is_unfit_whatever_it_is_called(folder: Path) -> None:
    put(folder, "notes.txt", content=b"Good morning.")

    assert str(find_recordings([str(folder / "notes.txt")]).unusable[0].name) == "notes.txt"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "talk.wav")

    assert find_recordings([str(folder)]).unusable[0].reason == "talk.wav: it is not a file."


def test_a_link_to_nothing_is_unfit(folder: Path) -> None:
    (folder / "talk.wav").symlink_to(folder / "gone.wav")

    assert (
        find_recordings([str(folder)]).unusable[0].reason == "talk.wav: No such file or directory."
    )


def test_a_link_to_itself_is_unfit(folder: Path) -> None:
    (folder / "talk.wav").symlink_to(folder / "talk.wav")

    assert (
        find_recordings([str(folder)]).unusable[0].reason
        == "talk.wav: Too many levels of symbolic links."
    )


def test_a_folder_that_leads_back_is_read_once(folder: Path) -> None:
    put(folder, "may/talk.wav")
    (folder / "may" / "all").symlink_to(folder)

    found = find_recordings([str(folder)])

    assert names(found) == ["may/talk"]
    assert found.loops == (PurePath("may/all"),)


def test_two_tracks_are_one_recording(folder: Path) -> None:
    put(folder, "talk.mic.wav", "talk.SYSTEM.wav")

    [found] = find_recordings([str(folder)]).recordings

    assert str(found.name) == "talk"
    assert [path.name for path in found.files.tracks] == ["talk.mic.wav", "talk.SYSTEM.wav"]


def test_a_track_whose_other_is_unfit_is_not_heard_alone(folder: Path) -> None:
    put(folder, "talk.mic.wav")
    put(folder, "talk.system.wav", content=b"Good morning.")

    found = find_recordings([str(folder)])

    assert found.recordings == ()
    assert str(found.unusable[0].name) == "talk"


def test_a_note_beside_two_tracks_is_none_of_them(folder: Path) -> None:
    put(folder, "talk.mic.wav", "talk.system.wav")
    put(folder, "talk.mic.txt", content=b"Good morning.")

    assert len(find_recordings([str(folder)]).recordings[0].files.tracks) == 2


def test_of_two_tracks_one_new_one_is_enough(folder: Path) -> None:
    put(folder, "talk.mic.wav", "talk.system.wav")
    os.utime(folder / "talk.mic.wav", (0, 0))

    found = find_recordings([str(folder)], newer_than=datetime(2000, 1, 1, tzinfo=UTC))

    assert len(found.recordings[0].files.tracks) == 2


def test_a_track_alone_is_a_recording_of_its_own(folder: Path) -> None:
    put(folder, "talk.mic.wav", "may/talk.system.wav")

    assert names(find_recordings([str(folder)])) == ["may/talk.system", "talk.mic"]


def test_a_timeline_beside_a_recording_is_its_own(folder: Path) -> None:
    put(folder, "talk.wav")
    put(folder, "talk.timeline.json", content=b"[]")

    found = find_recordings([str(folder)])

    assert found.recordings[0].files.timeline == folder / "talk.timeline.json"
    assert found.ignored == 0


def test_without_the_timeline_that_is_meant_nothing_is_heard(folder: Path) -> None:
    (folder / "talk.wav").write_bytes(TONE)
    (folder / "talk.timeline.json").symlink_to("gone.json")

    found = find_recordings([str(folder)])

    assert "talk" not in {str(one.name) for one in found.recordings}
    assert (
        UnusableFile(PurePath("talk"), "talk.timeline.json: it is not a file.") in found.unusable
    )


def test_names_that_would_be_alike_keep_their_suffix(folder: Path) -> None:
    put(folder, "talk.wav", "talk.flac", "other.wav")

    assert names(find_recordings([str(folder)])) == ["other", "talk.flac", "talk.wav"]


def test_names_begin_below_what_all_paths_have_in_common(folder: Path) -> None:
    put(folder, "may/talk.wav", "june/talk.wav", "june/other.wav")

    found = find_recordings([str(folder / "may"), str(folder / "june" / "talk.wav")])

    assert names(found) == ["june/talk", "may/talk"]


def test_a_pattern_is_read_as_a_shell_would(folder: Path) -> None:
    put(folder, "may/a.wav", "may/b.flac", "june/c.wav")

    assert names(find_recordings([f"{folder}/**/*.wav"])) == ["june/c", "may/a"]


def test_a_name_with_brackets_is_a_name_first(folder: Path) -> None:
    put(folder, "talk [1].wav")

    assert names(find_recordings([f"{folder}/talk [1].wav"])) == ["talk [1]"]


def test_a_path_at_which_nothing_is_is_said(folder: Path) -> None:
    with pytest.raises(NoSuchPath, match=r"gone\.wav: there is no such file or folder"):
        find_recordings([str(folder), str(folder / "gone.wav")])


def test_older_recordings_are_passed_over(folder: Path) -> None:
    put(folder, "old.wav", "new.wav")
    os.utime(folder / "old.wav", (0, 0))

    found = find_recordings([str(folder)], newer_than=datetime(2000, 1, 1, tzinfo=UTC))

    assert (names(found), found.ignored) == (["new"], 1)


def test_a_recording_says_how_long_it_is(folder: Path) -> None:
    put(folder, "talk.wav")

    assert find_recordings([str(folder)]).recordings[0].seconds == 1.0
