"""The list of decision records, from their titles and their status."""

import re
from pathlib import Path

RECORDS = Path(__file__).resolve().parents[1] / "adr"
INTRODUCTION = """\
# Decision records

Choices that a reader may question: context, decision, consequences, and what was considered
instead. A new record has a number of its own and at most a page. A record that no longer holds
gets the status *superseded by NNNN* and is not rewritten.

| record | status |
| --- | --- |
"""


def page() -> str:
    """Return the page in Markdown."""
    return INTRODUCTION + "".join(map(row, sorted(RECORDS.glob("[0-9]*.md"))))


def row(path: Path) -> str:
    """Return the row of one record."""
    text = path.read_text()
    title = text.partition("\n")[0].removeprefix("# ")
    status = re.search(r"^Status: (.+)$", text, re.MULTILINE)
    return f"| [{title}]({path.name}) | {status[1] if status else ''} |\n"
