"""A company with people, products by all cost methods, and stock."""

from __future__ import annotations

import json
from typing import Any

from writeoff_bench.company import METHODS, Company

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import new_test_user
from odoo.tools import config

from .plan import PASSWORD, logins, parse

GROUPS = {
    "asks": "inventory_writeoff.group_writeoff_user",
    "decides": "inventory_writeoff.group_writeoff_approver",
    "posts": "inventory_writeoff.group_writeoff_finance",
    "delivers": "stock.group_stock_user",
}
PRODUCTS = 4
QUANTITY = 1_000_000


def main() -> None:
    """Make everything, commit it, and write down what the others need of it."""
    options = parse()
    config.parse_config(["-d", options.database, "--log-level", "error"])
    with Registry(options.database).cursor() as cursor:
        company = Company(api.Environment(cursor, SUPERUSER_ID, {}))
        disposal = company.env.ref("inventory_writeoff.disposal_method_destroy")
        plan = {
            "company": company.company.id,
            "location": company.shelf.id,
            "customers": company.env.ref("stock.stock_location_customers").id,
            "picking_type": company.shelf.warehouse_id.out_type_id.id,
            "reason": company.env.ref("inventory_writeoff.reason_damage").id,
            "disposal": disposal.id,
            "products": create_products(company),
            "quantity": QUANTITY,
        }
        create_users(company, options.users)
    options.plan.write_text(json.dumps(plan))


def create_products(company: Company) -> list[int]:
    """Ids of products with stock that a purchase brought."""
    products = company.env["product.product"].create(
        [
            {
                "name": f"{method} {number}",
                "is_storable": True,
                "standard_price": 1.25,
                "categ_id": category.id,
            }
            for method in METHODS
            for category in [company.create_category(method)]
            for number in range(PRODUCTS)
        ]
    )
    moves = company.env["stock.move"].create(
        [
            {
                "product_id": product.id,
                "product_uom_qty": QUANTITY,
                "location_id": company.supplier.id,
                "location_dest_id": company.shelf.id,
                "company_id": company.company.id,
            }
            for product in products
        ]
    )
    moves._action_confirm()
    for move in moves:
        move.quantity = QUANTITY
    moves.picked = True
    moves._action_done()
    return products.ids


def create_users(company: Company, users: int) -> list[Any]:
    """The people, each with the password of all."""
    return [
        new_test_user(
            company.env,
            login,
            groups=GROUPS[role],
            password=PASSWORD,
            company_id=company.company.id,
            company_ids=[Command.set(company.company.ids)],
        )
        for login, role in logins(users)
    ]


if __name__ == "__main__":
    main()
