"""What is left when everybody has gone home: nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from .plan import parse

TESTS = Path(__file__).parents[2] / "tests" / "test_inventory_writeoff"


def main() -> None:
    """Print what is wrong, and fail if anything is."""
    options = parse()
    config.parse_config(["-d", options.database, "--log-level", "error"])
    plan = json.loads(options.plan.read_text())
    with Registry(options.database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        env["inventory.writeoff.sealer"]._cron_seal()
        company = SimpleNamespace(company_id=plan["company"])
        wrong = load_invariants().find_broken(env, company)
        wrong += find_unlike(env, plan)
        posted = env["inventory.writeoff"].search_count([("state", "=", "posted")])
        cursor.rollback()
    print(f"\n{posted} write-offs are posted; what is wrong: {wrong or 'nothing'}")
    raise SystemExit(1 if wrong else 0)


def load_invariants() -> ModuleType:
    """What is true after every step of a simulation is true here as well."""
    path = TESTS / "simulation" / "invariants.py"
    spec = spec_from_file_location("invariants", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_unlike(env: Any, plan: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the people were told, and the database says otherwise."""
    posted = env["inventory.writeoff"].search([("state", "=", "posted")])
    told = Counter(plan["posted"])
    wrong = [("posted twice", key) for key, count in told.items() if count > 1]
    wrong += [("told posted", key) for key in told if key not in posted.ids]
    wrong += [("not told", key) for key in posted.ids if key not in told]
    gone: Counter[int] = Counter()
    for line in posted.line_ids:
        gone[line.product_id.id] += line.quantity
    for product, quantity in plan["delivered"].items():
        gone[int(product)] += quantity
    quants = env["stock.quant"].search([("location_id", "=", plan["location"])])
    for product in plan["products"]:
        mine = quants.filtered(lambda quant, p=product: quant.product_id.id == p)
        if sum(mine.mapped("quantity")) != plan["quantity"] - gone[product]:
            wrong.append(("on the shelf", (product, mine.mapped("quantity"))))
    return wrong


if __name__ == "__main__":
    main()
