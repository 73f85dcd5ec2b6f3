"""The one folder where everything that is downloaded or made lives."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import SetupError

MARKER = ".complete"


def digest(*parts: object) -> str:
    """A short, stable name for what is made from `parts`."""
    text = "\0".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def default_home() -> Path:
    """WRITEOFF_HOME, or a folder under the user's cache folder."""
    if home := os.environ.get("WRITEOFF_HOME"):
        return Path(home).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "inventory-writeoff"


class Cache:
    """Several checkouts and several runs at once may use one cache.

    What is made here is trusted only when its marker is there, and the marker is
    written last: an interrupted or failed build is thrown away by the next run.
    """

    def __init__(self, home: Path):
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        if home.stat().st_uid != os.geteuid():
            raise SetupError(
                f"The cache folder {home} belongs to another user. Set WRITEOFF_HOME "
                "to a folder of your own."
            )
        for name in ("locks", "logs", "run", "data"):
            (home / name).mkdir(exist_ok=True)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock `name`; whoever comes second waits."""
        with open(self.home / "locks" / name, "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def build(
        self,
        name: str,
        builder: Callable[[Path], None],
        *,
        probe: str = ".",
    ) -> Path:
        """The folder `name`, made by `builder` unless it is there and whole.

        `probe` is a path inside it that must exist; it catches a folder that was
        complete once and was damaged since.
        """
        return self.build_at(self.home / name, builder, probe=probe)

    def build_at(
        self, folder: Path, builder: Callable[[Path], None], *, probe: str = "."
    ) -> Path:
        """As `build`, for a folder that cannot be in the cache."""
        with self.lock(folder.name):
            if not is_whole(folder, probe):
                discard(folder)
                folder.mkdir(parents=True)
                try:
                    builder(folder)
                    (folder / MARKER).touch()
                except BaseException:
                    discard(folder)
                    raise
        return folder


def is_whole(folder: Path, probe: str = ".") -> bool:
    """Was `folder` built to its end, and is it still there?"""
    return (folder / MARKER).exists() and (folder / probe).exists()


def discard(folder: Path) -> None:
    """Remove `folder`, its marker first: a removal cut short is not trusted."""
    (folder / MARKER).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
