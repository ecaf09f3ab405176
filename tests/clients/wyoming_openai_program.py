"""Runs wyoming-openai as its own command does, under Python 3.11 too.

It asks for 3.12 for the sake of one generic function, `def create_enum_parser[E: Enum](…)`. Under
3.11 that module is read without the type parameter; nothing else is touched.
"""

import __future__

import re
import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

MODULE = "wyoming_openai.utilities"


class WithoutTypeParameters(SourceFileLoader):
    """Reads `def f[T: X](…)` as `def f(…)`, and ignores annotations."""

    def source_to_code(self, data: Any, path: Any, **options: Any) -> CodeType:  # type: ignore[override]
        source = re.sub(r"^def (\w+)\[\w+: \w+\]", r"def \1", data.decode(), flags=re.M)
        code: CodeType = compile(
            source, path, "exec", __future__.annotations.compiler_flag, dont_inherit=True
        )
        return code


class Finder(MetaPathFinder):
    """Finds this one module."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != MODULE or not path:
            return None
        file = str(Path(path[0]) / "utilities.py")
        return spec_from_loader(MODULE, WithoutTypeParameters(MODULE, file))


if __name__ == "__main__":
    if sys.version_info < (3, 12):
        sys.meta_path.insert(0, Finder())
    runpy.run_module("wyoming_openai", run_name="__main__", alter_sys=True)
