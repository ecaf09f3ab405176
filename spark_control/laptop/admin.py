"""An account for the admin, in the laptop's own database."""

import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from spark_control.laptop import PROJECT
from spark_control.laptop.folder import secret_in
from spark_control.laptop.processes import Failed, step
from spark_control.laptop.progress import progress

NAME = "admin"
CREATE = (
    *(sys.executable, "manage.py", "createsuperuser", "--no-input", "--skip-checks", "-v0"),
    *("--username", NAME, "--email", ""),
)


def admin_account(data: Path, environment: Mapping[str, str]) -> None:
    """Make an account where there is none, and say how to log in."""
    password = data / "admin_password"
    if not has_accounts(environment["DATABASE_URL"]):
        given = {**environment, "DJANGO_SUPERUSER_PASSWORD": secret_in(password)}
        with progress("admin account"):
            if step(CREATE, env=given, cwd=PROJECT, stdout=sys.stderr):
                raise Failed("The admin's account could not be made; see above.")
    if password.exists():
        print(f"The admin is at /admin/: account {NAME}, password in {password}", file=sys.stderr)


def has_accounts(url: str) -> bool:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute("select 1 from auth_user limit 1").fetchone() is not None
