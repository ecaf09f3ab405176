"""The map of imports between rooms, from the code and from the contracts in `pyproject.toml`."""

import re
import tomllib
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("audio", "voiceprints")
# Sizes of the picture, in its own units.
WIDTH, BOX, STEP = 760, 190, 42
INTRODUCTION = """\
# Import map

Imports point one way, from what a request meets first to what knows nothing of requests.
`lint-imports`, a part of `make check`, fails on an import that points the other way. This page is
generated from the import contracts in `pyproject.toml` and from the imports in the code.
"""


def page() -> str:
    """Return the page in Markdown."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [one for one in contracts["contracts"] if one["type"] == "layers"]
    rules = [one for one in contracts["contracts"] if one["type"] != "layers"]
    graph = grimp.build_graph(*PACKAGES)
    parts = [INTRODUCTION]
    parts += [layers_picture(one) for one in layers]
    parts += [room_table(graph, package) for package in PACKAGES]
    parts += ["\n## Other contracts\n\n" + "".join(f"* {one['name']}.\n" for one in rules)]
    return "".join(parts)


def layers_picture(contract: dict[str, Any]) -> str:
    """Return a picture of a layers contract: each layer may import those below it."""
    layers = [re.split(r" [|:] ", layer) for layer in contract["layers"]]
    height = len(layers) * STEP
    boxes = "".join(
        _box(room, column, row)
        for row, rooms in enumerate(layers)
        for column, room in enumerate(rooms)
    )
    svg = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" font-size="14" font-family="monospace">'
    heading = f"\n## {contract['name']}\n\nEach layer may import the layers below it.\n"
    return f"{heading}\n{svg}{boxes}</svg>\n"


def _box(room: str, column: int, row: int) -> str:
    x, y = column * BOX, row * STEP
    frame = f'<rect x="{x + 1}" y="{y + 1}" width="{BOX - 12}" height="{STEP - 10}" rx="6"'
    text = f'<text x="{x + 14}" y="{y + STEP / 2}" fill="#1f2328">{room}</text>'
    return f'{frame} fill="#eef1fb" stroke="#4051b5"/>{text}'


def room_table(graph: grimp.ImportGraph, package: str) -> str:
    """Return a table of what each room of a package imports, with the number of imports."""
    rows = [f"\n## What the rooms of `{package}` import\n"]
    rows += ["| room | imports (how many) |", "| --- | --- |"]
    for room in sorted(graph.find_children(package)):
        counts = imports_between(graph, room)
        listed = ", ".join(f"`{other}` ({count})" for other, count in sorted(counts.items()))
        rows.append(f"| `{room}` | {listed or 'no other room'} |")
    return "\n".join(rows) + "\n"


def imports_between(graph: grimp.ImportGraph, room: str) -> dict[str, int]:
    """Count the imports of other rooms by the modules of a room."""
    counts: dict[str, int] = {}
    for module in {room} | graph.find_descendants(room):
        for imported in graph.find_modules_directly_imported_by(module):
            other = ".".join(imported.split(".")[:2])
            if other != room:
                counts[other] = counts.get(other, 0) + 1
    return counts
