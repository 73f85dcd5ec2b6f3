from odoo import Command
from odoo.tests import tagged

from .reversals import ReversalCommon


@tagged("post_install", "-at_install")
class TestItems(ReversalCommon):
    """Whom the items name, and the analytic distribution of their losses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plans = cls.env["account.analytic.plan"].create(
            [{"name": "Departments"}, {"name": "Projects"}]
        )
        names = (("North", 0), ("South", 0), ("Shop", 1))
        cls.north, cls.south, cls.shop = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plans[plan].id} for name, plan in names]
        )
        cls.product = cls._create_product(
            "Vase", seller_ids=[Command.create({"partner_id": cls.vendor.id})]
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 20, 10.0)

    def _create_model(self, account, **values):
        self.env["account.analytic.distribution.model"].create(
            {"analytic_distribution": {str(account.id): 100}, **values}
        )

    def _assert_distribution(self, line, *accounts):
        expected = {str(account.id): 100 for account in accounts}
        self.assertEqual(line.analytic_distribution or {}, expected)

    def test_partner(self):
        """Nobody, or the vendor: on every item, and on those of the reversal."""
        for choice, partner in (("none", False), ("vendor", self.vendor)):
            with self.subTest(choice):
                self.reason.item_partner = choice
                writeoff = self._post((self.product, 2), (self.product, 1))
                reversal = self._reverse(writeoff)
                for document in (writeoff, reversal):
                    items = document.sudo().account_move_ids.line_ids
                    self.assertEqual(len(items), 2)
                    expected = [partner.id if partner else False] * 2
                    self.assertEqual([item.partner_id.id for item in items], expected)

    def test_distribution(self):
        """The item's own, then the reason's, then Odoo's models for other plans."""
        self._assert_distribution(self._create_writeoff((self.product, 1)).line_ids)
        self._create_model(self.south, product_id=self.product.id)
        self._create_model(self.shop, account_prefix=self.loss_account.code)
        writeoff = self._create_writeoff((self.product, 1))
        self._assert_distribution(writeoff.line_ids, self.south, self.shop)
        self.reason.analytic_distribution = {str(self.north.id): 100}
        writeoff = self._create_writeoff((self.product, 1))
        self._assert_distribution(writeoff.line_ids, self.north, self.shop)
        chosen = {"analytic_distribution": {str(self.south.id): 100}}
        writeoff = self._post((self.product, 1, chosen))
        self._assert_distribution(writeoff.line_ids, self.south)
        losses = writeoff.sudo().account_move_ids.line_ids.filtered(
            lambda item: item.account_id == self.loss_account
        )
        self._assert_distribution(losses, self.south)
