"""The page of settings, from `.env.example`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
INTRODUCTION = """\
# Settings

The gateway reads its settings from the environment and from `.env` in the project's folder; the
environment wins. This page is generated from `.env.example`. Contradictions and missing values
are reported when the gateway starts, and by `python manage.py check`.
"""
_SECTION = re.compile(r"^# --- (.+?) -+\n", re.MULTILINE)
_SETTING = re.compile(r"(?:# )?(?P<name>[A-Z][A-Z0-9_]+)=(?P<default>.*)$")


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that one comment describes, with their defaults."""

    description: str
    defaults: tuple[tuple[str, str], ...]


def page() -> str:
    """Return the page in Markdown."""
    return INTRODUCTION + "".join(
        f"\n## {title[0].upper()}{title[1:]}\n\n{_table(groups)}"
        for title, groups in sections(EXAMPLE.read_text())
    )


def sections(example: str) -> Iterator[tuple[str, list[Group]]]:
    """Yield the title of each section and its groups, in the order of the file."""
    parts = _SECTION.split(example)
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        yield title, list(_groups(body))


def _groups(body: str) -> Iterator[Group]:
    """Yield a group for each comment and the settings that follow it."""
    comments: list[str] = []
    defaults: list[tuple[str, str]] = []
    for line in body.splitlines():
        if setting := _SETTING.match(line):
            defaults.append((setting["name"], setting["default"]))
        elif line.startswith("#"):
            if defaults:
                yield Group(" ".join(comments), tuple(defaults))
                comments, defaults = [], []
            comments.append(line.lstrip("# "))
    if defaults:
        yield Group(" ".join(comments), tuple(defaults))


def _table(groups: list[Group]) -> str:
    rows = ["| setting | default | |", "| --- | --- | --- |"]
    for group in groups:
        names = "<br>".join(f"`{name}`" for name, _ in group.defaults)
        defaults = "<br>".join(f"`{value}`" if value else "unset" for _, value in group.defaults)
        rows.append(f"| {names} | {defaults} | {group.description.replace('|', '&#124;')} |")
    return "\n".join(rows) + "\n"
