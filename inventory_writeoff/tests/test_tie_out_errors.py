from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .revalued import RevaluedCommon


@tagged("post_install", "-at_install")
class TestTieOutErrors(RevaluedCommon):
    """What no record explains stays unexplained; what one does opens it."""

    def test_errors_stay_unexplained(self):
        """Nothing is explained by what is left over: an error shows to the cent."""
        product, lot = self.goods["average", "real_time", False]
        self.here.receive(product, lot, 10, 10.0)
        self._later()
        self.here.close()
        self._later()
        self.here.set_price(product, lot, 13.0)
        self.assertEqual(self._read(self.here), {"revalued": 30.0})
        closing = self.here.company._get_last_stock_closing()
        stock = self.here.company.account_stock_valuation_id
        self._tamper(
            "UPDATE account_move_line SET balance = balance + 7 "
            "WHERE move_id = %s AND account_id = %s",
            closing.id,
            stock.id,
        )
        self.assertEqual(self.tie_out(self.here).unexplained, -7.0)

    def test_cost_changed_without_a_record(self):
        """A cost that no record speaks of is an error, however Odoo values it."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 10.0)
            self._later()
            self.here.close()
            self._later()
            goods = lot or product
            self._tamper(
                "UPDATE %s SET standard_price = %s WHERE id = %s",
                SQL.identifier(goods._table),
                f'{{"{self.here.company.id}": 13.0}}',
                goods.id,
            )
            self.assertEqual(self.tie_out(self.here).unexplained, 30.0, method)

        self._for_each(check, "standard", "average")

    def test_tampered_bill(self):
        """A bill counts with what it says, not with what stands on the account."""
        self._skip_without("purchase.order")
        product, lot = self.goods["average", "real_time", False]
        order = self.here.order(product, lot, 10, 10.0)
        self._later()
        bill = self.here.bill(order, 12.0)
        self.assertEqual(self._read(self.here), {})
        self._tamper(
            "UPDATE account_move_line SET balance = balance + 5 WHERE id = %s",
            bill.invoice_line_ids.id,
        )
        self.assertEqual(self.tie_out(self.here).unexplained, -5.0)

    def _tamper(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def test_opens_the_records(self):
        product, lot = self.goods["standard", "periodic", False]
        receipt = self.here.receive(product, lot, 10, 12.5)
        self._later()
        self.here.set_price(product, lot, 13.0)
        receipts, prices = self._open_items(self.here, "revalued").sorted("value")
        action = receipts.with_user(self.clerk).action_open_record()
        opened = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(opened, receipt)
        action = prices.with_user(self.clerk).action_open_record()
        opened = self.env[action["res_model"]].search(action["domain"], order="id")
        self.assertEqual((opened[-1].product_id, opened[-1].value), (product, 13.0))
        self.assertLessEqual(opened.product_id | opened.move_id.product_id, product)
        with self.assertRaisesRegex(UserError, "Product Value.*you may not open"):
            prices.action_open_record()

    def test_computed_when_someone_else_acts(self):
        """What finance has not read yet is computed by a user of another company."""
        product, lot = self.goods["average", "real_time", False]
        self.here.receive(product, lot, 10, 10.0)
        stranger = self._create_user("stranger", "stock.group_stock_user")
        there = self.there.company
        stranger.write(
            {"company_id": there.id, "company_ids": [Command.set(there.ids)]}
        )
        self.env.flush_all()
        values = {"company_id": self.here.company.id, "date_from": "2000-01-01"}
        finance = self._as(self.finance, self.env["inventory.writeoff.tie.out"])
        tie_out = finance.create(values)
        tie_out.action_refresh()
        tie_out.with_user(stranger).env.flush_all()
        self.assertEqual(tie_out.difference, 0.0)
