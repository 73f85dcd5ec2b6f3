"""How pytest is called."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from .venv import ROOT
from .workshop import Workshop

PLUGINS = ROOT / "setup" / "pytest_plugins"
MAX_WORKERS = 4


def pytest_argv(workshop: Workshop, arguments: Sequence[str]) -> list[str | Path]:
    """pytest with Odoo around it, its web server for browser tests included."""
    plugins = [f"-p{path.stem}" for path in sorted(PLUGINS.glob("*.py"))]
    return [*_pytest(workshop.venv), *plugins, "--odoo-http", *arguments]


def pytest_env(
    workshop: Workshop, database: str, template: str | None = None
) -> dict[str, str]:
    """The environment for tests on `database`, which is thrown away after them.

    Tests that commit copy `template`, since nobody may be connected to what is copied.
    """
    env = workshop.env_for(database)
    env["PYTHONPATH"] += f"{os.pathsep}{PLUGINS}"
    return {
        **env,
        "WRITEOFF_TEMPLATE_DATABASE": template or "",
        "WRITEOFF_KEEP_TEST_WORLD": "1",
    }


def parallel(env: Mapping[str, str]) -> list[str]:
    """Options for one worker per processor, each on a copy of the database.

    pytest-odoo makes the copies with PostgreSQL's own programs; without them there is
    one worker. The tests of a class share what it prepares, so they stay together. The
    order stays as it is: many tests in a class do not mean that it takes long.
    """
    workers = min(os.cpu_count() or 1, MAX_WORKERS)
    wanted = ("createdb", "dropdb")
    if workers == 1 or not all(shutil.which(p, path=env["PATH"]) for p in wanted):
        return []
    return [
        "--numprocesses",
        str(workers),
        "--dist",
        "loadscope",
        "--no-loadscope-reorder",
    ]


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
