"""How pytest is called."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .venv import ROOT
from .workshop import Workshop

PLUGINS = ROOT / "setup" / "pytest_plugins"


def pytest_argv(workshop: Workshop, arguments: Sequence[str]) -> list[str | Path]:
    """pytest with Odoo around it, its web server for browser tests included."""
    plugin = ("-p", "no_silent_skips")
    return [*_pytest(workshop.venv), *plugin, "--odoo-http", *arguments]


def pytest_env(
    workshop: Workshop, database: str, template: str | None = None
) -> dict[str, str]:
    """The environment for tests on `database`.

    Tests that commit copy `template`, since nobody may be connected to what is copied.
    """
    env = workshop.env_for(database)
    env["PYTHONPATH"] += f"{os.pathsep}{PLUGINS}"
    return {**env, "WRITEOFF_TEMPLATE_DATABASE": template or ""}


def odoo_suites_argv(
    workshop: Workshop, folder: Path, results: Path
) -> list[str | Path]:
    """pytest for tests of Odoo's own, which need no browser, written to `results`."""
    options = ["-q", "--tb=short", "-p", "no:cacheprovider"]
    return [*_pytest(workshop.venv), *options, f"--junitxml={results}", folder]


def static_argv(venv: Path, arguments: Sequence[str]) -> list[str | Path]:
    """pytest for tests that know nothing of Odoo."""
    return [*_pytest(venv), "-p", "no:odoo", *arguments]


def static_env() -> dict[str, str]:
    """The environment for tests that know nothing of Odoo."""
    return {**os.environ}


def _pytest(venv: Path) -> list[str | Path]:
    return [venv / "bin" / "python", "-m", "pytest", f"--rootdir={ROOT}"]
