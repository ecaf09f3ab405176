"""The map of imports between rooms, from the code and from the contracts in `pyproject.toml`."""

import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("audio", "voiceprints")
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
    parts += [layers_table(one) for one in layers]
    parts += [room_table(graph, package) for package in PACKAGES]
    parts += ["\n## Other contracts\n\n" + "".join(f"* {one['name']}.\n" for one in rules)]
    return "".join(parts)


def layers_table(contract: dict[str, object]) -> str:
    """Return a table of a layers contract; each layer may import those below it."""
    rows = [f"\n## {contract['name']}\n", "| layer | may be imported by |", "| --- | --- |"]
    above = "nothing"
    for layer in map(str, contract["layers"]):  # type: ignore[call-overload]
        rooms = layer.replace(" | ", ":").replace(" : ", ":").split(":")
        rows.append(f"| {', '.join(f'`{room}`' for room in rooms)} | {above} |")
        above = "every layer above"
    return "\n".join(rows) + "\n"


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
