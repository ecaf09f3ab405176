"""The built site loads nothing from elsewhere, and its pages hold no script and no dead link."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVED_AT = "http://127.0.0.1:8000/docs/"
LOADED = re.compile(r"<(?:script|img|iframe)[^>]*\ssrc=\"([^\"]*)\"|<link[^>]*\shref=\"([^\"]*)\"")

pytestmark = pytest.mark.skipif(
    find_spec("mkdocs") is None, reason="MkDocs is not installed (make docs installs it)"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "spark_control.mypy_settings"}
    subprocess.run(command, cwd=ROOT, env=env, check=True)
    return sorted(folder.rglob("*.html"))


def test_no_page_loads_a_file_of_another_site(pages: list[Path]) -> None:
    loaded = {"".join(found) for page in pages for found in LOADED.findall(page.read_text())}

    assert loaded
    assert {address for address in loaded if address.startswith(("http", "//"))} == set()


def test_links_to_generated_pages_are_relative(pages: list[Path]) -> None:
    assert [page.name for page in pages if f'href="{SERVED_AT}' in page.read_text()] == []


def test_no_page_holds_a_script(pages: list[Path]) -> None:
    assert [page.name for page in pages if "<script>" in page.read_text()] == []
