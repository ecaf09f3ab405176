"""Temporary files of ended processes are deleted, and all together have a quota."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from audio.media import temporary_files
from audio.media.temporary_files import NoRoom
from tests.faults import FaultServer
from tests.gateway_process import ROOT, Gateway, running_gateway
from tests.recordings import TONE

TRANSCRIBE = "/v1/audio/transcriptions"
MIB = 1024 * 1024
HEAD = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
LIVES = """
import sys, time, django
from django.conf import settings
settings.configure(UPLOADS_DIR=sys.argv[1])
from audio.media import temporary_files
(temporary_files.folder() / "upload").write_bytes(bytes(1000))
print(temporary_files.folder(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def whole(tmp_path: Path, settings: Settings) -> Path:
    """The folder of all processes."""
    settings.UPLOADS_DIR = str(tmp_path / "uploads")
    return temporary_files.whole_folder()


@contextmanager
def another_process(whole: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process with a file in its folder."""
    command = [sys.executable, "-c", LIVES, str(whole)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_files_of_a_killed_process_are_deleted_at_the_next_start(whole: Path) -> None:
    with another_process(whole) as (process, left):
        process.kill()
        process.wait()

        temporary_files.clean()

    assert not left.exists()


def test_the_files_of_a_running_process_remain(whole: Path) -> None:
    with another_process(whole) as (_process, used):
        temporary_files.clean()

        assert (used / "upload").exists()


def test_only_folders_of_processes_are_deleted(whole: Path, tmp_path: Path) -> None:
    (whole / "process-abcdefgh").symlink_to(tmp_path)
    (whole / "process-of-mine").mkdir()
    (whole / "minutes.txt").write_text("not ours")

    temporary_files.clean()

    assert len(list(whole.iterdir())) == 3


def test_a_process_has_one_folder(whole: Path) -> None:
    assert temporary_files.folder() == temporary_files.folder()
    assert temporary_files.folder().parent == whole


def test_without_a_setting_the_folder_is_private(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOADS_DIR = ""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert temporary_files.folder().parent.parent == tmp_path
    assert temporary_files.folder().parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_another_account_made_is_not_used(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOADS_DIR = ""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"spark-control-{os.getuid()}").symlink_to(tmp_path)

    with pytest.raises(PermissionError):
        temporary_files.folder()


def test_the_files_of_all_processes_count(whole: Path, settings: Settings) -> None:
    settings.UPLOADS_QUOTA_MB = 1

    with another_process(whole), pytest.raises(NoRoom):
        temporary_files.check_room(MIB - 999)


def test_without_a_quota_there_is_always_room(whole: Path, settings: Settings) -> None:
    settings.UPLOADS_QUOTA_MB = 0

    temporary_files.check_room(10**15)


@pytest.fixture(scope="module")
def cramped(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway with room for one upload of the largest size."""
    folder = tmp_path_factory.mktemp("cramped")
    limits = {"MAX_UPLOAD_MB": "24", "UPLOADS_QUOTA_MB": "24"}
    with running_gateway(
        folder, PARAKEET_URL=fault_server.url, UPLOADS_DIR=str(folder / "uploads"), **limits
    ) as gateway:
        yield gateway


@contextmanager
def begun(gateway: Gateway, megabytes: int) -> Iterator[http.client.HTTPConnection]:
    """Send the beginning of an upload, and break it off at the end of the block."""
    connection = upload_begun(gateway, megabytes)
    yield connection
    connection.close()
    wait_for_files(gateway, 0)


def upload_begun(gateway: Gateway, megabytes: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"), timeout=20)
    connection.putrequest("POST", TRANSCRIBE)
    connection.putheader("Content-Type", "multipart/form-data; boundary=cut")
    connection.putheader("Content-Length", str(megabytes * MIB))
    connection.endheaders(HEAD + bytes(MIB))
    return connection


def wait_for_files(gateway: Gateway, count: int) -> None:
    """Wait until exactly this many uploads are stored."""
    for _while in range(500):
        if len(files_in(gateway)) == count:
            return
        time.sleep(0.02)
    raise AssertionError(f"expected {count} uploads, found {files_in(gateway)}")


def files_in(gateway: Gateway) -> list[Path]:
    return list((gateway.log.parent / "uploads").rglob("*.upload*"))


def test_an_upload_without_room_is_refused_before_it_is_sent(cramped: Gateway) -> None:
    with begun(cramped, 20):
        wait_for_files(cramped, 1)
        second = upload_begun(cramped, 20)
        answer = second.getresponse()
        body = answer.read()
        second.close()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert b'"uploads_full"' in body


def test_an_announced_length_leaves_the_room_to_others(cramped: Gateway) -> None:
    files, options = {"file": TONE + bytes(12 * MIB)}, {"response_format": "midi"}

    with begun(cramped, 24):
        wait_for_files(cramped, 1)
        answer = cramped.post(TRANSCRIBE, files=files, data=options)

    assert answer.json()["error"]["param"] == "response_format"


def test_an_upload_of_unknown_length_is_refused_when_the_room_ends(cramped: Gateway) -> None:
    headers = {"content-type": "multipart/form-data; boundary=cut"}

    with begun(cramped, 20):
        wait_for_files(cramped, 1)
        answer = cramped.post(
            TRANSCRIBE, content=iter([HEAD, *[bytes(MIB)] * 23]), headers=headers
        )

    assert answer.json()["error"]["code"] == "uploads_full"


def test_when_an_upload_has_ended_there_is_room_again(cramped: Gateway) -> None:
    files, options = {"file": TONE + bytes(20 * MIB)}, {"response_format": "midi"}

    cramped.post(TRANSCRIBE, files=files, data=options)
    # It is deleted just after its answer has left.
    wait_for_files(cramped, 0)
    answer = cramped.post(TRANSCRIBE, files=files, data=options)

    assert answer.json()["error"]["param"] == "response_format"
    wait_for_files(cramped, 0)


def test_uploads_of_a_killed_gateway_are_deleted_at_the_next_start(
    tmp_path: Path, cramped: Gateway
) -> None:
    uploads = {"UPLOADS_DIR": str(cramped.log.parent / "uploads")}
    with begun(cramped, 20), running_gateway(tmp_path, **uploads) as doomed:
        wait_for_files(cramped, 1)
        kill_while_it_receives(doomed, cramped)
        assert len(files_in(cramped)) == 2

        with running_gateway(tmp_path, **uploads):
            wait_for_files(cramped, 1)


def kill_while_it_receives(doomed: Gateway, neighbour: Gateway) -> None:
    """Kill a gateway and its workers while an upload arrives."""
    children = Path(f"/proc/{doomed.pid}/task/{doomed.pid}/children").read_text()
    connection = upload_begun(doomed, 20)
    wait_for_files(neighbour, 2)
    for pid in (doomed.pid, *map(int, children.split())):
        os.kill(pid, signal.SIGKILL)
    connection.close()
