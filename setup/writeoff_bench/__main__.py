"""Runs the parts on one database, prints each figure as it comes, writes JSON."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import (
    analysis,
    approval,
    dashboard,
    documents,
    floor,
    goals,
    others,
    posting,
    register,
    scale,
    scan,
    stages,
    tie_out,
    valuation,
)
from .company import Company

PARTS = {
    "valuation": valuation.run,
    "scan": scan.run,
    "tie_out": tie_out.run,
    "dashboard": dashboard.run,
    "approval": approval.run,
    "posting": posting.run,
    "stages": stages.run,
    "floor": floor.run,
    "scale": scale.run,
    "documents": documents.run,
    "analysis": analysis.run,
    "register": register.run,
}


def main() -> None:
    """Each part works in a transaction that is rolled back."""
    options = parse()
    config.parse_config(["-d", options.database, "--log-level", "error"])
    results: list[dict[str, Any]] = []
    for name, part in PARTS.items():
        if options.only and options.only not in name:
            continue
        with Registry(options.database).cursor() as cursor:
            company = Company(api.Environment(cursor, SUPERUSER_ID, {}))
            for result in part(company, options.lines, options.scraps):
                show(result)
                results.append(result)
            cursor.rollback()
    if options.without and (options.only or "others") in "others":
        for result in others.compare(options.without, options.database, options.held):
            show(result)
            results.append(result)
    show_verdict(results)
    if options.json:
        document = {"cores": os.cpu_count(), "results": results}
        options.json.write_text(json.dumps(document, indent=2) + "\n")


def show(result: dict[str, Any]) -> None:
    """Print one result as a block of a table."""
    print(f"\n{result['part']}: {result['case']}")
    for name, value in result.items():
        if name in ("part", "case", "goals"):
            continue
        if isinstance(value, dict):
            value = "  ".join(f"{key} {figure}" for key, figure in value.items())
        print(f"  {name.replace('_', ' '):20} {value}")
    print(goals.show(result.get("goals", [])), flush=True)


def show_verdict(results: list[dict[str, Any]]) -> None:
    """Print how many goals were reached, and name the others."""
    reached = [goal for result in results for goal in result.get("goals", [])]
    missed = [goal for goal in reached if goal["verdict"] != "pass"]
    print(f"\n{len(reached) - len(missed)} of {len(reached)} goals reached")
    print(goals.show(missed))


def parse() -> argparse.Namespace:
    """The options, as setup/bench passes them on."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("--without")
    parser.add_argument("--held")
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--scraps", type=int, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only")
    return parser.parse_args()


main()
