"""What came of Odoo's own tests, and what differs between two runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from .venv import ROOT

EXPLAINED = ROOT / "setup" / "odoo_suites_explained.txt"
# the worst first: a test with several reports, as subtests give, has the worst
OUTCOMES = ("error", "failed", "skipped", "passed")
OF_TAG = {"error": "error", "failure": "failed", "skipped": "skipped"}
ABSENT = "not run"

# name of a test (module/file::Class::method): one of OUTCOMES
Results = dict[str, str]


def read_results(file: Path, suite: str) -> Results:
    """The outcome of each test in a JUnit file."""
    results: Results = {}
    for case in ElementTree.parse(file).iter("testcase"):
        place, _dot, group = case.get("classname", "").rpartition(".")
        name = f"{suite}/{place.rpartition('.')[2]}::{group}::{case.get('name')}"
        outcomes = [OF_TAG[child.tag] for child in case if child.tag in OF_TAG]
        outcomes.append(results.get(name, "passed"))
        results[name] = min(outcomes, key=OUTCOMES.index)
    return results


def differences(without: Results, with_ours: Results) -> dict[str, tuple[str, str]]:
    """What tests came to, where that is not the same."""
    pairs = {
        name: (without.get(name, ABSENT), with_ours.get(name, ABSENT))
        for name in without.keys() | with_ours.keys()
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def summary(results: Results) -> str:
    """How many tests came to what."""
    counts = Counter(results.values())
    parts = [f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome]]
    return f"{len(results)} tests: {', '.join(parts)}"


def explanations(file: Path = EXPLAINED) -> dict[str, str]:
    """{name of a test: why it has to differ}."""
    lines = [line for line in file.read_text().splitlines() if line[:1] > "#"]
    pairs = (line.partition(" ") for line in lines)
    return {name: reason.strip() for name, _space, reason in pairs}
