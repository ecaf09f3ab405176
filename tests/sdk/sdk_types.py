"""The types of the installed SDKs for the endpoints that OpenAI withdraws, read from their files.

    python -m tests.sdk.sdk_types > tests/sdk/frozen_types.json

writes the frozen copy anew: only to add a version, for later ones drop the endpoints.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from tests.sdk.client_process import NODE, PYTHON

# The fields of a type, each with its annotation; a type that has no fields has one under "".
Types = Mapping[str, Mapping[str, str]]
FROZEN = Path(__file__).with_name("frozen_types.json")
_WITHDRAWN = re.compile(r"transcription|translation|speech|audio_model|audio_response_format")
_EXPORTED = re.compile(r"^export (?:interface (\w+)|type (\w+))(.*?)^(?=export|$)", re.M | re.S)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_FIELD = re.compile(r"^ {4}(\w+\??): ((?:[^{;]|\{\})+);", re.M)


def installed_types(version: str) -> Types:
    """Return the types of a version, as `client_process` names it."""
    if version in NODE:
        resources = NODE[version] / "node_modules" / "openai" / "resources"
        names = ("audio", "speech", "transcriptions", "translations")
        files = [resources / "audio" / f"{name}.d.ts" for name in names]
        return dict(one for file in files for one in _node_types(file.read_text()))
    folder = PYTHON[version]
    package = folder / "openai" if folder else Path(find_spec("openai").origin or "").parent  # type: ignore[union-attr]
    files = [*sorted((package / "types").glob("audio_*.py")), *_audio_files(package)]
    chosen = (file for file in files if _WITHDRAWN.search(file.stem))
    return dict(one for file in chosen for one in _python_types(file.read_text()))


def frozen_types() -> Mapping[str, Types]:
    """Return the types that the versions of November 2026 have."""
    content: Mapping[str, Types] = json.loads(FROZEN.read_text())
    return content


def parameters(types: Types, endpoint: str) -> frozenset[str]:
    """Return the names of the parameters of `transcriptions`, `translations` or `speech`."""
    prefix = f"{endpoint.removesuffix('s').capitalize()}CreateParams"
    fields = (field for name, one in types.items() if name.startswith(prefix) for field in one)
    return frozenset(field.removesuffix("?") for field in fields if field)


def required_fields(fields: Mapping[str, str]) -> frozenset[str]:
    """Return the fields that every answer of a Python type has."""
    return frozenset(name for name, kind in fields.items() if not kind.startswith("Optional["))


def _audio_files(package: Path) -> list[Path]:
    return sorted((package / "types" / "audio").glob("*.py"))


def _python_types(source: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            yield node.name, dict(_python_fields(node))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), {"": ast.unparse(node.value)}


def _python_fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for one in node.body:
        if isinstance(one, ast.AnnAssign):
            yield ast.unparse(one.target), ast.unparse(one.annotation)


def _node_types(source: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for interface, alias, rest in _EXPORTED.findall(_COMMENT.sub("", source)):
        if interface:
            yield interface, dict(_FIELD.findall(rest))
        else:
            yield alias, {"": " ".join(rest.partition("=")[2].split()).removesuffix(";")}


if __name__ == "__main__":
    found = {version: installed_types(version) for version in [*PYTHON, *NODE]}
    json.dump(found, sys.stdout, indent=1)
