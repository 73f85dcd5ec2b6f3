"""setup/load: many users at once on a real server, and what is left afterwards."""

from __future__ import annotations

import argparse
from pathlib import Path

from .addons import product_addons
from .checks import complaints
from .run import foreground, tail
from .server import serving
from .templates import test_template
from .venv import ROOT
from .workshop import HOST, Workshop, free_port, open_workshop

# Odoo says in its log that it tries again, or that it refused something, and below that
# how it came about.
EXPECTED = (
    "odoo.http: ",
    "odoo.service.model: ",
    "bad query: ",
    "could not obtain",
    "Traceback (most recent call last)",
)


def command(arguments: list[str]) -> int:
    """Serve, have the users work, look at the database; 1 if something is wrong."""
    options = parse(arguments)
    with open_workshop("load") as workshop:
        template = test_template(workshop, product_addons())
        with workshop.databases.temporary(template) as database:
            return measure(workshop, database, options)


def measure(workshop: Workshop, database: str, options: argparse.Namespace) -> int:
    """Prepare, load and verify one database."""
    plan = workshop.run.logs / "load.json"
    if code := run(workshop, database, "prepare", plan, options):
        return code
    port = free_port()
    with serving(workshop, database, port, f"--workers={options.workers}"):
        url = f"http://{HOST}:{port}"
        code = run(workshop, database, "work", plan, options, "--url", url)
    # Whatever somebody was told, the books are looked at.
    wrong = run(workshop, database, "verify", plan, options)
    return code or wrong or look(workshop)


def run(
    workshop: Workshop,
    database: str,
    part: str,
    plan: Path,
    options: argparse.Namespace,
    *more: str,
) -> int:
    """Run one part in a process of its own."""
    env = workshop.env_for(database)
    path = f"{env['PYTHONPATH']}:{ROOT / 'setup'}"
    argv = [workshop.venv / "bin" / "python", "-m", f"writeoff_load.{part}"]
    argv += [database, plan, "--users", str(options.users)]
    argv += ["--seconds", str(options.seconds), *more]
    return foreground(argv, {**env, "PYTHONPATH": path})


def look(workshop: Workshop) -> int:
    """Say what the server complained of that no user was told."""
    log = workshop.run.logs / "server.log"
    lines = complaints(log.read_text(errors="replace").splitlines())
    wrong = [line for line in lines if not any(text in line for text in EXPECTED)]
    if wrong:
        print(f"The server complains in {log}:\n{tail(chr(10).join(wrong))}")
    return 1 if wrong else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="setup/load", description=__doc__)
    parser.add_argument("--users", type=int, default=20, help="how many people work")
    parser.add_argument("--seconds", type=int, default=300, help="and for how long")
    parser.add_argument("--workers", type=int, default=2, help="processes of Odoo")
    return parser.parse_args(arguments)
