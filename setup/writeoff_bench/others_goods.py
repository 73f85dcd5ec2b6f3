"""A warehouse with goods, and 10,000 of them held where that is asked for.

Runs as a program of its own on a database: what is measured afterwards starts with
committed rows that the database server has looked at, and an empty memory.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import new_test_user
from odoo.tools import config

LINES = 500
# So many times the products are held, each time on another shelf.
SHELVES = 20


def prepare(env: Any, is_held: bool) -> dict[str, Any]:
    """Make a company with stock; returns the ids of what others work with."""
    company = env["res.company"].create({"name": "Others"})
    env["account.chart.template"]._load("generic_coa", company, install_demo=False)
    env.user.write({"company_ids": [Command.link(company.id)]})
    env.user.company_id = company
    env = env(context={"allowed_company_ids": company.ids})
    warehouse = env["stock.warehouse"].create(
        {"name": "Others", "code": "OTHER", "company_id": company.id}
    )
    products = create_products(env, warehouse.lot_stock_id)
    places = fill_shelves(env, warehouse, products)
    user = create_user(env, "bench_stock", "stock.group_stock_user")
    if is_held:
        hold(env, places, products)
    return {
        "company": company.id,
        "warehouse": warehouse.id,
        "products": products.ids,
        "user": user.id,
    }


def create_user(env: Any, login: str, group: str) -> Any:
    """A user of the company with one right."""
    companies = [Command.set(env.company.ids)]
    return new_test_user(
        env, login, groups=group, company_id=env.company.id, company_ids=companies
    )


def create_products(env: Any, shelf: Any) -> Any:
    """Products at average cost, all of them on the shelf."""
    category = env["product.category"].create(
        {"name": "Others", "property_cost_method": "average"}
    )
    products = env["product.product"].create(
        [
            {
                "name": f"Other {number}",
                "is_storable": True,
                "categ_id": category.id,
                "standard_price": 10.0,
            }
            for number in range(LINES)
        ]
    )
    quants = env["stock.quant"].with_context(inventory_mode=True)
    quants.create(
        [
            {
                "product_id": product.id,
                "location_id": shelf.id,
                "inventory_quantity": 1000,
            }
            for product in products
        ]
    ).action_apply_inventory()
    return products


def fill_shelves(env: Any, warehouse: Any, products: Any) -> Any:
    """More of the products elsewhere, whether it is held there or not."""
    parent = warehouse.view_location_id
    more = env["stock.location"].create(
        [{"name": f"H{n}", "location_id": parent.id} for n in range(SHELVES - 1)]
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO stock_quant (product_id, company_id, location_id, quantity,
                                 reserved_quantity, in_date, create_uid, write_uid)
        SELECT product_id, %s, location_id, 10, 0, now(), 1, 1
          FROM unnest(%s) AS product_id, unnest(%s) AS location_id
        """,
        (env.company.id, products.ids, more.ids),
    )
    env.invalidate_all()
    return warehouse.lot_stock_id | more


def hold(env: Any, places: Any, products: Any) -> None:
    """Hold the goods of 10,000 lines: those that are moved, and more elsewhere."""
    loss = env["account.account"].create(
        {"code": "WOLOSS", "name": "Losses", "account_type": "expense"}
    )
    env.company.writeoff_loss_account_id = loss
    requester, _approver = (
        create_user(env, f"bench_{role}", f"inventory_writeoff.group_writeoff_{role}")
        for role in ("user", "approver")
    )
    method = env.ref("inventory_writeoff.disposal_method_destroy")
    env["inventory.writeoff.check"].search([]).severity = "off"
    env.company.writeoff_hold_size = 10**6
    env["inventory.writeoff"].with_user(requester).create(
        {
            "reason_id": env.ref("inventory_writeoff.reason_damage").id,
            "disposal_method_id": method.id,
            "line_ids": [
                Command.create(
                    {"product_id": product.id, "location_id": place.id, "quantity": 1}
                )
                for place in places
                for product in products
            ],
        }
    ).action_submit()


def main() -> None:
    """Commit it, and print what was made as JSON."""
    config.parse_config(["-d", sys.argv[1], "--log-level", "error"])
    with Registry(sys.argv[1]).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        made = prepare(env, "--hold" in sys.argv)
        cursor.commit()
        # As autovacuum does some time after so many rows.
        cursor.execute("ANALYZE")
        cursor.commit()
    print(json.dumps(made))


if __name__ == "__main__":
    main()
