"""Which recordings are found, under which names, and which files are unusable."""

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


def test_other_files_are_counted(folder: Path) -> None:
    put(folder, "notes.txt", "plan.json", content=b'{"a": 1}')
    put(folder, ".hidden.wav")

    found = find_recordings([str(folder)])

    assert (found.recordings, found.unusable, found.ignored) == ((), (), 3)


def test_a_text_with_a_media_suffix_is_unusable(folder: Path) -> None:
    put(folder, "talk.wav", content=b"Good morning.")

    [unfit] = find_recordings([str(folder)]).unusable

    assert str(unfit.name) == "talk"
    assert unfit.reason == "talk.wav: it is not audio or video that can be decoded."


def test_an_empty_file_is_unusable(folder: Path) -> None:
    put(folder, "talk.wav", content=b"")

    assert find_recordings([str(folder)]).unusable[0].reason == "talk.wav: the file is empty."


def test_a_recording_under_a_tenth_of_a_second_is_unusable(folder: Path) -> None:
    put(folder, "talk.wav", content=wav(square_wave(4000, 0.05)))

    [unfit] = find_recordings([str(folder)]).unusable

    assert unfit.reason == "talk.wav: 0.05 s are too short; expected 0.1 s or more."


def test_a_recording_with_an_unusable_sample_rate_is_unusable(folder: Path) -> None:
    put(folder, "talk.wav", content=wav(square_wave(4000, 1.0), 1))

    [unfit] = find_recordings([str(folder)]).unusable

    assert unfit.reason == "talk.wav: expected a sample rate of 2000 to 384000 Hz, got 1 Hz."


def test_a_text_given_by_name_is_unusable_whatever_its_suffix(folder: Path) -> None:
    put(folder, "notes.txt", content=b"Good morning.")

    assert str(find_recordings([str(folder / "notes.txt")]).unusable[0].name) == "notes.txt"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "talk.wav")

    assert find_recordings([str(folder)]).unusable[0].reason == "talk.wav: it is not a file."


def test_a_broken_link_is_unusable(folder: Path) -> None:
    (folder / "talk.wav").symlink_to(folder / "gone.wav")

    assert (
        find_recordings([str(folder)]).unusable[0].reason == "talk.wav: No such file or directory."
    )


def test_a_link_to_itself_is_unusable(folder: Path) -> None:
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


def test_a_track_is_not_used_without_its_unusable_partner(folder: Path) -> None:
    put(folder, "talk.mic.wav")
    put(folder, "talk.system.wav", content=b"Good morning.")

    found = find_recordings([str(folder)])

    assert found.recordings == ()
    assert str(found.unusable[0].name) == "talk"


def test_a_note_beside_two_tracks_is_not_a_track(folder: Path) -> None:
    put(folder, "talk.mic.wav", "talk.system.wav")
    put(folder, "talk.mic.txt", content=b"Good morning.")

    assert len(find_recordings([str(folder)]).recordings[0].files.tracks) == 2


def test_one_new_track_makes_the_recording_new(folder: Path) -> None:
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


def test_a_recording_with_an_unreadable_timeline_is_unusable(folder: Path) -> None:
    (folder / "talk.wav").write_bytes(TONE)
    (folder / "talk.timeline.json").symlink_to("gone.json")

    found = find_recordings([str(folder)])

    assert "talk" not in {str(one.name) for one in found.recordings}
    assert (
        UnusableFile(PurePath("talk"), "talk.timeline.json: it is not a file.") in found.unusable
    )


def test_equal_names_keep_their_suffix(folder: Path) -> None:
    put(folder, "talk.wav", "talk.flac", "other.wav")

    assert names(find_recordings([str(folder)])) == ["other", "talk.flac", "talk.wav"]


def test_names_start_below_the_common_folder(folder: Path) -> None:
    put(folder, "may/talk.wav", "june/talk.wav", "june/other.wav")

    found = find_recordings([str(folder / "may"), str(folder / "june" / "talk.wav")])

    assert names(found) == ["june/talk", "may/talk"]


def test_a_pattern_is_read_as_a_shell_would(folder: Path) -> None:
    put(folder, "may/a.wav", "may/b.flac", "june/c.wav")

    assert names(find_recordings([f"{folder}/**/*.wav"])) == ["june/c", "may/a"]


def test_a_name_with_brackets_is_a_name_first(folder: Path) -> None:
    put(folder, "talk [1].wav")

    assert names(find_recordings([f"{folder}/talk [1].wav"])) == ["talk [1]"]


def test_a_missing_path_is_named_in_the_error(folder: Path) -> None:
    with pytest.raises(NoSuchPath, match=r"gone\.wav: there is no such file or folder"):
        find_recordings([str(folder), str(folder / "gone.wav")])


def test_older_recordings_are_left_out(folder: Path) -> None:
    put(folder, "old.wav", "new.wav")
    os.utime(folder / "old.wav", (0, 0))

    found = find_recordings([str(folder)], newer_than=datetime(2000, 1, 1, tzinfo=UTC))

    assert (names(found), found.ignored) == (["new"], 1)


def test_a_recording_has_its_declared_length(folder: Path) -> None:
    put(folder, "talk.wav")

    assert find_recordings([str(folder)]).recordings[0].seconds == 1.0


@pytest.mark.parametrize("suffix", ["json", "vtt", "xml", "rttm", "txt"])
def test_a_timeline_has_any_suffix(folder: Path, suffix: str) -> None:
    put(folder, "talk.wav")
    put(folder, f"talk.timeline.{suffix}", content=b"[]")

    [found] = find_recordings([str(folder)]).recordings

    assert found.files.timeline == folder / f"talk.timeline.{suffix}"


def test_a_recording_with_two_timelines_fails_with_their_names(folder: Path) -> None:
    put(folder, "talk.wav", "other.wav")
    put(folder, "talk.timeline.json", "talk.timeline.vtt", content=b"[]")

    found = find_recordings([str(folder)])

    assert names(found) == ["other"]
    assert [one.reason for one in found.unusable] == [
        "it has more than one timeline: talk.timeline.json and talk.timeline.vtt."
    ]


def test_a_recording_that_is_called_like_a_timeline_is_a_recording(folder: Path) -> None:
    put(folder, "talk.wav", "talk.timeline.wav")

    found = find_recordings([str(folder)])

    assert [one.files.timeline for one in found.recordings] == [None, None]
