"""Every path that the pages name or link to exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = (
    "audio|voiceprints|spark_control|cpu_engine|benchmarks|tests|monitoring|docs|requirements"
)
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)[^)]*\)")
NAMED = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = set(NAMED.findall(page.read_text()))

    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    linked = set(LINKED.findall(page.read_text()))

    assert {path for path in linked if not (page.parent / path).exists()} == set()
