from odoo import Command
from odoo.exceptions import UserError

METHODS = ("standard", "average", "fifo")
VALUATIONS = ("periodic", "real_time")
# Value of 12 out of 10 at 10.00 and 10 at 20.00.
VALUES = {"standard": 120.0, "average": 180.0, "fifo": 140.0}
# By lot: 8 of the lot that cost 20.00 and 4 of the one that cost 10.00.
LOT_VALUES = {"standard": 120.0, "average": 200.0, "fifo": 200.0}
# What 10 at 10.00 and 10 at 20.00 are worth.
STOCK_VALUES = {"standard": 200.0, "average": 300.0, "fifo": 300.0}


def create_order(env, vendor, company, product, quantity, price):
    """Return a purchase order of one product, without taxes."""
    line = {
        "product_id": product.id,
        "product_qty": quantity,
        "price_unit": price,
        "tax_ids": [Command.clear()],
    }
    return env["purchase.order"].create(
        {
            "partner_id": vendor.id,
            "company_id": company.id,
            "order_line": [Command.create(line)],
        }
    )


class BooksCommon:
    """Verbs to fill the books of a company, and to read them."""

    @classmethod
    def _create_categories(cls):
        """Return {(cost method, valuation): category}, all there are."""
        return {
            (method, valuation): cls._create_category(
                f"{method} {valuation}", method, valuation
            )
            for method in METHODS
            for valuation in VALUATIONS
        }

    @classmethod
    def _create_category(cls, name, method="average", valuation="real_time", **values):
        return cls.env["product.category"].create(
            {
                "name": name,
                "property_cost_method": method,
                "property_valuation": valuation,
                **values,
            }
        )

    def _receive_plain(self, name, category):
        """Receive 10 at 10.00 and 10 at 20.00 of a new product."""
        product = self._create_product(name, category)
        self._make_in_move(product, 10, 10.0)
        self._make_in_move(product, 10, 20.0)
        return product

    def _receive_lots(self, name, category):
        """Receive a lot at 10.00 and one at 20.00, ten each, valued by lot."""
        product = self._create_product(
            name, category, tracking="lot", lot_valuated=True
        )
        cheap = self._create_lot(product, f"cheap {name}")
        dear = self._create_lot(product, f"dear {name}")
        self._make_in_move(product, 10, 10.0, lot_ids=cheap)
        self._make_in_move(product, 10, 20.0, lot_ids=dear)
        return product, cheap, dear

    def _balance(self, account):
        """Return the posted balance of an account in the company."""
        ((balance,),) = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", account.id),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
            ],
            [],
            ["balance:sum"],
        )
        return balance or 0.0

    def _assert_closed(self, at_date=None, company=None):
        """Odoo's inventory closing finds nothing to correct."""
        self.env.invalidate_all()
        company = company or self.company
        with self.assertRaisesRegex(UserError, "Everything is correctly closed"):
            company.action_close_stock_valuation(at_date=at_date)

    def _buy(self, product, quantity, price):
        """Return a confirmed and received purchase order."""
        order = create_order(
            self.env, self.vendor, self.company, product, quantity, price
        )
        order.button_confirm()
        order.picking_ids.move_ids.write({"quantity": quantity, "picked": True})
        order.picking_ids.button_validate()
        return order

    def _bill(self, order):
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.invoice_date = order.date_order.date()
        bill.action_post()
        return bill
