"""The dashboard of a company with much stock that has posted very many items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from odoo import Command
from odoo.tests import new_test_user

from .clock import measure
from .company import Company

ITEMS = 100_000
QUANTS = 100_000
HERE = Path(__file__).parent
PERIODS = ("month", "quarter", "year")


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Seconds and queries of all figures, as an auditor reads them."""
    fill(company)
    own = company.company
    auditor = new_test_user(
        company.env,
        "bench_auditor",
        groups="inventory_writeoff.group_writeoff_auditor",
        company_id=own.id,
        company_ids=[Command.set(own.ids)],
    )
    figures = company.env["inventory.writeoff.kpi"].with_user(auditor)
    for period in PERIODS:
        told: list[dict[str, Any]] = []

        def read(period: str = period, told: list[Any] = told) -> None:
            told.append(figures.get_figures({"period": period}))

        cold = measure(company.env, read)
        warm = measure(company.env, read)
        yield {
            "part": "dashboard",
            "case": f"{ITEMS} posted items, {QUANTS} quants, {period}",
            "seconds": round(cold.seconds, 2),
            "queries": cold.queries,
            "again": {"seconds": round(warm.seconds, 2), "queries": warm.queries},
            "written_off": told[0]["figures"]["written_off"]["value"],
            "inventory_value": told[0]["figures"]["inventory_value"]["value"],
            "tie_out": told[0]["figures"]["tie_out_difference"]["value"],
        }


def fill(company: Company) -> None:
    """Stock, and write-offs of it, in seconds."""
    env, own = company.env, company.company
    for name in ("stock_data.sql", "tie_out_data.sql", "dashboard_data.sql"):
        env.cr.execute((HERE / name).read_text())
    env.cr.execute(
        "SELECT pg_temp.writeoff_bench_stock(%s, %s, %s, %s)",
        (own.id, company.shelf.id, QUANTS, ITEMS),
    )
    env.cr.execute(
        "SELECT pg_temp.writeoff_bench_posted(%s, %s, %s, %s, %s, %s, %s)",
        (
            own.id,
            company.shelf.id,
            own.writeoff_location_id.id,
            company.loss_account.id,
            own.account_stock_valuation_id.id,
            own.account_stock_journal_id.id,
            ITEMS,
        ),
    )
    env.cr.execute("SELECT pg_temp.writeoff_bench_told(%s)", (own.id,))
    env.invalidate_all()
