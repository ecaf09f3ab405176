"""The page of warnings lists every code that the code can answer."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CODE = re.compile(r'Notice\(\s*"([a-z_]+)"')
_LISTED = re.compile(r"^\| `([a-z_]+)` \|", re.M)


def test_every_warning_is_on_the_page() -> None:
    sources = [*(ROOT / "audio").rglob("*.py"), *(ROOT / "voiceprints").rglob("*.py")]
    codes = {code for path in sources for code in _CODE.findall(path.read_text())}
    page = (ROOT / "docs" / "reference" / "warnings.md").read_text()

    assert {code for code in codes if f"| `{code}` |" not in page} == set()


def test_every_warning_on_the_page_can_be_answered() -> None:
    sources = [*(ROOT / "audio").rglob("*.py"), *(ROOT / "voiceprints").rglob("*.py")]
    text = "".join(path.read_text() for path in sources)
    page = (ROOT / "docs" / "reference" / "warnings.md").read_text()

    assert {code for code in _LISTED.findall(page) if f'"{code}"' not in text} == set()
