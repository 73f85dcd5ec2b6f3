"""The databases that are kept so that a run need not install everything again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .addons import TEST_MODULES, Addon, content_key, names, outside_dependencies
from .cache import digest
from .errors import SetupError
from .venv import OCA_PINS, PINS
from .workshop import Workshop

WITH_DEMO = ("--with-demo",)


def dependencies_template(
    workshop: Workshop, modules: Sequence[str], options: Sequence[str] = ()
) -> str:
    """A database with Odoo's own `modules`."""
    wanted = ",".join(modules)
    pins = [path.read_text() for path in (PINS, OCA_PINS)]
    key = digest(workshop.odoo.key, *pins, wanted, *options)

    def build(name: str) -> None:
        with workshop.run.step(f"Database with {wanted}"):
            log = workshop.run.logs / f"{name}.log"
            workshop.install(name, wanted, *options, log=log)
            require_installed(workshop, name, modules, log)

    return workshop.databases.get("demobase" if options else "base", key, build)


def base_template(workshop: Workshop, addons: Sequence[Addon]) -> str:
    """A database like that for tests, but without `addons`."""
    modules = sorted({*outside_dependencies(addons), *TEST_MODULES})
    return dependencies_template(workshop, modules)


def test_template(workshop: Workshop, addons: Sequence[Addon]) -> str:
    """A database for tests, with `addons` as their files are now."""
    base = base_template(workshop, addons)
    key = digest(base, content_key(addons))

    def build(name: str) -> None:
        with workshop.run.step(f"Database with {names(addons)}"):
            workshop.databases.copy(base, name)
            log = workshop.run.logs / f"{name}.log"
            workshop.install(name, names(addons), log=log)
            require_installed(workshop, name, [addon.name for addon in addons], log)

    return workshop.databases.get("tests", key, build)


def require_installed(
    workshop: Workshop, database: str, modules: Iterable[str], log: Path
) -> None:
    """A sentence unless all `modules` are installed: Odoo may skip some and go on."""
    sql = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    installed = {name for (name,) in workshop.databases.ask(sql, database=database)}
    if missing := sorted(set(modules) - installed):
        raise SetupError(
            f"Odoo did not install {', '.join(missing)}. The log says why: {log}"
        )
