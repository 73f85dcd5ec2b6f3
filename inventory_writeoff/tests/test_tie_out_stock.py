from unittest import SkipTest

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import WriteoffCommon
from .tie_outs import TieOutCommon


@tagged("post_install", "-at_install")
class TestTieOutStock(TieOutCommon, WriteoffCommon):
    """The value of stock against the ledger, and what explains the difference."""

    def _assert_explained(self, tie_out, difference, **kinds):
        """Compare the kinds, given as (items, value): nothing else, nothing left."""
        self.assertEqual(tie_out.stock_difference, difference)
        self.assertEqual(self._get_explained(tie_out), kinds)
        self.assertEqual(tie_out.unexplained, 0.0)

    def test_a14_received_not_billed(self):
        """4 of 10@10: INV −40.00, stock 60.00; after the bill 60.00 = 60.00."""
        if "purchase.order" not in self.env:
            raise SkipTest("Bills of receipts need purchase_stock.")
        product = self._create_product("Bought", self.category_avco_auto)
        order = self._receive(product, 10, 10.0)
        self._post((product, 4))
        tie_out = self._tie_out()
        self.assertEqual((tie_out.stock_value, tie_out.stock_booked), (60.0, -40.0))
        self._assert_explained(tie_out, 100.0, unbilled=(1, 100.0))
        self.assertEqual(self._get_sides(tie_out), (40.0, 40.0, 40.0, 0.0))
        (item,) = self._open(tie_out, "unbilled")
        self.assertEqual((item.product_id, item.quantity), (product, 10.0))
        with self.assertRaisesRegex(UserError, "you may not open"):
            item.action_open_record()
        action = item.sudo().action_open_record()
        moves = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(moves, order.picking_ids.move_ids)
        self._bill(order)
        tie_out = self._tie_out()
        self.assertEqual((tie_out.stock_value, tie_out.stock_booked), (60.0, 60.0))
        self._assert_explained(tie_out, 0.0)

    def _receive(self, product, quantity, price):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": price,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        return order

    def _bill(self, order):
        order.action_create_invoice()
        order.invoice_ids.invoice_date = self.env.cr.now()
        order.invoice_ids.action_post()

    def test_not_closed(self):
        """What a closing would book, and nothing after it."""
        product = self._create_product("Periodic", self.category_fifo)
        self._make_in_move(product, 10, 10.0)
        self._make_out_move(product, 3)
        self._post((product, 2))
        tie_out = self._tie_out()
        self._assert_explained(tie_out, 70.0, not_closed=(1, 70.0))
        self._close_now()
        self._assert_explained(self._tie_out(), 0.0)

    def test_outside_writeoffs(self):
        """A scrap, a count and a move past the guard, each with its value."""
        product = self._create_product("Vase", self.category_avco)
        self._make_in_move(product, 20, 10.0)
        self._close_now()
        self._scrap(product, 1)
        self._count(product, 17)
        self._post((product, 3))
        tie_out = self._tie_out()
        self._assert_explained(tie_out, -30.0, scrap=(1, -10.0), loss=(1, -20.0))
        (scrap,) = self._open(tie_out, "scrap")
        self.assertEqual((scrap.quantity, scrap.product_id), (-1.0, product))
        # Where the goods were lost, not where Odoo has put them.
        self.assertEqual(scrap.location, self.stock_location.complete_name)
        target = scrap.sudo().move_id.location_dest_id
        self.env.cr.execute(
            SQL(
                "UPDATE stock_location SET is_writeoff_location = TRUE WHERE id IN %s",
                tuple(target.ids),
            )
        )
        kinds = self._get_explained(self._tie_out())
        self.assertEqual(kinds["foreign"], (2, -30.0))
        self.assertNotIn("scrap", kinds)

    def test_a6_rounding_of_separate_documents(self):
        """Three units that cost 10.00 leave as 3 × 3.33: 0.01 is left, as rounding."""
        product = self._create_product("Thirds", self.category_avco)
        self._make_in_move(product, 3, 10.0 / 3)
        self._close_now()
        for _number in range(3):
            self._post((product, 1))
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out)[3], 0.0)
        self._assert_explained(tie_out, -0.01, rounding=(1, -0.01))
        self.assertEqual(self._open(tie_out, "rounding").product_id, product)
