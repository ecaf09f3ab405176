"""The check of prose against `patterns.toml`: docstrings, comments, messages, names and pages."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

PATTERNS = Path(__file__).with_name("patterns.toml")
# Text in backticks or quotes is code, a published name or a quotation.
_QUOTED = re.compile(r"``[^`]*``|`[^`]*`|\"[^\"]*\"")
_NAME_PART = re.compile(r"[a-z]+|[A-Z][a-z]*")
_SHORTEST_MESSAGE = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One banned phrase, where it is, and what to write instead."""

    path: str
    line: int
    phrase: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.phrase!r}: {self.instead}"


@dataclass(frozen=True, slots=True)
class Prose:
    """One line of prose; `is_summary` marks the first line of a docstring."""

    line: int
    text: str
    is_summary: bool = False


@dataclass(frozen=True, slots=True)
class Banned:
    """A pattern, and what to write instead of what it matches."""

    pattern: re.Pattern[str]
    instead: str
    only_summaries: bool


def findings_in(root: Path, path: str) -> list[Finding]:
    """Return the banned phrases of one file, in its order."""
    found = [
        Finding(path, prose.line, match[0], banned.instead)
        for prose in prose_of(root / path)
        for banned in rules()
        if prose.is_summary or not banned.only_summaries
        for match in banned.pattern.finditer(_QUOTED.sub(" … ", prose.text))
        if not is_exempt(path, match[0])
    ]
    return sorted(set(found), key=lambda finding: finding.line)


def words_in(root: Path, path: str) -> int:
    """Return the number of words of prose in a file."""
    lines = (prose for prose in prose_of(root / path) if not prose.is_summary)
    return sum(len(prose.text.split()) for prose in lines)


def prose_of(path: Path) -> Iterator[Prose]:
    """Yield the lines of prose in a file."""
    text = path.read_text(errors="replace")
    match path.suffix:
        case ".py":
            yield from _of_python(text)
        case ".md":
            yield from _of_markdown(text)
        case _:
            yield from (Prose(number, line) for number, line in enumerate(text.splitlines(), 1))


@cache
def rules() -> tuple[Banned, ...]:
    """Return the banned patterns."""
    listed = tomllib.loads(PATTERNS.read_text())["banned"]
    return tuple(
        Banned(
            re.compile(one["pattern"], re.IGNORECASE),
            one["instead"],
            one.get("only_summaries", False),
        )
        for one in listed
    )


def is_exempt(path: str, phrase: str) -> bool:
    """Whether a file may use a phrase, by the list of exemptions."""
    return any(
        fnmatch(path, exemption["path"])
        and phrase.lower() in exemption.get("phrases", [phrase.lower()])
        for exemption in exempt()
    )


@cache
def exempt() -> tuple[dict[str, Any], ...]:
    """Return the exemptions: the path, and the phrases in lower case where not all are exempt."""
    return tuple(tomllib.loads(PATTERNS.read_text()).get("exempt", []))


def _of_markdown(text: str) -> Iterator[Prose]:
    """Yield the lines outside code blocks."""
    is_fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
        elif not is_fenced and not line.startswith("    "):
            yield Prose(number, line)


def _of_python(text: str) -> Iterator[Prose]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield Prose(token.start[0], token.string.lstrip("# "))
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(value)) if len(value.split()) >= _SHORTEST_MESSAGE:
                for offset, line in enumerate(value.splitlines()):
                    yield Prose(node.lineno + offset, line.strip())
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield Prose(node.lineno, " ".join(_NAME_PART.findall(name)).lower())
                yield from _summary(node, node.lineno + 1)
            case ast.Module():
                yield from _summary(node, 1)


def _summary(node: ast.Module | ast.FunctionDef | ast.ClassDef, line: int) -> Iterator[Prose]:
    docstring = ast.get_docstring(node)
    if docstring:
        yield Prose(line, docstring.split("\n")[0], is_summary=True)
