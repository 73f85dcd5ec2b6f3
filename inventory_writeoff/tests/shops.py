from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError

from .books import BooksCommon, create_order
from .common import WriteoffCommon

START = datetime(2026, 3, 2, 9)


class Shop:
    """One company of a test: its stock comes, goes and changes in value."""

    def __init__(self, case, company):
        self.case = case
        self.company = company
        context = {"allowed_company_ids": company.ids}
        self.env = case.env(user=case.clerk, context=context)
        self.warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        self.location = self.warehouse.lot_stock_id
        self.vendor = self.env["res.partner"].sudo().create({"name": "Vendor"})
        products = self.env["product.product"].sudo()
        lands = {"landed_cost_ok": True} if "landed_cost_ok" in products._fields else {}
        self.freight = products.create({"name": "Freight", "type": "service", **lands})

    def receive(self, product, lot, quantity, price):
        """Receive goods without an order, at a price a unit."""
        product = product.with_env(self.env)
        return self._move(
            product,
            lot,
            quantity,
            location_id=self.case.supplier_location.id,
            location_dest_id=self.location.id,
            picking_type_id=self.warehouse.in_type_id.id,
            price_unit=price,
            value_manual=price * quantity,
        )

    def deliver(self, product, lot, quantity):
        """Deliver goods without an order."""
        return self._move(
            product,
            lot,
            quantity,
            location_id=self.location.id,
            location_dest_id=self.case.customer_location.id,
            picking_type_id=self.warehouse.out_type_id.id,
        )

    def _move(self, product, lot, quantity, **values):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": product.uom_id.id,
                "product_uom_qty": quantity,
                "company_id": self.company.id,
                **values,
            }
        )
        move._action_confirm()
        return self._finish(move, lot, quantity)

    def _finish(self, move, lot, quantity):
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": move.product_id.id,
                    "lot_id": lot.id,
                    "quantity": quantity,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
        ]
        move.picked = True
        move._action_done()
        return move

    def order(self, product, lot, quantity, price):
        """Return a purchase order whose goods are there, and whose bill is not."""
        order = create_order(
            self.env, self.vendor, self.company, product, quantity, price
        )
        order.button_confirm()
        self._finish(order.picking_ids.move_ids, lot, quantity)
        return order

    def bill(self, order, price):
        """Bill an order, at another price than the ordered one."""
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.invoice_date = self.env.cr.now().date()
        bill.invoice_line_ids.price_unit = price
        bill.action_post()
        return bill

    def add_freight(self, order, amount):
        """Add a landed cost to what an order brought."""
        cost = self.env["stock.landed.cost"].create(
            {
                "account_journal_id": self.company.account_stock_journal_id.id,
                "company_id": self.company.id,
                "picking_ids": [Command.set(order.picking_ids.ids)],
                "cost_lines": [
                    Command.create(
                        {
                            "product_id": self.freight.id,
                            "price_unit": amount,
                            "split_method": "equal",
                            "account_id": self.company.expense_account_id.id,
                        }
                    )
                ],
            }
        )
        cost.compute_landed_cost()
        cost.button_validate()
        return cost

    def set_price(self, product, lot, price):
        goods = lot if product.lot_valuated else product
        goods.with_env(self.env).standard_price = price

    def close(self):
        """Close the inventory; False if there was nothing to close."""
        # As a request of its own does, with nothing remembered.
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            self.company.with_env(self.env).action_close_stock_valuation(auto_post=True)
        except UserError as error:
            if "Everything is correctly closed" not in str(error):
                raise
            return False
        return True

    def read_last_closing(self):
        """Return [(account, balance, label)] of what the last closing has booked."""
        closing = self.env["account.move"].search(
            [("ref", "=", "Stock Closing"), ("company_id", "=", self.company.id)],
            order="id desc",
            limit=1,
        )
        return [(i.account_id.code, i.balance, i.name) for i in closing.line_ids]


class ShopsCommon(BooksCommon, WriteoffCommon):
    """Two companies of different currencies, and people who work in both."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company.currency_id = cls.env.ref("base.EUR")
        cls.companies = cls.company | cls.other_company
        cls.env.user.company_ids = [Command.set(cls.companies.ids)]
        for user in (cls.requester, cls.approver, cls.finance):
            user.company_ids = [Command.set(cls.companies.ids)]
        # Odoo's own valuation tells companies apart by record rules alone, which do
        # not hold for the superuser.
        cls.clerk = cls._create_user(
            "clerk",
            "stock.group_stock_manager,account.group_account_manager,"
            "purchase.group_purchase_manager,product.group_product_manager,"
            "base.group_erp_manager",
        )
        cls.clerk.company_ids = [Command.set(cls.companies.ids)]
        cls.other_loss = (
            cls.env["account.account"]
            .with_company(cls.other_company)
            .create({"code": "WOLOSS2", "name": "Losses", "account_type": "expense"})
        )
        cls.reason.with_company(cls.other_company).loss_account_id = cls.other_loss

    @classmethod
    def _create_categories(cls):
        categories = super()._create_categories()
        for (method, valuation), category in categories.items():
            category.with_company(cls.other_company).write(
                {"property_cost_method": method, "property_valuation": valuation}
            )
        return categories

    def setUp(self):
        super().setUp()
        self.shops = [Shop(self, company) for company in self.companies]

    def _as(self, user, writeoff):
        context = {"allowed_company_ids": self.companies.ids}
        return writeoff.with_user(user).with_context(**context)

    def submit_goods(self, shop, goods):
        """Submit a write-off of (quant, quantity) pairs of a shop."""
        drafts = self._as(self.requester, self.env["inventory.writeoff"])
        writeoff = drafts.with_company(shop.company).create(
            {
                "company_id": shop.company.id,
                "reason_id": self.reason.id,
                "disposal_method_id": self.disposal.id,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": quant.product_id.id,
                            "lot_id": quant.lot_id.id,
                            "location_id": quant.location_id.id,
                            "quantity": quantity,
                        }
                    )
                    for quant, quantity in goods
                ],
            }
        )
        writeoff.action_submit()
        return writeoff

    def post(self, writeoff):
        """Approve and post, once more if the cost has drifted meanwhile."""
        for _attempt in range(2):
            self._as(self.approver, writeoff).action_approve()
            self._as(self.finance, writeoff).action_post()
            if writeoff.state == "posted":
                return
        self.fail(f"{writeoff.name} is {writeoff.state}")

    def tie_out(self, shop):
        tie_outs = self.env["inventory.writeoff.tie.out"]
        tie_out = self._as(self.finance, tie_outs).create(
            {
                "company_id": shop.company.id,
                "date_from": date(2000, 1, 1),
                "date_to": date(2100, 1, 1),
            }
        )
        # Whoever acts next is not to compute it.
        tie_out.flush_recordset()
        return tie_out


class ClockCommon(ShopsCommon):
    """What happens, happens one after the other, and not in one instant."""

    @classmethod
    def _age_costs(cls, products):
        """The first cost of products is older than all that happens to them."""
        costs = cls.env["product.value"].search([("product_id", "in", products.ids)])
        costs.date = START - timedelta(days=1)

    def setUp(self):
        self.clock = self.startPatcher(freeze_time(START))
        super().setUp()
        self.env.cr._now = START
        self.env.flush_all()

    def pass_time(self, delta):
        """What happens from now on is later, for Odoo and for the database."""
        self.env.flush_all()
        self.clock.tick(delta)
        self.env.cr._now = datetime.now()
