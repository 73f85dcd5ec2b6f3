from odoo import Command
from odoo.tests import new_test_user

from .own_database import OwnDatabaseCase


class BusyCompanyCase(OwnDatabaseCase):
    """A company with accounts and people who do things at the same time."""

    roles = {"asks": "user", "decides": "approver"}

    @classmethod
    def prepare(cls, env):
        company = env["res.company"].create({"name": "Busy Company"})
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        env.user.write({"company_ids": [Command.link(company.id)]})
        env = env(context={"allowed_company_ids": company.ids})
        cls.company_id = company.id
        cls.users = {
            login: cls._create_user(
                env, login, f"inventory_writeoff.group_writeoff_{role}"
            )
            for login, role in cls.roles.items()
        }
        company.writeoff_loss_account_id = env["account.account"].create(
            {"code": "WOLOSS", "name": "Losses", "account_type": "expense"}
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)])
        cls.location_id = warehouse.lot_stock_id.id
        cls.picking_type_id = warehouse.out_type_id.id
        cls.customer_id = env.ref("stock.stock_location_customers").id
        cls.prepare_company(env)

    @classmethod
    def prepare_company(cls, env):
        """Make what else the tests start from, in the company."""

    @classmethod
    def _create_user(cls, env, login, groups):
        return new_test_user(
            env,
            login,
            groups=groups,
            company_id=cls.company_id,
            company_ids=[Command.set([cls.company_id])],
        ).id

    def _stock(self, quantity=10.0, count=1):
        """Return ids of new products at 10.00 with this quantity on hand."""
        with self._open() as env:
            products = env["product.product"].create(
                [{"name": f"Goods {i}", "is_storable": True} for i in range(count)]
            )
            location = env["stock.location"].browse(self.location_id)
            products.with_company(self.company_id).standard_price = 10.0
            for product in products:
                env["stock.quant"]._update_available_quantity(
                    product, location, quantity
                )
            return products.ids

    def _drafts(self, product_ids, quantity):
        """Return ids of a draft for each product."""
        with self._open(self.users["asks"]) as env:
            method = env.ref("inventory_writeoff.disposal_method_destroy")
            common = {
                "reason_id": env.ref("inventory_writeoff.reason_damage").id,
                "disposal_method_id": method.id,
                "location_id": self.location_id,
            }
            lines = [
                Command.create({"product_id": product_id, "quantity": quantity})
                for product_id in product_ids
            ]
            drafts = env["inventory.writeoff"].create(
                [{**common, "line_ids": [line]} for line in lines]
            )
            return drafts.ids

    def _call(self, writeoff_id, method, *args):
        def call(env):
            getattr(env["inventory.writeoff"].browse(writeoff_id), method)(*args)
            return "done"

        return call

    def _act(self, login, method, writeoff_id, *args):
        with self._open(self.users[login]) as env:
            return self._call(writeoff_id, method, *args)(env)
