"""What a delivery, a receipt and a count of 500 lines take, whatever is installed.

Runs as a program of its own on a database, so that the same work can be measured on
one with the add-ons and on one without them.
"""

from __future__ import annotations

import cProfile
import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import new_test_user
from odoo.tools import config

from .clock import Measure, measure
from .goals import at_most

LINES = 500
# So many times the products are held, each time on another shelf.
SHELVES = 20
OPERATIONS = ("deliver", "receive", "count")
# The first run fills caches; of the others the cheapest was disturbed least. All is
# done once more, since the machine itself is faster at one time than at another.
RUNS = 5
ROUNDS = 2


class Others:
    """A warehouse whose people have never heard of write-offs."""

    def __init__(self, env: Any):
        company = env["res.company"].create({"name": "Others"})
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        env.user.write({"company_ids": [Command.link(company.id)]})
        env.user.company_id = company
        self.env = env(context={"allowed_company_ids": company.ids})
        self.company = company.with_env(self.env)
        self.warehouse = self.env["stock.warehouse"].create(
            {"name": "Others", "code": "OTHER", "company_id": company.id}
        )
        self.shelf = self.warehouse.lot_stock_id
        self.products = self._create_products()
        self.places = self._fill_shelves()
        self.user = new_test_user(
            self.env,
            "bench_stock",
            groups="stock.group_stock_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _create_products(self) -> Any:
        category = self.env["product.category"].create(
            {"name": "Others", "property_cost_method": "average"}
        )
        products = self.env["product.product"].create(
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
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            [
                {
                    "product_id": product.id,
                    "location_id": self.shelf.id,
                    "inventory_quantity": 1000,
                }
                for product in products
            ]
        ).action_apply_inventory()
        return products

    def _fill_shelves(self) -> Any:
        """More of the products elsewhere, whether it is held there or not."""
        parent = self.warehouse.view_location_id
        more = self.env["stock.location"].create(
            [{"name": f"H{n}", "location_id": parent.id} for n in range(SHELVES - 1)]
        )
        fill(self.env, self, more)
        return self.shelf | more

    def deliver(self) -> Callable[[], object]:
        """A delivery that is reserved and ready to be validated."""
        customers = self.env.ref("stock.stock_location_customers")
        return self._prepare(self.warehouse.out_type_id, self.shelf, customers)

    def receive(self) -> Callable[[], object]:
        """A receipt that is ready to be validated."""
        suppliers = self.env.ref("stock.stock_location_suppliers")
        return self._prepare(self.warehouse.in_type_id, suppliers, self.shelf)

    def count(self) -> Callable[[], object]:
        """A count that finds one piece less of everything."""
        quants = (
            self.env["stock.quant"]
            .with_user(self.user)
            .search(
                [
                    ("product_id", "in", self.products.ids),
                    ("location_id", "=", self.shelf.id),
                ]
            )
        )
        for quant in quants.with_context(inventory_mode=True):
            quant.inventory_quantity = quant.quantity - 1
        return quants.with_context(inventory_mode=True).action_apply_inventory

    def _prepare(self, kind: Any, source: Any, target: Any) -> Callable[[], object]:
        places = {"location_id": source.id, "location_dest_id": target.id}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                **places,
                "move_ids": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 1.0, **places}
                    )
                    for product in self.products
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        return picking.with_user(self.user).button_validate


def run(others: Others) -> dict[str, dict[str, float]]:
    """Queries and milliseconds of process and database time of each operation."""
    figures = {}
    for name in OPERATIONS:
        measures = [run_once(others, getattr(others, name)) for _ in range(RUNS)][1:]
        figures[name] = {
            "queries": min(measured.queries for measured in measures),
            "ms": round(1000 * min(measured.cpu for measured in measures), 1),
            "calls": count_calls(others, getattr(others, name)),
        }
    return figures


def count_calls(others: Others, prepare: Callable[[], Callable[[], object]]) -> int:
    """How many functions are called: the same on a busy machine and an idle one."""
    profile = cProfile.Profile()

    def work(do: Callable[[], object]) -> None:
        profile.runcall(do)
        profile.runcall(others.env.flush_all)

    run_once(others, lambda: partial(work, prepare()))
    return sum(entry.callcount for entry in profile.getstats())


