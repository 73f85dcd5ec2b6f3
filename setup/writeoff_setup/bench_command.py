"""setup/bench: this product against Odoo's own scrap, in one run."""

from __future__ import annotations

import argparse
from pathlib import Path

from .addons import product_addons
from .run import foreground
from .templates import base_template, test_template
from .venv import ROOT
from .workshop import open_workshop


def command(arguments: list[str]) -> int:
    """Measure on a database of this run alone; prints a table, may write JSON."""
    options = parse(arguments)
    with open_workshop("bench") as workshop:
        addons = product_addons()
        template, plain = (
            test_template(workshop, addons),
            base_template(workshop, addons),
        )
        with (
            workshop.databases.temporary(template) as database,
            workshop.databases.temporary(plain) as without,
            workshop.databases.temporary(template) as held,
        ):
            env = workshop.env_for(database)
            path = f"{env['PYTHONPATH']}:{ROOT / 'setup'}"
            argv = [workshop.venv / "bin" / "python", "-m", "writeoff_bench", database]
            argv += ["--lines", str(options.lines), "--scraps", str(options.scraps)]
            argv += ["--without", without, "--held", held]
            argv += ["--json", options.json.resolve()] if options.json else []
            argv += ["--only", options.only] if options.only else []
            return foreground(argv, {**env, "PYTHONPATH": path})


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="setup/bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--lines", type=int, default=1000, help="lines of a write-off")
    parser.add_argument(
        "--scraps", type=int, default=100, help="scraps to compare with"
    )
    parser.add_argument("--only", help="run only the parts whose name holds this")
    return parser.parse_args(arguments)
