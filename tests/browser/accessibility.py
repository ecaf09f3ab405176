"""The rules of accessibility that a program can check, checked by axe in the page."""

import sys
from pathlib import Path

from playwright.sync_api import Page

# Where the Makefile installs it.
AXE = Path(sys.prefix) / "clients" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


def serious_findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical: the rule, and the first element."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]
