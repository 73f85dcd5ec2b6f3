"""A browser for the tests and a printer of PDF, for Odoo to find on its PATH."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from .cache import digest
from .debian import INSTALLED, Apt, remove
from .errors import StepFailed
from .run import Run

CHROMIUM = "usr/lib/chromium/chromium"
CHROMIUM_PACKAGES = ("chromium", "chromium-common", "fonts-dejavu-core")
PDF_PACKAGES = (
    "libxrender1",
    "libfontconfig1",
    "libxext6",
    "libx11-6",
    "fonts-dejavu-core",
)
# what keeps Chromium from calling home
FLAGS = (
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-networking",
)
# Odoo takes the first of these that it finds
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
# no part of running a program without a screen
LEFT_OUT = tuple(f"./usr/share/{name}" for name in ("doc", "icons", "locale", "man"))
FONT_SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{root}/usr/share/fonts</dir>
  <dir prefix="xdg">fonts</dir>
  <cachedir>{root}/font-cache</cachedir>
</fontconfig>
"""


def add_browser(run: Run, programs: Path) -> None:
    """Put a Chromium into `programs`: the machine's own, or one from Debian."""
    found = next(filter(None, (shutil.which(name) for name in BROWSERS)), None)
    if found:
        lines = [_exec(found, FLAGS)]
    else:
        root = unpacked(run, "Chromium", CHROMIUM_PACKAGES, CHROMIUM)
        lines = [*library_settings(root), _exec(root / CHROMIUM, FLAGS)]
    for name in BROWSERS[:2]:
        _write_script(programs / name, lines)


def add_pdf_printer(run: Run, venv: Path, programs: Path) -> None:
    """Put the patched wkhtmltopdf into `programs`.

    There is none for some kinds of machine; there Odoo takes the machine's own.
    """
    real = venv / "bin" / "wkhtmltopdf-pack"
    if not real.exists():
        return
    lines = [_exec(real)]
    if "not found" in run.output(["ldd", real]):
        root = unpacked(run, "Libraries for PDF", PDF_PACKAGES, "usr")
        lines = [*library_settings(root), *lines]
    _write_script(programs / "wkhtmltopdf", lines)


def unpacked(run: Run, title: str, packages: Sequence[str], probe: str) -> Path:
    """A folder with `packages` and all they need that this machine lacks."""

    def build(folder: Path) -> None:
        with run.step(f"{title} from Debian"):
            try:
                _fetch(run, folder, packages)
            except StepFailed as failure:
                if not failure.known:
                    failure.args = (f"{title} cannot be fetched. {_by_hand(packages)}",)
                raise
            if not (folder / probe).exists():
                raise StepFailed(
                    f"This machine's packages hold no {title}. {_by_hand(packages)}"
                )

    name = f"{packages[0]}-{digest(*packages, FONT_SETTINGS)}"
    return run.cache.build(name, build, probe=probe)


def _by_hand(packages: Sequence[str]) -> str:
    return f"Install it on this machine ({packages[0]}) and run this again."


def _fetch(run: Run, folder: Path, packages: Sequence[str]) -> None:
    apt_folder = folder / "apt"
    apt = Apt(run, apt_folder, installed=INSTALLED)
    apt.update()
    apt.download_missing(packages)
    apt.unpack(folder, LEFT_OUT)
    remove(apt_folder)
    (folder / "fonts.conf").write_text(FONT_SETTINGS.format(root=folder))


def library_settings(root: Path) -> list[str]:
    """Lines of a shell script that let a program find what lies below `root`."""
    folders = {path.parent for path in root.rglob("lib*.so*") if path.is_file()}
    settings = {
        "LD_LIBRARY_PATH": ":".join(map(str, sorted(folders))),
        "FONTCONFIG_FILE": root / "fonts.conf",
    }
    return [f"export {name}='{value}'" for name, value in settings.items()]


def _exec(program: str | Path, flags: Sequence[str] = ()) -> str:
    return " ".join(["exec", f"'{program}'", *flags, '"$@"'])


def _write_script(path: Path, lines: Sequence[str]) -> None:
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    new.chmod(0o755)
    new.replace(path)
