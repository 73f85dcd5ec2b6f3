"""A virtual environment with what Odoo, the tests and the linters need, pinned."""

from __future__ import annotations

import os
from pathlib import Path

from .cache import digest
from .debian import Apt, remove
from .errors import StepFailed
from .interpreter import find_python
from .run import Run

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "requirements.txt"
DEV_PINS = ROOT / "setup" / "requirements-dev.txt"
NO_DEPS_PINS = ROOT / "setup" / "requirements-nodeps.txt"
OCA_PINS = ROOT / "setup" / "requirements-oca.txt"


def get_venv(run: Run) -> Path:
    """The virtual environment, made unless it is there and whole."""
    python = find_python(run)
    files = (PINS, NO_DEPS_PINS, OCA_PINS, DEV_PINS)
    pins = [path.read_text() for path in files]
    name = f"venv-{digest(python.resolve(), *pins)}"
    return run.cache.build(
        name, lambda path: _make(run, python, path), probe="bin/python"
    )


def _make(run: Run, python: Path, folder: Path) -> None:
    with run.step("Python packages"):
        _make_empty(run, python, folder)
        _install(run, folder, "-r", PINS, "-r", DEV_PINS)
        _install(run, folder, "--no-deps", "-r", NO_DEPS_PINS, "-r", OCA_PINS)


def _install(run: Run, folder: Path, *what: str | Path) -> None:
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    options = ["install", "--no-cache-dir", "--only-binary", ":all:"]
    run.call([*pip, *options, *what], "Installing the Python packages")


def _make_empty(run: Run, python: Path, folder: Path) -> None:
    what = "Making a virtual environment"
    try:
        run.call([python, "-m", "venv", folder], what)
    except StepFailed:
        # Debian keeps what `venv` needs in a package that a fresh machine may lack
        run.call([python, "-m", "venv", "--clear", "--without-pip", folder], what)
        _add_pip(run, folder)


def _add_pip(run: Run, folder: Path) -> None:
    apt_folder = folder / "apt"
    apt = Apt(run, apt_folder, ("bookworm",))
    apt.update()
    apt.download(["python3-pip-whl/bookworm"])
    apt.unpack(apt_folder)
    wheel = next(apt_folder.glob("usr/share/python-wheels/pip-*.whl"))
    env = {**os.environ, "PYTHONPATH": str(wheel)}
    argv = [folder / "bin" / "python", "-m", "pip", "install", "--no-index", wheel]
    run.call(argv, "Installing pip", env=env)
    remove(apt_folder)
