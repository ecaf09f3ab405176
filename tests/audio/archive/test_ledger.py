"""What a ledger contains after an interrupted run."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audio.archive.ledger import NAME, Entry, InUse, open_ledger, read_ledger

TALK = Entry(name="talk", key="k", audio_s=60.0, busy_s=20.0, transcript_id="7", warnings=("w",))


def written(folder: Path, *entries: Entry) -> None:
    with open_ledger(folder) as ledger:
        for entry in entries:
            ledger.add(entry)


def test_what_was_done_is_known_to_the_next_run(tmp_path: Path) -> None:
    written(tmp_path, TALK)

    assert read_ledger(tmp_path).last_done("talk") == TALK


def test_reading_an_empty_folder_creates_no_ledger(tmp_path: Path) -> None:
    assert read_ledger(tmp_path).last_done("talk") is None
    assert list(tmp_path.iterdir()) == []


def test_an_incomplete_line_is_ignored(tmp_path: Path) -> None:
    written(tmp_path, TALK)
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"name": "other", "ke')

    written(tmp_path, Entry(name="third", key="k3"))

    ledger = read_ledger(tmp_path)
    assert ledger.last_done("talk") == TALK
    assert ledger.last_done("third") == Entry(name="third", key="k3")


def test_an_unreadable_line_is_ignored(tmp_path: Path) -> None:
    written(tmp_path, TALK)
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"name": "other"}\n\0\0\0\n')

    assert read_ledger(tmp_path).last_done("other") is None
    assert read_ledger(tmp_path).last_done("talk") == TALK


def test_what_failed_is_not_done(tmp_path: Path) -> None:
    written(tmp_path, TALK, Entry(name="talk", reason="It is gone."))

    ledger = read_ledger(tmp_path)

    assert (ledger.last_done("talk"), ledger.done_with_key("k")) == (None, [])
    assert ledger.failed_names() == {"talk"}


def test_what_failed_and_was_done_since_is_done(tmp_path: Path) -> None:
    written(tmp_path, Entry(name="talk", reason="It is gone."), TALK)

    assert read_ledger(tmp_path).failed_names() == frozenset()


def test_the_same_may_be_done_under_two_names(tmp_path: Path) -> None:
    written(tmp_path, TALK, Entry(name="twin", key="k"))

    assert [entry.name for entry in read_ledger(tmp_path).done_with_key("k")] == ["talk", "twin"]


def test_speed_is_that_of_what_was_done(tmp_path: Path) -> None:
    written(tmp_path, TALK, Entry(name="copy", key="k", audio_s=60.0))

    assert read_ledger(tmp_path).speed() == 3.0


def test_only_one_may_write(tmp_path: Path) -> None:
    with open_ledger(tmp_path), pytest.raises(InUse), open_ledger(tmp_path):
        pass


def test_a_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    written(tmp_path, TALK)

    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


@contextmanager
def room_for_little() -> Iterator[None]:
    """Limit the size of every file of this process, and so also the log of the tests."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_that_does_not_fit_on_the_disk_is_removed(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.add(TALK)
        with room_for_little(), pytest.raises(OSError, match="No space left on device"):
            ledger.add(TALK)

    assert (tmp_path / NAME).read_bytes().count(b"\n") == 1
