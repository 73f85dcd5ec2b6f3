"""Which tests the arguments of setup/test name, and what those tests need."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from .addons import Addon

# pytest's short options whose value stands apart and could be taken for a path
WITH_VALUE = ("-k", "-m", "-p", "-c", "-o", "-r", "-n", "-W")


def given_paths(arguments: Sequence[str], where: Path | None = None) -> list[Path]:
    """The files and folders among pytest's arguments, without test names."""
    where = where or Path(os.getcwd())
    paths = []
    for before, argument in zip(("", *arguments), arguments, strict=False):
        if argument.startswith("-") or before in WITH_VALUE:
            continue
        path = where / argument.partition("::")[0]
        if path.exists():
            paths.append(path.resolve())
    return paths


def need_no_database(paths: Sequence[Path], static: Path) -> bool:
    """Do all `paths` lie in the folder of static tests?"""
    return bool(paths) and all(path.is_relative_to(static) for path in paths)


def owners(paths: Sequence[Path], addons: Iterable[Addon]) -> list[Addon]:
    """The add-ons that `paths` lie in; all of them if a path lies in none."""
    addons = list(addons)
    found = []
    for path in paths:
        inside = [addon for addon in addons if path.is_relative_to(addon.folder)]
        if not inside:
            return addons
        found += inside
    return found or addons
