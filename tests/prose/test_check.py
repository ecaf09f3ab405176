"""The prose check finds banned phrases in docstrings, comments, messages, names and pages."""

from pathlib import Path

import pytest

from tests.prose.check import findings_in, words_in


def phrases_in(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text)
    return [finding.phrase for finding in findings_in(folder, name)]


@pytest.mark.parametrize(
    "code",
    [
        '"""Somebody asks."""',
        "x = 1  # somebody asks",
        'message = "somebody asks here"',
        "def test_somebody_asks(): ...",
        "class SomebodyAsks: ...",
    ],
)
def test_it_reads_docstrings_comments_messages_and_names(tmp_path: Path, code: str) -> None:
    assert [phrase.lower() for phrase in phrases_in(tmp_path, "code.py", code)] == ["somebody"]


def test_it_ignores_short_strings_and_code(tmp_path: Path) -> None:
    assert phrases_in(tmp_path, "code.py", 'told = {"nobody": told}') == []


def test_a_finding_names_the_line_and_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Title\n\nThe limit is none.\n")

    [finding] = findings_in(tmp_path, "page.md")

    assert str(finding) == ("page.md:3: 'is none': is invalid, is not a …, does not exist")


def test_a_docstring_is_not_a_question(tmp_path: Path) -> None:
    assert phrases_in(tmp_path, "code.py", 'def f():\n    """Who asks?"""') == ["Who asks?"]
    assert phrases_in(tmp_path, "other.py", "x = 1  # Who asks?") == []


@pytest.mark.parametrize("page", ["Call it `told`.", 'The word "told".', "```\nhe told me\n```"])
def test_code_and_quotations_may_hold_every_phrase(tmp_path: Path, page: str) -> None:
    assert phrases_in(tmp_path, "page.md", page) == []


def test_a_sentence_does_not_begin_with_its_genitive(tmp_path: Path) -> None:
    assert phrases_in(tmp_path, "page.md", "Of a body Django reads 2 MiB.") == ["Of a"]
    assert phrases_in(tmp_path, "wrapped.md", "Django reads 2 MiB\nof a body.") == []


def test_a_listed_file_may_use_every_phrase() -> None:
    root = Path(__file__).resolve().parents[2]

    assert findings_in(root, "tests/prose/patterns.toml") == []


@pytest.mark.parametrize("text", ["# the job where it is None", "def f(): ..."])
def test_the_value_none_is_not_banned(tmp_path: Path, text: str) -> None:
    assert phrases_in(tmp_path, "code.py", text) == []


def test_words_of_prose_are_counted(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('"""Exactly three words."""\nx = 1  # and three more\n')

    assert words_in(tmp_path, "code.py") == 6
