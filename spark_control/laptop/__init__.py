"""The launcher for one machine: a command with a private Postgres and the built-in engine.

`__main__` parses the arguments and starts everything in order. `processes` ends every process
with the launcher. `database`, `built_in_engine` and `gateway` start one server each.
`postgres_account` decides where, and under which account, Postgres runs. `data_folder` holds
secrets, locks and logs.
"""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
