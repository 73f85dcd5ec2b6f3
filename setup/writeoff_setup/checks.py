"""Linters, and a look at what Odoo logged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .addons import Addon
from .errors import StepFailed
from .run import tail
from .venv import ROOT
from .workshop import Workshop

ALLOWED = ROOT / "setup" / "allowed_warnings.txt"
COMPLAINT = re.compile(
    r" \d+ (?:WARNING|ERROR|CRITICAL) "
    r"|^<string>:\d+: \((?:WARNING|ERROR|SEVERE)/"
    r"|^Traceback "
)


def lint(
    workshop: Workshop, addons: Sequence[Addon]
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Title and check of every linter."""
    programs = workshop.venv / "bin"
    folders = [addon.folder for addon in addons]
    config = ROOT / "pyproject.toml"
    lines = {
        "ruff": ["ruff", "check", "--no-cache", ROOT],
        "ruff format": ["ruff", "format", "--no-cache", "--check", "--diff", ROOT],
        "pylint-odoo": ["pylint", f"--rcfile={config}", *folders],
        "oca-checks": ["oca-checks-odoo-module", *folders],
    }
    for title, (program, *arguments) in lines.items():
        argv = [programs / program, *arguments]
        log = workshop.run.logs / f"{title.replace(' ', '-')}.log"
        yield title, _check(workshop, title, argv, log)


def _check(
    workshop: Workshop, title: str, argv: Sequence[str | Path], log: Path
) -> Callable[[], None]:
    def check() -> None:
        try:
            # pylint reads half of Odoo if it finds it, and says the same
            env = {k: v for k, v in workshop.env.items() if k != "PYTHONPATH"}
            env["PYLINTHOME"] = str(workshop.run.logs)
            workshop.run.call(argv, title, env=env, cwd=ROOT, log=log)
        except StepFailed as failure:
            failure.tail = tail(log.read_text(), 40)
            raise

    return check


def look_at_log(log: Path) -> None:
    """StepFailed if Odoo complained of anything that is not allowed."""
    allowed = [line for line in ALLOWED.read_text().splitlines() if line[:1] > "#"]
    lines = log.read_text(errors="replace").splitlines()
    wrong = [line for line in complaints(lines) if not _any_in(allowed, line)]
    if wrong:
        raise StepFailed("Odoo complains in its log:", log, tail("\n".join(wrong), 40))


def complaints(lines: Sequence[str]) -> list[str]:
    """The lines that Odoo logged as a warning or worse."""
    return [line for line in lines if COMPLAINT.search(line)]


def _any_in(texts: Sequence[str], line: str) -> bool:
    return any(text in line for text in texts)
