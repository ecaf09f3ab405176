"""The map of modules, from the first sentence of each module's docstring."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("audio", "voiceprints", "spark_control", "cpu_engine")
INTRODUCTION = """\
# Modules

Every module with what it holds, generated from the docstrings. [Where code lives](code-map.md)
describes the rooms.
"""


def page() -> str:
    """Return the page in Markdown."""
    parts = [INTRODUCTION]
    for package in PACKAGES:
        for folder in sorted({path.parent for path in modules_in(ROOT / package)}):
            parts += _room(folder)
    return "".join(parts)


def modules_in(folder: Path) -> Iterator[Path]:
    """Yield the modules under a folder, without migrations."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts and path.name != "__init__.py":
            yield path


def summary_of(path: Path) -> str:
    """Return the first paragraph of a module's docstring, or nothing."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return " ".join(docstring.split("\n\n")[0].split()).replace("|", "&#124;")


def _room(folder: Path) -> Iterator[str]:
    yield f"\n## {folder.relative_to(ROOT)}/\n\n"
    if (folder / "__init__.py").exists() and (room := summary_of(folder / "__init__.py")):
        yield f"{room}\n\n"
    yield "| module | holds |\n| --- | --- |\n"
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            yield f"| `{path.name}` | {summary_of(path)} |\n"
