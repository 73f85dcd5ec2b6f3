"""setup/odoo_suites: Odoo's own tests without our add-ons and with them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .addons import Addon, names, outside_dependencies, product_addons
from .errors import StepFailed
from .pytest_runs import odoo_suites_argv
from .suites import Results, differences, explanations, read_results, summary
from .templates import dependencies_template, require_installed
from .workshop import Workshop, open_workshop

SUITES = ("stock_account", "stock", "product_expiry", "purchase_stock", "mrp_account")


def command(arguments: list[str]) -> int:
    """Print what differs; the exit code is 1 if a difference is not explained."""
    options = parse(arguments)
    addons = product_addons()
    with open_workshop("suites") as workshop:
        modules = sorted({*outside_dependencies(addons), *SUITES})
        base = dependencies_template(workshop, modules)
        without = run(workshop, base, options.suites, [])
        with_ours = run(workshop, base, options.suites, addons)
    unexplained = report(without, with_ours)
    return 1 if unexplained else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="setup/odoo_suites", description=__doc__)
    parser.add_argument(
        "suites",
        nargs="*",
        metavar="MODULE",
        default=list(SUITES),
        help=f"modules whose tests to run (default: {' '.join(SUITES)})",
    )
    return parser.parse_args(arguments)


def run(
    workshop: Workshop, base: str, suites: Sequence[str], addons: Sequence[Addon]
) -> Results:
    """The outcome of every test, on a database with `addons` beside Odoo's modules."""
    label = "with" if addons else "without"
    with workshop.databases.temporary(base) as database:
        if addons:
            log = workshop.run.logs / "install.log"
            with workshop.run.step(f"Installing {names(addons)}"):
                workshop.install(database, names(addons), log=log)
                require_installed(workshop, database, [a.name for a in addons], log)
        results: Results = {}
        for suite in suites:
            title = f"Tests of {suite} {label} the add-ons"
            with workshop.run.step(title):
                results |= run_suite(workshop, database, suite, label)
        return results


def run_suite(workshop: Workshop, database: str, suite: str, label: str) -> Results:
    """The outcome of every test of one of Odoo's modules."""
    folder = workshop.odoo.python_path / "odoo" / "addons" / suite / "tests"
    file = workshop.run.logs / f"{label}-{suite}.xml"
    log = workshop.run.logs / f"{label}-{suite}.log"
    argv = odoo_suites_argv(workshop, folder, file)
    env = {**workshop.env_for(database), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        workshop.run.call(argv, f"Tests of {suite}", env=env, cwd=Path("/"), log=log)
    except StepFailed:
        # Failed tests are results; without any result the run itself has failed.
        if not file.exists():
            raise
    return read_results(file, suite)


def report(without: Results, with_ours: Results) -> list[str]:
    """Print the outcomes side by side; returns the differences nobody explains."""
    for label, results in (("without", without), ("with", with_ours)):
        print(f"{label:8} {summary(results)}")
    known = explanations()
    unexplained = []
    for name, (before, after) in sorted(differences(without, with_ours).items()):
        print(f"{name}: {before} without, {after} with")
        if name in known:
            print(f"    {known[name]}")
        else:
            unexplained.append(name)
    print(f"Differences that are not explained: {len(unexplained)}")
    sys.stdout.flush()
    return unexplained
