"""Posting a write-off against Odoo's own scrap, line for line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odoo import Command

from .clock import Measure, measure
from .company import METHODS, Company
from .goals import at_least, at_most

CASES = [*((method, False) for method in METHODS), ("fifo", True)]
# How many times less work a line takes than a scrap: posted with one entry, posted with
# an entry per item, and all three steps; then queries per line to post.
GOALS = {
    "standard": (20, 12, 10, 5),
    "average": (20, 12, 10, 5),
    "fifo": (15, 10, 8, 8),
}


def run(company: Company, lines: int, scraps: int) -> Iterator[dict[str, Any]]:
    """For each cost method: time per line, queries per line, and the ratio."""
    for method, by_lot in CASES:
        # Before and after, so that both see the same machine.
        scrap = scrap_one_by_one(company, scraps, method, by_lot)
        steps = {
            detail: write_off(company, lines, method, by_lot, detail)
            for detail in ("summed", "line")
        }
        scrap += scrap_one_by_one(company, scraps, method, by_lot)
        for detail, measures in steps.items():
            yield compare(method, by_lot, detail, lines, scrap, 2 * scraps, measures)


def compare(
    method: str,
    by_lot: bool,
    detail: str,
    lines: int,
    scrap: Measure,
    scraps: int,
    measures: tuple[Measure, Measure, Measure],
) -> dict[str, Any]:
    """The figures of one case beside what is asked of them."""
    hold, approve, post = measures
    slow = scrap.cpu / scraps
    post_ratio = round(slow / (post.cpu / lines), 1)
    all_ratio = round(slow / ((hold + approve + post).cpu / lines), 1)
    summed, per_item, whole, queries = GOALS[method]
    is_summed = detail == "summed"
    goals = [
        at_least("post, times faster", post_ratio, summed if is_summed else per_item),
        at_most(
            "queries per line to post",
            round(post.queries / lines, 2),
            queries if is_summed else queries + 1,
        ),
    ]
    if is_summed:
        goals.append(at_least("all steps, times faster", all_ratio, whole))
    name = f"{method}, by lot" if by_lot else method
    return {
        "part": "posting",
        "case": f"{name}, {'one entry' if is_summed else 'an entry per item'}",
        "lines": lines,
        "scrap": scrap.per(scraps),
        "submit": hold.per(lines),
        "approve": approve.per(lines),
        "post": post.per(lines),
        "times_faster_all": all_ratio,
        "goals": goals,
    }


def scrap_one_by_one(
    company: Company, count: int, method: str, by_lot: bool
) -> Measure:
    """Odoo's scrap orders, validated one after the other, with their entries."""
    products = company.create_products(count, method, by_lot)
    lot_of = company.get_lots(products)
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
    company: Company, count: int, method: str, by_lot: bool, detail: str
) -> tuple[Measure, Measure, Measure]:
    """Submit, approve and post one write-off, by three users."""
    company.company.writeoff_entry_detail = detail
    company.company.writeoff_chunk_size = count
    company.company.writeoff_hold_size = count
    products = company.create_products(count, method, by_lot)
    return post_draft(company, create_draft(company, products))


def post_draft(company: Company, draft: Any) -> tuple[Measure, Measure, Measure]:
    """Submit, approve and post a draft."""
    steps = (
        draft.action_submit,
        draft.with_user(company.users["approver"]).action_approve,
        draft.with_user(company.users["finance"]).action_post,
    )
    hold, approve, post = (measure(company.env, step) for step in steps)
    if draft.state != "posted":
        raise RuntimeError(f"the write-off is {draft.state}, not posted")
    return hold, approve, post


def create_draft(company: Company, products: Any) -> Any:
    """A requester's write-off of six pieces of each product."""
    env, lot_of = company.env, company.get_lots(products)
    method = env.ref("inventory_writeoff.disposal_method_destroy")
    return (
        env["inventory.writeoff"]
        .with_user(company.users["user"])
        .create(
            {
                "reason_id": env.ref("inventory_writeoff.reason_damage").id,
                "disposal_method_id": method.id,
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
