"""The tie-out of a company that has posted very many items."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from .clock import measure
from .company import Company
from .goals import at_most

ITEMS = 100_000
HERE = Path(__file__).parent
DAYS = 100
SECONDS = 2


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Seconds and queries of the three sides, and of the whole screen."""
    env, own = company.env, company.company
    company.create_products(1, "average")
    for name in ("stock_data.sql", "tie_out_data.sql"):
        env.cr.execute((HERE / name).read_text())
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
    env.invalidate_all()
    tie_outs = env["inventory.writeoff.tie.out"]
    today = date.today()
    period = today - timedelta(days=DAYS), today
    rows: list[dict[str, Any]] = []
    sides = measure(env, lambda: rows.extend(tie_outs._get_tie_out(own, *period)))
    finance = tie_outs.with_user(company.users["finance"])
    values = dict(zip(("date_from", "date_to"), period, strict=True))
    names = ["register", "difference", "unexplained", "count_edited"]
    shown: list[dict[str, Any]] = []
    screen = measure(
        env, lambda: shown.extend(finance.create(dict(values)).read(names))
    )
    for case, done in (("three sides", sides), ("whole screen", screen)):
        yield {
            "part": "tie-out",
            "case": f"{ITEMS} posted items, {case}",
            "seconds": round(done.seconds, 2),
            "queries": done.queries,
            "rows": len(rows),
            "register": sum(row["register"] for row in rows),
            "difference": sum(row["difference"] for row in rows),
            "documents_that_differ": shown[0]["count_edited"],
            "goals": [at_most(f"{case}, seconds", done.seconds, SECONDS)],
        }
