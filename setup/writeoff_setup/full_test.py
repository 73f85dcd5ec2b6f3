"""All checks and all tests, the summary of pytest last."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .addons import (
    Addon,
    names,
    outside_dependencies,
    product_addons,
    test_addons,
    with_own_dependencies,
)
from .checks import lint, look_at_log
from .errors import SetupError
from .lanes import beside
from .pytest_runs import parallel, pytest_argv, pytest_env, static_argv, static_env
from .run import foreground
from .templates import WITH_DEMO, dependencies_template, require_installed
from .templates import test_template as template_for_tests
from .venv import ROOT
from .workshop import Workshop

# Open moves of write-offs, told by their number: the add-on's own columns are gone
# once it is uninstalled.
HELD_GOODS = """
    SELECT move.id FROM stock_move move
      JOIN stock_location location ON location.id = move.location_dest_id
     WHERE location.usage = 'inventory' AND move.origin LIKE 'WO/%'
       AND move.state NOT IN ('done', 'cancel')
"""


class Failures:
    """What failed so far. A step that fails does not keep the others from running."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    @contextmanager
    def collect(self, title: str) -> Iterator[None]:
        """Note a failure in words and go on."""
        try:
            yield
        except SetupError as failure:
            self.titles.append(title)
            print(failure, file=sys.stderr, flush=True)


def test_everything(workshop: Workshop) -> int:
    """Every check and every test; pytest's summary is the last line."""
    failures = Failures()
    with beside(workshop.run, lambda: check_everything(workshop, failures)):
        with failures.collect("tests with browsers and many users at once"):
            test_one_by_one(workshop)
    if os.environ.get("WRITEOFF_CRASH_SERVER"):
        with failures.collect("crash of the database server"):
            test_crash(workshop)
    return test_with_odoo(workshop, failures)


def check_everything(workshop: Workshop, failures: Failures) -> None:
    """All that is not one of the tests in Odoo's add-ons."""
    addons = product_addons()
    with failures.collect("every add-on alone"):
        install_each(workshop, addons)
    with failures.collect("demo data, uninstalling, installing again"):
        install_and_uninstall(workshop, addons)
    for title, check in lint(workshop, addons + test_addons()):
        with failures.collect(title), workshop.run.step(title):
            check()
    with failures.collect("static tests"):
        test_static(workshop)
    with failures.collect("faults and simulation"):
        test_beside(workshop)


def test_static(workshop: Workshop) -> None:
    """The tests that need no database."""
    with workshop.run.step("Static tests"):
        argv = static_argv(workshop.venv, ["-q", "tests/static"])
        workshop.run.call(argv, "Static tests", env=static_env(), cwd=ROOT)


def install_each(workshop: Workshop, addons: Sequence[Addon]) -> None:
    """Install every add-on with nothing beside it but what it builds on.

    That is a database with apps of Odoo alone for the first, and for the others a copy
    of the database in which the first was installed.
    """
    first, *others = sorted(addons, key=lambda addon: len(with_own(addon, addons)))
    base = dependencies_template(workshop, outside_dependencies([first]))
    with workshop.databases.temporary(base) as database:
        install_alone(workshop, first, database)
        for addon in others:
            with workshop.databases.temporary(database) as copy:
                install_alone(workshop, addon, copy)


def with_own(addon: Addon, addons: Sequence[Addon]) -> list[Addon]:
    """`addon` and those of `addons` that it builds on."""
    return with_own_dependencies([addon], list(addons))


def install_alone(workshop: Workshop, addon: Addon, database: str) -> None:
    """Install one add-on; Odoo must not complain."""
    log = workshop.run.logs / f"alone-{addon.name}.log"
    with workshop.run.step(f"{addon.name} alone"):
        workshop.install(database, addon.name, log=log)
        require_installed(workshop, database, [addon.name], log)
        look_at_log(log)


def install_and_uninstall(workshop: Workshop, addons: Sequence[Addon]) -> None:
    """Install with demo data, uninstall, install again; Odoo must not complain."""
    modules = [addon.name for addon in addons]
    dependencies = outside_dependencies(addons)
    base = dependencies_template(workshop, dependencies, WITH_DEMO)
    log = workshop.run.logs / "demo.log"
    with workshop.databases.temporary(base) as database:
        with workshop.run.step("Installing with demo data"):
            workshop.install(database, names(addons), *WITH_DEMO, log=log)
            require_installed(workshop, database, modules, log)
            look_at_log(log)
        with workshop.run.step("Tests of the demo data"):
            test_demo(workshop, database, addons)
        with workshop.run.step("Uninstalling"):
            uninstall(workshop, database, modules)
        with workshop.run.step("Installing again"):
            log = workshop.run.logs / "again.log"
            workshop.install(database, names(addons), log=log)
            require_installed(workshop, database, modules, log)
            look_at_log(log)


