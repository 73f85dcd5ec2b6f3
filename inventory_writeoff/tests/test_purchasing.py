from unittest import SkipTest

from odoo import Command
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestPurchasing(WriteoffCommon):
    """Buyers order what a write-off holds or has taken, once.

    Of 20 at least 15 have to be there, or 20 are made of them again.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "purchase.order" not in cls.env:
            raise SkipTest("Purchase orders need purchase_stock.")
        # What checks find is no business of these tests.
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.product = cls._create_product(
            "Bought Vase",
            seller_ids=[Command.create({"partner_id": cls.vendor.id, "price": 9.0})],
        )
        cls._make_in_move(cls, cls.product, 20, 10.0)
        cls.rule = cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": cls.product.id,
                "location_id": cls.stock_location.id,
                "route_id": cls.env.ref("purchase_stock.route_warehouse0_buy").id,
                "product_min_qty": 15.0,
                "product_max_qty": 20.0,
            }
        )

    def _run_scheduler(self):
        """Run Odoo's scheduler as its cron does; return what it wants to buy."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.product.id)]
        )
        return [(line.partner_id, line.product_qty) for line in lines]

    def assertProposed(self, quantity):
        """Check the proposal, as the database has it now."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.rule.qty_to_order, quantity)

    def assertForecastNames(self, writeoff):
        """Check that Forecasted says what takes the goods."""
        report = self.env["stock.forecasted_product_product"]
        report = report.with_user(self.stock_user).with_context(
            warehouse_id=self.warehouse.id
        )
        docs = report.get_report_values(self.product.ids)["docs"]
        named = [
            (line["document_out"]["name"], line["quantity"])
            for line in docs["lines"]
            if line["document_out"]
        ]
        self.assertEqual(named, [(writeoff.name, 12.0)])

    def test_held_goods_are_bought_once(self):
        self.assertProposed(0.0)
        self.assertEqual(self._run_scheduler(), [])
        writeoff = self._submit((self.product, 12))
        self.assertProposed(12.0)
        self.assertForecastNames(writeoff)
        self.assertEqual(self._run_scheduler(), [(self.vendor, 12.0)])
        self.assertProposed(0.0)
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        self.assertProposed(0.0)
        self.assertEqual(self._run_scheduler(), [(self.vendor, 12.0)])

    def test_posted_goods_are_bought(self):
        writeoff = self._post((self.product, 12))
        self.assertEqual(writeoff.state, "posted")
        self.assertProposed(12.0)
        self.assertEqual(self._run_scheduler(), [(self.vendor, 12.0)])

    def test_released_goods_are_not_bought(self):
        writeoff = self._submit((self.product, 12))
        self.assertProposed(12.0)
        writeoff.action_cancel()
        self.assertProposed(0.0)
        self.assertEqual(self._run_scheduler(), [])

    def test_holds_add_up(self):
        """Down to the minimum nothing is ordered; one piece below it, all of them."""
        self._submit((self.product, 5))
        self.assertProposed(0.0)
        self.assertEqual(self._run_scheduler(), [])
        self._submit((self.product, 1))
        self.assertProposed(6.0)
        self.assertEqual(self._run_scheduler(), [(self.vendor, 6.0)])
