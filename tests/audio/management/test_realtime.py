"""The command `realtime`: what it refuses to start with."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

FILES = "--certificate and --key: expected"


@pytest.mark.parametrize("bind", ["8001", "localhost", "localhost:http", "localhost:70000", ":1"])
def test_an_address_of_no_use_is_refused(bind: str) -> None:
    with pytest.raises(CommandError, match="--bind: expected HOST:PORT, got"):
        call_command("realtime", "--bind", bind, skip_checks=True)


def test_an_address_of_another_machine_is_refused_in_a_line() -> None:
    with pytest.raises(CommandError, match=r"--bind 192\.0\.2\.1:8001: "):
        call_command("realtime", "--bind", "192.0.2.1:8001", skip_checks=True)


def test_a_certificate_wants_its_key() -> None:
    with pytest.raises(CommandError, match=f"{FILES} both or none"):
        call_command("realtime", "--certificate", "/a.pem", skip_checks=True)


def test_files_without_a_certificate_are_refused(tmp_path: Path) -> None:
    for name in ("a.pem", "b.pem"):
        (tmp_path / name).write_text("nothing")
    files = ("--certificate", str(tmp_path / "a.pem"), "--key", str(tmp_path / "b.pem"))

    with pytest.raises(CommandError, match=f"{FILES} PEM files, got"):
        call_command("realtime", *files, skip_checks=True)
