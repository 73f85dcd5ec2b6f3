"""The value of stock in one query against Odoo's own `stock_value()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .clock import measure
from .company import METHODS, Company

PRODUCTS = 2000


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Time and queries of both on the same 2,000 products, and the two amounts."""
    for method in METHODS:
        company.create_products(PRODUCTS // len(METHODS) + 1, method)
    amounts = {}
    own = company.company.with_company(company.company)

    def odoo() -> None:
        amounts["odoo"] = round(sum(own.stock_value().values()), 2)

    def ours() -> None:
        amounts["ours"] = company.env["inventory.valuation"]._get_value(own)

    slow, fast = measure(company.env, odoo), measure(company.env, ours)
    yield {
        "part": "valuation",
        "case": f"{PRODUCTS} products",
        "odoo": {"seconds": round(slow.seconds, 3), "queries": slow.queries},
        "ours": {"seconds": round(fast.seconds, 4), "queries": fast.queries},
        "amounts": amounts,
        "difference": round(amounts["odoo"] - amounts["ours"], 2),
        "times_faster": round(slow.seconds / fast.seconds, 1),
    }