def test_demo(workshop: Workshop, database: str, addons: Sequence[Addon]) -> None:
    """What the demo data promises, on a database that has it."""
    files = [addon.tests / "test_demo.py" for addon in addons]
    chosen = [str(path) for path in files if path.exists()]
    argv = pytest_argv(workshop, ["-q", *chosen])
    env = pytest_env(workshop, database)
    workshop.run.call(argv, "Tests of the demo data", env=env, cwd=ROOT)


def uninstall(workshop: Workshop, database: str, modules: Sequence[str]) -> None:
    """Uninstall `modules`; nothing of theirs may stay behind."""
    if not workshop.databases.ask(HELD_GOODS, database=database):
        raise SetupError("The demo data holds no goods, so uninstalling shows nothing.")
    log = workshop.run.logs / "uninstall.log"
    what = "Uninstalling the add-ons"
    workshop.call_odoo(database, what, "module", "uninstall", *modules, log=log)
    look_at_log(log)
    sql = "SELECT module, count(*) FROM ir_model_data GROUP BY module"
    rows = dict(workshop.databases.ask(sql, database=database))
    if left := {name: rows[name] for name in modules if name in rows}:
        raise SetupError(f"Uninstalling leaves records behind: {left}")
    if held := workshop.databases.ask(HELD_GOODS, database=database):
        raise SetupError(f"Uninstalling leaves goods held, as these moves show: {held}")


def test_one_by_one(workshop: Workshop) -> None:
    """Browsers and many users at once, which among other tests come too late."""
    folders = [str(addon.tests) for addon in test_addons() if addon.tests.is_dir()]
    folders += [f"--ignore={path}" for path in tests_beside()]
    test_in_order(workshop, "Tests with browsers and many users at once", folders)


def test_beside(workshop: Workshop) -> None:
    """What does not mind others beside it, although it commits."""
    paths = [str(path) for path in tests_beside()]
    test_in_order(workshop, "Faults and simulation", paths)


def test_crash(workshop: Workshop) -> None:
    """What crashes the server that all the other tests use, if it is ours alone."""
    if not workshop.is_alone:
        workshop.run.say("Others use the database server, so it is not crashed.")
        return
    paths = map(str, tests_named("test_server_crash.py"))
    test_in_order(workshop, "Crash of the server", paths, WRITEOFF_SERVER_IS_OURS="1")


def test_in_order(
    workshop: Workshop, title: str, paths: Iterable[str], **settings: str
) -> None:
    """The tests in `paths`, one after the other."""
    template = template_for_tests(workshop, product_addons() + test_addons())
    with workshop.databases.temporary(template) as database, workshop.run.step(title):
        argv = pytest_argv(workshop, ["-q", *paths])
        env = {**pytest_env(workshop, database, template), **settings}
        workshop.run.call(argv, title, env=env, cwd=ROOT)


def tests_beside() -> list[Path]:
    """Tests over all add-ons that work on databases of their own, and take long."""
    return tests_named("test_background_faults.py", "test_simulation.py")


def tests_named(*names: str) -> list[Path]:
    """These files of the tests over all add-ons."""
    paths = [addon.tests / name for addon in test_addons() for name in names]
    return [path for path in paths if path.exists()]


def test_with_odoo(workshop: Workshop, failures: Failures) -> int:
    """The tests in the add-ons; prints pytest's summary after what failed before."""
    paths = [addon.tests for addon in product_addons() if addon.tests.is_dir()]
    template = template_for_tests(workshop, product_addons() + test_addons())
    with workshop.databases.temporary(template) as database:
        color = f"--color={'yes' if sys.stdout.isatty() else 'no'}"
        env = pytest_env(workshop, database, template)
        argv = pytest_argv(workshop, [color, *parallel(env), *map(str, paths)])
        reader = LastLineLast()
        code = foreground(argv, env, stdout=subprocess.PIPE, reader=reader)
    if failures.titles:
        print(f"Failed, see above: {'; '.join(failures.titles)}")
    print(reader.last or "pytest said nothing", flush=True)
    return code or (1 if failures.titles else 0)


class LastLineLast:
    """Prints what it reads, but keeps the last line back, in `last`."""

    def __init__(self) -> None:
        self.last: str | None = None

    def __call__(self, stream: IO[bytes]) -> None:
        """Read `stream` to its end."""
        for raw in stream:
            if self.last is not None:
                print(self.last, flush=True)
            self.last = raw.decode(errors="replace").rstrip("\n")
