"""The Python that Odoo runs on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from math import inf
from pathlib import Path

from .cache import digest
from .errors import SetupError, StepFailed
from .run import Run

SUPPORTED = ((3, 10), (3, 13))
# Another build must be that much faster: less is what a busy machine makes of the same.
CLEARLY_FASTER = 0.9
# Prints the seconds that simple work takes: the least of several, since what disturbs
# can only make it more.
PROBE = """
import ssl, time, venv

class Item:
    def __init__(self, number):
        self.number = number

    def double(self):
        return self.number * 2

def work():
    items = {number: Item(number) for number in range(50000)}
    return sum(len(f"{item.double()}") for item in items.values() if item.number % 3)

def measure():
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

print(min(measure() for _ in range(9)))
"""


def find_python(run: Run) -> Path:
    """A Python that Odoo 19 supports: the one that runs us, or one on the PATH.

    Of several builds of its version the fastest: distributions let the compiler learn
    from a trial run, others seldom do, and then Python takes a third more time. What
    was chosen once is kept.
    """
    builds = find_builds(supported_version())
    chosen = run.cache.home / f"python-{digest(*builds)}"
    if not chosen.exists() or not Path(chosen.read_text()).exists():
        chosen.write_text(str(choose(run, builds)))
    return Path(chosen.read_text())


def supported_version() -> str:
    """The version that runs us, or else the highest on the PATH that will do."""
    lowest, highest = SUPPORTED
    if lowest <= sys.version_info[:2] <= highest:
        return _own_version()
    for minor in range(highest[1], lowest[1] - 1, -1):
        if shutil.which(f"python3.{minor}"):
            return f"3.{minor}"
    raise SetupError(
        f"Odoo 19 runs on Python 3.{lowest[1]} to 3.{highest[1]}; this is "
        f"{_own_version()}. Install one of those beside it; nothing else has to change."
    )


def find_builds(version: str) -> list[Path]:
    """The Pythons of that version: the one that runs us first, then by the PATH."""
    own = [Path(sys.executable)] if version == _own_version() else []
    paths = [Path(folder, f"python{version}") for folder in os.get_exec_path()]
    found = [*own, *(path for path in paths if os.access(path, os.X_OK))]
    # a folder may be on the PATH by two names
    return list({path.resolve(): path for path in reversed(found)}.values())[::-1]


def _own_version() -> str:
    return ".".join(map(str, sys.version_info[:2]))


def choose(run: Run, builds: Sequence[Path]) -> Path:
    """The first of `builds`, or the fastest of the others if that is clearly faster."""
    first, *others = builds
    limit = CLEARLY_FASTER * seconds(run, first) if others else 0
    times = {path: seconds(run, path) for path in others}
    return min(
        (path for path in others if times[path] < limit), key=times.get, default=first
    )


def seconds(run: Run, python: Path) -> float:
    """How long simple work takes; infinite for what is no whole Python."""
    try:
        return float(run.output([python, "-I", "-c", PROBE]))
    except (OSError, StepFailed, ValueError):
        return inf
