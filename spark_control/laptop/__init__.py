"""Run a command with a private Postgres and the built-in engine beside it.

`__main__` reads the arguments and tells the story; `processes` sees to it that nothing outlives
the launcher; `database` and `engine` start one thing each; `account` says where, and as whom,
Postgres runs; `folder` is what a data folder holds.
"""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
