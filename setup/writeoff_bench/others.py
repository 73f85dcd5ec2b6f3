"""What a delivery, a receipt and a count of 500 lines take, whatever is installed.

Runs as a program of its own on a database, so that the same work can be measured on
one with the add-ons and on one without them. The goods were there before.
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
from odoo.tools import config

from .clock import Measure, measure
from .goals import at_most
from .others_goods import LINES

OPERATIONS = ("deliver", "receive", "count")
# The first run fills caches; of the others the cheapest was disturbed least. All is
# done once more, since the machine itself is faster at one time than at another.
RUNS = 5
ROUNDS = 2


class Others:
    """A warehouse whose people have never heard of write-offs."""

    def __init__(self, env: Any, made: dict[str, Any]):
        self.env = env(context={"allowed_company_ids": [made["company"]]})
        self.warehouse = self.env["stock.warehouse"].browse(made["warehouse"])
        self.shelf = self.warehouse.lot_stock_id
        self.products = self.env["product.product"].browse(made["products"])
        self.user = self.env["res.users"].browse(made["user"])

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


def compare(without: str, with_addons: str, held: str) -> Iterator[dict[str, Any]]:
    """The same work on a database without the add-ons, and on two with them."""
    databases = {"without": without, "with": with_addons, "held": held}
    made = {
        case: ask("others_goods", database, *["--hold"] * (case == "held"))
        for case, database in databases.items()
    }
    rounds = [
        {
            case: ask("others", database, json.dumps(made[case]))
            for case, database in databases.items()
        }
        for _round in range(ROUNDS)
    ]
    for name in OPERATIONS:
        figures = {
            case: {
                figure: min(cases[case][name][figure] for cases in rounds)
                for figure in ("queries", "ms", "calls")
            }
            for case in databases
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


def ask(program: str, *arguments: str) -> Any:
    """What a program prints last, in a process of its own."""
    command = [sys.executable, "-m", f"writeoff_bench.{program}", *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    return json.loads(answer.stdout.splitlines()[-1])


def main() -> None:
    """Print the figures of a database as JSON; nothing of the work stays."""
    config.parse_config(["-d", sys.argv[1], "--log-level", "error"])
    with Registry(sys.argv[1]).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        others = Others(env, json.loads(sys.argv[2]))
        # What loading Odoo has left in memory is not in anybody's way.
        gc.collect()
        gc.freeze()
        print(json.dumps(run(others)))
        cursor.rollback()


if __name__ == "__main__":
    main()
