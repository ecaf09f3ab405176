"""Check the prose of the tree: `python -m tests.prose [--count] [PATH…]`."""

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.prose.check import Finding, findings_in, words_in

ROOT = Path(__file__).resolve().parents[2]
CHECKED = (
    "*.py",
    "*.md",
    "*.html",
    "*.js",
    "*.toml",
    "*.yml",
    "*.yaml",
    "Makefile",
    ".env.example",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prose", description=__doc__)
    parser.add_argument("paths", nargs="*", default=["."], help="files and folders, default all")
    parser.add_argument("--count", action="store_true", help="print one line per folder instead")
    options = parser.parse_args()
    files = tracked(options.paths)
    if not files:
        parser.error(f"PATH: expected files that git tracks, got {' '.join(options.paths)}")
    findings = [finding for file in files for finding in findings_in(ROOT, file)]
    for line in counts(files, findings) if options.count else map(str, findings):
        print(line)
    print(f"{len(findings)} findings in {len(files)} files.", file=sys.stderr)
    return 1 if findings else 0


def tracked(paths: list[str]) -> list[str]:
    """Return the checked files that git tracks under the paths."""
    listed = subprocess.run(
        ["git", "ls-files", "--", *paths], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if is_checked(name)]


def is_checked(name: str) -> bool:
    return any(Path(name).match(pattern) for pattern in CHECKED)


def counts(files: list[str], findings: list[Finding]) -> list[str]:
    """Return findings per 1,000 words of each top folder."""
    found = Counter(finding.path.split("/")[0] for finding in findings)
    words: Counter[str] = Counter()
    for file in files:
        words[file.split("/")[0]] += words_in(ROOT, file)
    return [
        f"{folder:20} {found[folder]:5} of {words[folder]:7} words, "
        f"{1000 * found[folder] / max(words[folder], 1):.2f} per 1,000"
        for folder in sorted(words)
    ]


if __name__ == "__main__":
    sys.exit(main())
