"""The nightly scan for unsellable stock over the stock of a large company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .clock import measure
from .company import Company

QUANTS = 100_000
MOVE_LINES = 1_000_000
GENERATOR = Path(__file__).with_name("stock_data.sql")


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Seconds and queries of a first scan, and of one that finds nothing new."""
    env = company.env
    env.cr.execute(GENERATOR.read_text())
    env.cr.execute(
        "SELECT pg_temp.writeoff_bench_stock(%s, %s, %s, %s)",
        (company.company.id, company.shelf.id, QUANTS, MOVE_LINES),
    )
    env.invalidate_all()
    company.company.writeoff_aged_days = 365
    scan = env["inventory.writeoff.scan"]
    candidates = env["inventory.writeoff.candidate"]
    for case in ("first scan", "nothing new"):
        done = measure(env, lambda: scan._scan(company.company))
        yield {
            "part": "scan",
            "case": f"{QUANTS} quants, {MOVE_LINES} move lines, {case}",
            "seconds": round(done.seconds, 2),
            "queries": done.queries,
            "proposals": candidates.search_count(
                [("company_id", "=", company.company.id)]
            ),
        }