def run_once(others: Others, prepare: Callable[[], Callable[[], object]]) -> Measure:
    """Do the work and undo it."""
    with others.env.cr.savepoint() as savepoint:
        measured = measure(others.env, prepare())
        savepoint.rollback()
    return measured


def hold(others: Others) -> None:
    """Hold the goods of 10,000 lines: those that are moved, and more elsewhere."""
    env = others.env
    loss = env["account.account"].create(
        {"code": "WOLOSS", "name": "Losses", "account_type": "expense"}
    )
    others.company.writeoff_loss_account_id = loss
    requester, _approver = (
        new_test_user(
            env,
            f"bench_{role}",
            groups=f"inventory_writeoff.group_writeoff_{role}",
            company_id=others.company.id,
            company_ids=[Command.set(others.company.ids)],
        )
        for role in ("user", "approver")
    )
    method = env.ref("inventory_writeoff.disposal_method_destroy")
    env["inventory.writeoff.check"].search([]).severity = "off"
    others.company.writeoff_hold_size = 10**6
    env["inventory.writeoff"].with_user(requester).create(
        {
            "reason_id": env.ref("inventory_writeoff.reason_damage").id,
            "disposal_method_id": method.id,
            "line_ids": [
                Command.create(
                    {"product_id": product.id, "location_id": place.id, "quantity": 1}
                )
                for place in others.places
                for product in others.products
            ],
        }
    ).action_submit()


def fill(env: Any, others: Others, places: Any) -> None:
    """Put stock of all products on the shelves."""
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO stock_quant (product_id, company_id, location_id, quantity,
                                 reserved_quantity, in_date, create_uid, write_uid)
        SELECT product_id, %s, location_id, 10, 0, now(), 1, 1
          FROM unnest(%s) AS product_id, unnest(%s) AS location_id
        """,
        (others.company.id, others.products.ids, places.ids),
    )
    env.invalidate_all()


def compare(without: str, with_addons: str) -> Iterator[dict[str, Any]]:
    """The same work on a database without the add-ons and on one with them."""
    asked = {
        "without": [without],
        "with": [with_addons],
        "held": [with_addons, "--held"],
    }
    rounds = [
        {case: ask(*arguments) for case, arguments in asked.items()}
        for _round in range(ROUNDS)
    ]
    for name in OPERATIONS:
        figures = {
            case: {
                figure: min(cases[case][name][figure] for cases in rounds)
                for figure in ("queries", "ms", "calls")
            }
            for case in asked
        }
        goals = []
        for case in ("with", "held"):
            more = figures[case]["queries"] - figures["without"]["queries"]
            goals.append(at_most(f"{case}, more queries", more, 2))
            for figure, what in (("ms", "time"), ("calls", "calls of functions")):
                longer = 100 * (figures[case][figure] / figures["without"][figure] - 1)
                goals.append(at_most(f"{case}, % more {what}", round(longer, 1), 3))
        yield {
            "part": "others",
            "case": f"{name}, {LINES} lines (held: while 10,000 lines are)",
            **figures,
            "goals": goals,
        }


def ask(database: str, *options: str) -> Any:
    """The figures of a database, from a process of its own."""
    command = [sys.executable, "-m", "writeoff_bench.others", database, *options]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    return json.loads(answer.stdout.splitlines()[-1])


def main() -> None:
    """Print the figures of a database as JSON."""
    config.parse_config(["-d", sys.argv[1], "--log-level", "error"])
    with Registry(sys.argv[1]).cursor() as cursor:
        others = Others(api.Environment(cursor, SUPERUSER_ID, {}))
        if "--held" in sys.argv:
            hold(others)
        # What the preparations have left in memory is not in anybody's way.
        gc.collect()
        gc.freeze()
        print(json.dumps(run(others)))
        cursor.rollback()


if __name__ == "__main__":
    main()
