"""The measurement of coverage in processes that tests start.

It costs a process half a second and doubles the time of its Python code. Only processes that many
tests share, and commands that no test calls otherwise, are measured.
"""

import coverage

from tests.gateway_process import ROOT


def measured() -> dict[str, str]:
    """Return the environment of a measured process; empty where coverage is not measured."""
    if coverage.Coverage.current() is None:
        return {}
    return {"COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml")}
