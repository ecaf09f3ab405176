"""Files that are written completely or not at all."""

from pathlib import Path

import pytest

from audio.archive.outputs import write_whole


def test_a_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    write_whole(tmp_path / "may" / "talk.txt", b"Good morning.")

    assert (tmp_path / "may" / "talk.txt").read_bytes() == b"Good morning."


def test_what_a_killed_run_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".talk.txt.part").write_bytes(b"Good mor")

    write_whole(tmp_path / "talk.txt", b"Hi.")

    assert [path.name for path in tmp_path.iterdir()] == ["talk.txt"]


def test_without_room_the_file_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_bytes(b"Good morning.")
    (tmp_path / ".talk.txt.part").symlink_to("/dev/full")

    with pytest.raises(OSError, match="No space left on device"):
        write_whole(tmp_path / "talk.txt", b"Hi.")

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"Good morning."]
