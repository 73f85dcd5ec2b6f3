"""A browser for the tests and a printer of PDF, for Odoo to find on its PATH."""

from __future__ import annotations

import shutil
from pathlib import Path

from .run import Run

FLAGS = (
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-networking",
)
# the order in which Odoo looks for a browser
NAMES = ("google-chrome", "chromium")


def add_pdf_printer(run: Run, venv: Path, programs: Path) -> None:
    """Put the patched wkhtmltopdf into `programs`."""
    link = programs / "wkhtmltopdf"
    link.unlink(missing_ok=True)
    link.symlink_to(venv / "bin" / "wkhtmltopdf-pack")


def add_browser(run: Run, programs: Path) -> None:
    """Put a Chromium into `programs`."""
    real = shutil.which("chromium") or "/missing"
    for name in NAMES:
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec {real} {" ".join(FLAGS)} "$@"\n')
        script.chmod(0o755)
