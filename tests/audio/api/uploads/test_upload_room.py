"""Uploads reserve what has arrived and a step, and those of one key no more than its share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from audio.api.uploads.upload_room import STEP_BYTES, NoRoomForKey, UploadRoom
from audio.context import RequestEntry, replaced
from audio.media.temporary_files import NoRoom

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def quota(settings: Settings, tmp_path: Path) -> None:
    """Give uploads a folder without files, and a quota of 100 MiB."""
    settings.UPLOADS_DIR, settings.UPLOADS_QUOTA_MB = str(tmp_path), 100
    settings.API_KEYS, settings.UPLOADS_KEY_SHARE = [], 0.5


@contextmanager
def upload(received: int, declared: int | None, key: str | None = None) -> Iterator[UploadRoom]:
    room = UploadRoom()
    with replaced(request=RequestEntry("POST", key=key)):
        try:
            room.extend(received * MIB, declared if declared is None else declared * MIB)
            yield room
        finally:
            room.release()


def test_an_announced_length_is_not_reserved() -> None:
    with upload(0, 100), upload(0, 90) as other:
        assert other.outstanding == STEP_BYTES


def test_the_steps_of_all_uploads_are_reserved() -> None:
    with upload(0, 90), upload(0, 90), pytest.raises(NoRoom), upload(0, 93):
        pass


def test_an_upload_that_cannot_fit_is_refused_at_its_start() -> None:
    with pytest.raises(NoRoom), upload(0, 101):
        pass


def test_the_last_step_is_what_is_missing() -> None:
    with upload(9, 10) as last:
        assert last.outstanding == MIB


def test_room_is_looked_for_again_after_each_step(tmp_path: Path) -> None:
    with upload(0, None) as growing:
        (tmp_path / "process-abcdefgh").mkdir()
        (tmp_path / "process-abcdefgh" / "a.upload").write_bytes(bytes(98 * MIB))
        growing.extend(STEP_BYTES - 1, None)
        with pytest.raises(NoRoom):
            growing.extend(STEP_BYTES, None)


def test_an_upload_that_has_ended_leaves_its_room() -> None:
    with upload(0, 100):
        pass
    with upload(0, 100):
        pass


def test_the_uploads_of_one_key_take_at_most_its_share(settings: Settings) -> None:
    settings.API_KEYS = ["desk:key", "phone:key2"]

    with upload(30, 40, "desk"):
        with pytest.raises(NoRoomForKey, match="this API key"), upload(0, 20, "desk"):
            pass
        with upload(0, 20, "phone"):
            pass


def test_without_keys_there_are_no_shares() -> None:
    with upload(30, 40), upload(0, 60):
        pass
