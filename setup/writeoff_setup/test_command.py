"""setup/test: everything that is checked, or the tests that are named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .addons import Addon, product_addons, test_addons, with_own_dependencies
from .arguments import given_paths, need_no_database, owners
from .cache import Cache, default_home
from .full_test import test_everything
from .pytest_runs import pytest_argv, pytest_env, static_argv, static_env
from .run import Run, foreground
from .templates import test_template
from .venv import ROOT, get_venv
from .workshop import Workshop, open_workshop

STATIC = ROOT / "tests" / "static"


def command(arguments: list[str]) -> int:
    """Without arguments all checks and tests; with some, pytest with those."""
    paths = given_paths(arguments)
    if need_no_database(paths, STATIC):
        run = Run("test", Cache(default_home()))
        return foreground(static_argv(get_venv(run), arguments), static_env())
    with open_workshop("test", browser=True) as workshop:
        if not arguments:
            return test_everything(workshop)
        return test_some(workshop, arguments, paths)


def test_some(
    workshop: Workshop, arguments: Sequence[str], paths: Sequence[Path]
) -> int:
    """Run pytest with `arguments` on a database with the add-ons that it needs."""
    known = product_addons() + test_addons()
    addons = with_own_dependencies(owners(paths, known), known)
    chosen = [] if paths else test_folders(addons)
    template = test_template(workshop, addons)
    with workshop.databases.temporary(template) as database:
        argv = pytest_argv(workshop, [*arguments, *map(str, chosen)])
        return foreground(argv, pytest_env(workshop, database, template))


def test_folders(addons: Sequence[Addon]) -> list[Path]:
    """The folders of `addons` that hold tests."""
    return [addon.tests for addon in addons if addon.tests.is_dir()]
