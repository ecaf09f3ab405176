"""The vocabulary's file: terms of every key, and of one."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from audio.api.system_checks import check_vocabulary
from audio.vocabulary import (
    InvalidVocabulary,
    parse_vocabulary,
    stored_terms,
    terms_of_file,
)

TEXT = """
# Products
Kubernetes
  Halniley
Kubernetes

[clinic]
Zorvath
[desk]
Drirhansen
"""


@pytest.fixture(autouse=True)
def _without_library(settings: Settings) -> None:
    settings.SPEAKER_LIBRARY = "audio.library.NoLibrary"


def written(folder: Path, content: str | bytes) -> str:
    path = folder / "terms.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_the_terms_before_the_first_key_are_for_every_key(
    settings: Settings, tmp_path: Path
) -> None:
    settings.VOCABULARY_FILE = written(tmp_path, TEXT)

    assert stored_terms("clinic") == ((("Kubernetes", "Halniley"), ("Zorvath",)), ())
    assert stored_terms("other") == stored_terms("") == ((("Kubernetes", "Halniley"),), ())


def test_a_changed_file_is_read_again(settings: Settings, tmp_path: Path) -> None:
    settings.VOCABULARY_FILE = written(tmp_path, "Zorvath")
    before = terms_of_file()

    os.utime(written(tmp_path, "Halnile"), ns=(0, 10**9))

    assert before == {"": ("Zorvath",)}
    assert terms_of_file() == {"": ("Halnile",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ana\n" + "x" * 10_000, "line 2: expected at most 200 characters, got 10000"),
        ("\n".join(map("term{}".format, range(501))), "line 501: expected at most 500 terms"),
        ("[clinic\nAna", r"line 1: expected \[name of a key\]"),
        ("[ ]", r"line 1: expected \[name of a key\]"),
    ],
)
def test_an_invalid_line_is_named_without_its_term(text: str, message: str) -> None:
    with pytest.raises(InvalidVocabulary, match=message):
        parse_vocabulary(text)


def test_invisible_signs_are_no_terms() -> None:
    assert parse_vocabulary("\x00\u200b\n<b>Zor\x07vath</b>") == {"": ("<b>Zor vath</b>",)}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe\x00", "expected UTF-8"),
        (b"x" * 5_000_000, "expected at most 4194304 bytes, got 5000000"),
        (None, "it cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_used_is_found_at_start_and_warned_of_later(
    settings: Settings, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    missing = str(tmp_path / "missing")
    settings.VOCABULARY_FILE = missing if content is None else written(tmp_path, content)

    [found] = check_vocabulary(None)
    terms, warnings = stored_terms("clinic")

    assert found.msg == f"VOCABULARY_FILE: {problem}."
    assert found.id == "spark.E018"
    assert terms == ()
    assert [one.code for one in warnings] == ["vocabulary_unavailable"]


def test_a_key_that_does_not_exist_is_warned_of(settings: Settings, tmp_path: Path) -> None:
    settings.VOCABULARY_FILE = written(tmp_path, TEXT)
    settings.API_KEYS = ["clinic:clinic-key:audio"]

    [found] = check_vocabulary(None)

    assert found.msg == "VOCABULARY_FILE: no API key is named 'desk'."
