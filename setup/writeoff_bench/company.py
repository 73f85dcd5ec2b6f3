"""A company with accounts, people and stock to measure on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from odoo import Command
from odoo.tests import new_test_user

GENERATOR = Path(__file__).with_name("goods.sql")
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
        # At once, unless a part says otherwise.
        self.company.writeoff_chunk_size = self.company.writeoff_hold_size = 10**6
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
        model = self._create_product(method, by_lot)
        self.env.flush_all()
        self.env.cr.execute(GENERATOR.read_text())
        self.env.cr.execute(
            "SELECT pg_temp.writeoff_bench_copy(%s, %s)", (model.id, count - 1)
        )
        copies = [product_id for (product_id,) in self.env.cr.fetchall()]
        products = model.browse([model.id, *copies])
        self._receive(products)
        return products

    def _create_product(self, method: str, by_lot: bool) -> Any:
        product = self.env["product.product"].create(
            {
                "name": method,
                "is_storable": True,
                "categ_id": self.create_category(method).id,
                # What Odoo makes of the two receipts.
                "standard_price": 10.0 if method == "standard" else 15.0,
                "tracking": "lot" if by_lot else "none",
                "lot_valuated": by_lot,
            }
        )
        if by_lot:
            self.env["stock.lot"].create({"product_id": product.id, "name": "L"})
        return product

    def get_lots(self, products: Any) -> dict[Any, int]:
        """The id of the lot of each product that has one."""
        lots = self.env["stock.lot"].search([("product_id", "in", products.ids)])
        return {lot.product_id: lot.id for lot in lots}

    def _receive(self, products: Any) -> None:
        self.env.cr.execute(
            "SELECT pg_temp.writeoff_bench_receive(%s, %s, %s, %s, %s)",
            (
                self.company.id,
                self.shelf.id,
                self.supplier.id,
                products.ids,
                products.uom_id.id,
            ),
        )
        self.env.invalidate_all()
