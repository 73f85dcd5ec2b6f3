"""Posting a write-off against Odoo's own scrap, line for line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odoo import Command

from .clock import Measure, measure
from .company import METHODS, Company

CASES = [*((method, False) for method in METHODS), ("fifo", True)]


def run(company: Company, lines: int, scraps: int) -> Iterator[dict[str, Any]]:
    """For each cost method: time per line, queries per line, and the ratio."""
    for method, by_lot in CASES:
        name = f"{method}, by lot" if by_lot else method
        scrap = scrap_one_by_one(company, scraps, method, by_lot)
        for detail in ("summed", "line"):
            company.company.writeoff_entry_detail = detail
            hold, approve, post = write_off(company, lines, method, by_lot)
            whole = hold.seconds + approve.seconds + post.seconds
            yield {
                "part": "posting",
                "case": f"{name}, {'one entry' if detail == 'summed' else 'per item'}",
                "lines": lines,
                "scrap": scrap.per(scraps),
                "submit": hold.per(lines),
                "approve": approve.per(lines),
                "post": post.per(lines),
                "times_faster_post": ratio(
                    scrap.seconds / scraps, post.seconds / lines
                ),
                "times_faster_all": ratio(scrap.seconds / scraps, whole / lines),
            }


def ratio(slow: float, fast: float) -> float:
    """How many times faster, one decimal."""
    return round(slow / fast, 1)


def scrap_one_by_one(
    company: Company, count: int, method: str, by_lot: bool
) -> Measure:
    """Odoo's scrap orders, validated one after the other, with their entries."""
    products = company.create_products(count, method, by_lot)
    lots = company.env["stock.lot"].search([("product_id", "in", products.ids)])
    lot_of = {lot.product_id: lot.id for lot in lots}
    scraps = company.env["stock.scrap"].create(
        [
            {
                "product_id": product.id,
                "scrap_qty": 6,
                "lot_id": lot_of.get(product, False),
                "location_id": company.shelf.id,
                "scrap_location_id": company.scrap_location.id,
                "company_id": company.company.id,
            }
            for product in products
        ]
    )

    def validate() -> None:
        for scrap in scraps:
            scrap.action_validate()

    return measure(company.env, validate)


def write_off(
    company: Company, count: int, method: str, by_lot: bool
) -> tuple[Measure, Measure, Measure]:
    """Submit, approve and post one write-off, by three users."""
    products = company.create_products(count, method, by_lot)
    lots = company.env["stock.lot"].search([("product_id", "in", products.ids)])
    lot_of = {lot.product_id: lot.id for lot in lots}
    env = company.env
    draft = (
        env["inventory.writeoff"]
        .with_user(company.users["user"])
        .create(
            {
                "reason_id": env.ref("inventory_writeoff.reason_damage").id,
                "disposal_method_id": env.ref(
                    "inventory_writeoff.disposal_method_destroy"
                ).id,
                "location_id": company.shelf.id,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "lot_id": lot_of.get(product, False),
                            "quantity": 6,
                        }
                    )
                    for product in products
                ],
            }
        )
    )
    steps = (
        draft.action_submit,
        draft.with_user(company.users["approver"]).action_approve,
        draft.with_user(company.users["finance"]).action_post,
    )
    hold, approve, post = (measure(env, step) for step in steps)
    if draft.state != "posted":
        raise RuntimeError(f"the write-off is {draft.state}, not posted")
    return hold, approve, post
