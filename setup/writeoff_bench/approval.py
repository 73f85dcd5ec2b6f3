"""The approval policy over many write-offs that are approved at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odoo import Command

from .clock import measure
from .company import Company

DOCUMENTS = 1000


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Two steps, the first decided for all write-offs in one call, then the second."""
    writeoffs = submit(company)
    first = writeoffs.with_user(company.users["approver"])
    second = writeoffs.with_user(company.users["senior"])
    figures = {
        name: measure(company.env, step).per(DOCUMENTS)
        for name, step in (
            ("first_step", first.action_approve),
            ("last_step", second.action_approve),
        )
    }
    if set(writeoffs.mapped("state")) != {"approved"}:
        raise RuntimeError("not all write-offs are approved")
    yield {
        "part": "approval",
        "case": f"{DOCUMENTS} write-offs of one item, two steps",
        **figures,
    }


def submit(company: Company) -> Any:
    """As many submitted write-offs of one item, in which two people have a say."""
    env = company.env
    rules = env["inventory.writeoff.approval.rule"]
    rules.search([]).active = False
    for role in ("approver", "senior"):
        group = env.ref(f"inventory_writeoff.group_writeoff_{role}")
        rules.create(
            {"name": role, "company_id": company.company.id, "group_id": group.id}
        )
    products = company.create_products(10, "standard")
    drafts = (
        env["inventory.writeoff"]
        .with_user(company.users["user"])
        .create([prepare(company, products[n % 10]) for n in range(DOCUMENTS)])
    )
    drafts.action_submit()
    return drafts


def prepare(company: Company, product: Any) -> dict[str, Any]:
    """The values of a write-off of a hundredth of what is there."""
    env = company.env
    method = env.ref("inventory_writeoff.disposal_method_destroy")
    return {
        "reason_id": env.ref("inventory_writeoff.reason_damage").id,
        "disposal_method_id": method.id,
        "location_id": company.shelf.id,
        "line_ids": [Command.create({"product_id": product.id, "quantity": 0.2})],
    }
