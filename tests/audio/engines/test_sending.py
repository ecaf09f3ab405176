"""How a recording goes to an engine."""

from pathlib import Path

import pytest

from audio.engines.sending import LargeReads


def test_a_recording_that_is_being_written_is_sent_as_long_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"begun")

    with LargeReads(path) as recording:
        path.write_bytes(b"begun, and more")
        length = recording.seek(0, 2)
        recording.seek(0)

        assert length == 5
        assert [recording.read(), recording.read()] == [b"begun", b""]


def test_a_recording_that_is_cut_meanwhile_is_no_shorter_one(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"begun")

    with LargeReads(path) as recording:
        path.write_bytes(b"")

        with pytest.raises(OSError, match="cut while it was read"):
            recording.read()
