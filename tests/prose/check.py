"""Which sentences of a file break the rules of `patterns.toml`.

In Python the docstrings, comments, messages (strings of three words and more) and names are prose;
in other files every line is.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATTERNS = Path(__file__).with_name("patterns.toml")
# What stands in backticks or in quotes is code, a published name or a quotation.
_QUOTED = re.compile(r"``[^`]*``|`[^`]*`|\"[^\"]*\"")
_NAME = re.compile(r"[a-z]+|[A-Z][a-z]*")


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
class Banned:
    """A pattern, and what to write instead of what it matches."""

    pattern: re.Pattern[str]
    instead: str


def findings_in(root: Path, path: str) -> list[Finding]:
    """Return what breaks the rules in one file, in its order."""
    if path in exempt():
        return []
    prose = list(prose_of(root / path))
    found = [
        Finding(path, line, match[0], banned.instead)
        for line, text in prose
        for banned in rules()
        for match in banned.pattern.finditer(_QUOTED.sub(" … ", text))
    ]
    return sorted(found, key=lambda finding: finding.line)


def words_in(root: Path, path: str) -> int:
    """Return how many words of prose a file has."""
    return sum(len(text.split()) for _, text in prose_of(root / path))


def prose_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield lines of prose with their numbers."""
    text = path.read_text(errors="replace")
    if path.suffix == ".py":
        yield from _of_python(text)
    else:
        yield from enumerate(text.splitlines(), 1)


@cache
def rules() -> tuple[Banned, ...]:
    """Return the banned patterns."""
    listed = tomllib.loads(PATTERNS.read_text())["banned"]
    return tuple(
        Banned(re.compile(one["pattern"], re.IGNORECASE | re.MULTILINE), one["instead"])
        for one in listed
    )


@cache
def exempt() -> frozenset[str]:
    """Return the files that quote what is banned."""
    listed = tomllib.loads(PATTERNS.read_text()).get("exempt", [])
    return frozenset(one["path"] for one in listed)


def _of_python(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if len(node.value.split()) >= 3:
                for offset, line in enumerate(node.value.splitlines()):
                    yield node.lineno + offset, line.strip()
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, " ".join(_NAME.findall(node.name)).lower()
            yield from _question(node)
    yield from _question(tree)


def _question(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Yield a line that a rule bans where the docstring begins with a question."""
    first = (ast.get_docstring(node) or "").split("\n")[0]
    if first.endswith("?"):
        yield getattr(node, "lineno", 1), f"somebody asks: {first}"
