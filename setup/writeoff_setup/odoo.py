"""Odoo 19.0: the Debian package, or what ODOO_PATH points at."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cache import digest
from .debian import USE_ODOO_PATH, Apt, remove
from .errors import SetupError, StepFailed
from .run import Run

SERIES = (19, 0)
SUITE = "sid"
# sid's Font Awesome lacks the files that Odoo's links point at
LIBRARY_SUITE = "bookworm"
LIBRARIES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
PACKAGES = (
    f"odoo-19/{SUITE}",
    f"fonts-montserrat/{SUITE}",
    *(f"{name}/{LIBRARY_SUITE}" for name in LIBRARIES),
)
DIST_PACKAGES = "usr/lib/python3/dist-packages"
# three quarters of the package: a second copy of the add-ons, and the languages that
# ours do not speak (all but fr.po)
LEFT_OUT = (
    f"./{DIST_PACKAGES}/addons",
    "[!f]*.po",
    "f[!r]*.po",
    "fr?*.po",
    "*.pot",
)
# Debian leaves this file out but Odoo still lists it: every page would log an error
MISSING_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """Where Odoo's code is, and a key that changes when the code does."""

    python_path: Path
    key: str


def get_odoo(run: Run) -> Odoo:
    """Odoo 19.0, fetched unless it is there already or ODOO_PATH names one."""
    if path := os.environ.get("ODOO_PATH"):
        return given_odoo(run, Path(path).expanduser().absolute())
    name = f"odoo-{digest(*PACKAGES, *LEFT_OUT)}"
    probe = f"{DIST_PACKAGES}/odoo/release.py"
    folder = run.cache.build(name, lambda path: _fetch(run, path), probe=probe)
    return Odoo(folder / DIST_PACKAGES, name)


def given_odoo(run: Run, path: Path) -> Odoo:
    """The Odoo at `path`: a source checkout, or a folder that holds `odoo`."""
    if path.name == "odoo" and (path / "release.py").exists():
        path = path.parent
    release = path / "odoo" / "release.py"
    if not release.exists():
        raise SetupError(
            f"ODOO_PATH is {path}, but there is no Odoo there: it should be a source "
            "checkout (with odoo-bin) or the folder that holds the package 'odoo'."
        )
    refuse_other_series(release)
    key = digest(path, release.stat().st_mtime_ns)
    if (path / "odoo-bin").exists():
        return Odoo(path, key)
    return Odoo(_alone(run, path), key)


def refuse_other_series(release: Path) -> None:
    """A sentence unless `release.py` is that of Odoo 19.0."""
    numbers = re.search(r"version_info\s*=\s*\((\S+),\s*(\S+),", release.read_text())
    series = ".".join(numbers.groups()) if numbers else "of an unknown series"
    wanted = ".".join(map(str, SERIES))
    if series != wanted:
        raise SetupError(
            f"ODOO_PATH points at Odoo {series}; these add-ons are for {wanted}. "
            "Point it at that series, or unset it to have it fetched."
        )


def _alone(run: Run, path: Path) -> Path:
    # a folder of system packages would come before the pinned ones
    folder = run.cache.home / "run" / f"odoo-{digest(path)}"
    folder.mkdir(exist_ok=True)
    link = folder / "odoo"
    if not link.is_symlink():
        link.symlink_to(path / "odoo")
    return folder


def _fetch(run: Run, folder: Path) -> None:
    with run.step("Odoo 19.0 from Debian (130 MB)"):
        apt_folder = folder / "apt"
        apt = Apt(run, apt_folder, (SUITE, LIBRARY_SUITE))
        try:
            apt.update()
            apt.download(PACKAGES)
        except StepFailed as failure:
            if failure.known:
                raise
            raise StepFailed(
                f"This machine's Debian mirror does not carry Odoo 19. {USE_ODOO_PATH}",
                failure.log,
                failure.tail,
            ) from failure
        apt.unpack(folder, LEFT_OUT)
        remove(apt_folder)
        _complete(folder / DIST_PACKAGES / "odoo" / "addons")


def _complete(addons: Path) -> None:
    script = addons / MISSING_SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("/* not shipped by Debian: no background blur in calls */\n")
    dangling = list(_dangling_links(addons / "web"))
    if dangling:
        raise SetupError(
            f"The Debian package of Odoo lacks {len(dangling)} files, {dangling[0]} "
            f"among them, and no page could be served. {USE_ODOO_PATH}"
        )


def _dangling_links(folder: Path) -> Iterator[Path]:
    for place, _folders, files in os.walk(folder):
        for name in files:
            path = Path(place, name)
            if path.is_symlink() and not path.exists():
                yield path
