"""The add-ons of this checkout, and what they ask of a database."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .venv import ROOT

# not what the two add-ons need, but what their tests work with
TEST_MODULES = (
    "l10n_fr_account",
    "l10n_in",
    "mrp",
    "purchase_stock",
    "sale_stock",
    "stock_landed_costs",
)
# folders of an add-on whose files leave no trace in a database
NOT_STORED = {"tests", "static", "readme", "i18n", "__pycache__"}


@dataclass(frozen=True)
class Addon:
    """One add-on: its folder and what its manifest says."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """The technical name."""
        return self.folder.name

    @property
    def tests(self) -> Path:
        """Where its tests are, if it has any."""
        return self.folder / "tests"


def product_addons(root: Path = ROOT) -> list[Addon]:
    """The add-ons that users install."""
    return [_read(path) for path in sorted(root.glob("*/__manifest__.py"))]


def test_addons(root: Path = ROOT) -> list[Addon]:
    """The hidden add-ons that hold tests over several of them."""
    return [_read(path) for path in sorted(root.glob("tests/*/__manifest__.py"))]


def _read(manifest: Path) -> Addon:
    return Addon(manifest.parent, ast.literal_eval(manifest.read_text()))


def outside_dependencies(addons: Iterable[Addon]) -> list[str]:
    """The modules that `addons` build on, without themselves."""
    addons = list(addons)
    names = {name for addon in addons for name in addon.manifest.get("depends", ())}
    return sorted(names - {addon.name for addon in addons})


def names(addons: Iterable[Addon]) -> str:
    """The names of `addons` as Odoo's command line wants them."""
    return ",".join(addon.name for addon in addons)


def content_key(addons: Iterable[Addon]) -> str:
    """A key that changes when a database with `addons` would have to change."""
    seen = hashlib.sha256()
    for addon in addons:
        for path in _stored_files(addon):
            seen.update(f"{addon.name}/{path.relative_to(addon.folder)}\0".encode())
            seen.update(hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:12]


def _stored_files(addon: Addon) -> Iterator[Path]:
    for path in sorted(addon.folder.rglob("*")):
        inside = path.relative_to(addon.folder).parts
        if path.is_file() and not NOT_STORED.intersection(inside):
            yield path


def with_own_dependencies(wanted: Iterable[Addon], known: list[Addon]) -> list[Addon]:
    """`wanted` and those of `known` that they build on, in the order of `known`."""
    by_name = {addon.name: addon for addon in known}
    found: set[str] = set()
    waiting = [addon.name for addon in wanted]
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in found:
            found.add(name)
            waiting += by_name[name].manifest.get("depends", ())
    return [addon for addon in known if addon.name in found]
