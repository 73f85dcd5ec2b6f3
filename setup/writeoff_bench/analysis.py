"""The analysis of a million items: each grouping of its search view, and pivots."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from odoo import Command
from odoo.tests import new_test_user

from .clock import measure
from .company import Company
from .goals import at_most

ITEMS = 1_000_000
QUANTS = 100_000
SECONDS = 2
HERE = Path(__file__).parent
GROUPS = (
    "inventory_writeoff.group_writeoff_auditor",
    "stock.group_production_lot",
    "stock.group_stock_multi_warehouses",
    "base.group_multi_company",
)
VALUES = ("value_posted", "value_reversed", "value_net")
# What the pivot asks for each amount, beside its sum.
MEASURES = (
    "__count",
    "currency_id:array_agg_distinct",
    *(f"{name}:sum" for name in VALUES),
    *(f"{name}:sum_currency" for name in VALUES),
)
# What a list with all its columns asks for as well.
COLUMNS = (
    *MEASURES,
    "quantity:sum",
    "value_estimated:sum",
    "value_estimated:sum_currency",
    "lot_age:avg",
    "hours_waiting:avg",
    "hours_deciding:avg",
    "hours_posting:avg",
)
PIVOTS = (
    ("supplier_id", "date:month"),
    ("reason_id", "date:month"),
    ("department", "date:month"),
    ("product_category_id", "location_id"),
)
POSTED = [("date", "!=", False)]


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Seconds of work for each, as an auditor reads them, on one processor."""
    fill(company)
    company.env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    own = company.company
    auditor = new_test_user(
        company.env,
        "bench_analyst",
        groups=",".join(GROUPS),
        company_id=own.id,
        company_ids=[Command.set(own.ids)],
    )
    analysis = company.env["inventory.writeoff.analysis"].with_user(auditor)
    groupings = find_groupings(analysis)
    yield show(
        "pivots by",
        {
            name: lambda n=name: analysis.formatted_read_group(POSTED, [n], MEASURES)
            for name in groupings
        },
        company,
    )
    yield show(
        "pivots by two",
        {
            f"{rows} x {columns}": lambda r=rows, c=columns: (
                analysis.formatted_read_grouping_sets(
                    POSTED, [[], [r], [c], [r, c]], MEASURES
                )
            )
            for rows, columns in PIVOTS
        },
        company,
    )
    yield show(
        "lists by",
        {
            name: lambda n=name: analysis.formatted_read_group(
                POSTED, [n], COLUMNS, limit=80
            )
            for name in groupings
        },
        company,
    )


def find_groupings(analysis: Any) -> list[str]:
    """What the search view offers to group by."""
    arch = analysis.get_views([(False, "search")])["views"]["search"]["arch"]
    contexts = etree.fromstring(arch).xpath("//filter/@context")
    marks = [context.split("'") for context in contexts if "group_by" in context]
    return [parts[3] for parts in marks]


def show(title: str, works: dict[str, Any], company: Company) -> dict[str, Any]:
    """One goal for each piece of work."""
    goals = [
        at_most(name, round(measure(company.env, work).cpu, 2), SECONDS)
        for name, work in works.items()
    ]
    return {
        "part": "analysis",
        "case": f"{ITEMS} items, {title}, seconds of work",
        "goals": goals,
    }


def fill(company: Company) -> None:
    """Stock, and posted items of two years."""
    for name in ("stock_data.sql", "analysis_data.sql"):
        company.env.cr.execute((HERE / name).read_text())
    company.env.cr.execute(
        "SELECT pg_temp.writeoff_bench_stock(%s, %s, %s, %s)",
        (company.company.id, company.shelf.id, QUANTS, QUANTS),
    )
    company.env.cr.execute(
        "SELECT pg_temp.writeoff_bench_items(%s, %s)", (company.company.id, ITEMS)
    )
    company.env.invalidate_all()
