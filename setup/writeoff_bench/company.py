"""A company with accounts, people and stock to measure on."""

from __future__ import annotations

from typing import Any

from odoo import Command
from odoo.tests import new_test_user

METHODS = ("standard", "average", "fifo")


class Company:
    """One company, perpetual valuation, and verbs to give it stock."""

    def __init__(self, env: Any):
        company = env["res.company"].create({"name": "Benchmark"})
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        env.user.write({"company_ids": [Command.link(company.id)]})
        env.user.company_id = company
        self.env = env(context={"allowed_company_ids": company.ids})
        self.company = company.with_env(self.env)
        self.loss_account = self.env["account.account"].create(
            {"code": "WOLOSS", "name": "Losses", "account_type": "expense"}
        )
        self.company.writeoff_loss_account_id = self.loss_account
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Benchmark", "code": "BENCH", "company_id": company.id}
        )
        self.shelf = warehouse.lot_stock_id
        self.supplier = self.env.ref("stock.stock_location_suppliers")
        self.scrap_location = self.env["stock.location"].create(
            {
                "name": "Benchmark scrap",
                "usage": "inventory",
                "company_id": company.id,
                "valuation_account_id": self.loss_account.id,
            }
        )
        self.users = {
            role: self._create_user(role)
            for role in ("user", "approver", "senior", "finance")
        }
        # All checks run; none stops the work to wait for a person.
        checks = self.env["inventory.writeoff.check"]
        checks.search([("severity", "=", "review")]).severity = "inform"

    def _create_user(self, role: str) -> Any:
        return new_test_user(
            self.env,
            f"bench_{role}",
            groups=f"inventory_writeoff.group_writeoff_{role}",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def create_category(self, method: str) -> Any:
        """A product category with perpetual valuation by `method`."""
        return self.env["product.category"].create(
            {
                "name": f"Benchmark {method}",
                "property_cost_method": method,
                "property_valuation": "real_time",
            }
        )

    def create_products(self, count: int, method: str, by_lot: bool = False) -> Any:
        """`count` products, received 10 at 10.00 and 10 at 20.00."""
        category = self.create_category(method)
        products = self.env["product.product"].create(
            [
                {
                    "name": f"{method} {number}",
                    "is_storable": True,
                    "categ_id": category.id,
                    "standard_price": 10.0,
                    "tracking": "lot" if by_lot else "none",
                    "lot_valuated": by_lot,
                }
                for number in range(count)
            ]
        )
        lots = self.env["stock.lot"]
        if by_lot:
            lots = lots.create(
                [{"product_id": product.id, "name": "L"} for product in products]
            )
        for price in (10.0, 20.0):
            self._receive(products, lots, price)
        return products

    def _receive(self, products: Any, lots: Any, price: float) -> None:
        lot_of = {lot.product_id: lot for lot in lots}
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": 10,
                    "location_id": self.supplier.id,
                    "location_dest_id": self.shelf.id,
                    "company_id": self.company.id,
                    "price_unit": price,
                    "value_manual": 10 * price,
                }
                for product in products
            ]
        )
        moves._action_confirm()
        moves._action_assign()
        for line in moves.move_line_ids if lots else ():
            line.lot_id = lot_of[line.product_id]
        moves.picked = True
        moves._action_done()
