from odoo.tests import HttpCase, tagged

from odoo.addons.inventory_writeoff.tests.common import WriteoffCommon


@tagged("post_install", "-at_install", "browser")
class TestTour(HttpCase, WriteoffCommon):
    """The main job in the browser: three people, one write-off, one entry."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Broken Vase", cls.category_avco)
        cls._make_in_move(cls, cls.product, 10, 10.0)
        cls._make_in_move(cls, cls.product, 10, 15.0)

    def _find_writeoff(self):
        return self.env["inventory.writeoff"].search(
            [("line_ids.product_id", "=", self.product.id)]
        )

    def test_story(self):
        """Twelve broken items at 12.50: asked for, approved and posted."""
        self.start_tour("/odoo", "writeoff_request", login=self.requester.login)
        writeoff = self._find_writeoff()
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "to_approve",
                    "requester_id": self.requester.id,
                    "value_estimated": 150.0,
                    "note": "Dropped on the ramp.",
                }
            ],
        )
        self.assertEqual(self._free(self.product), 8.0)
        self.start_tour("/odoo", "writeoff_approve", login=self.approver.login)
        self.assertEqual(
            (writeoff.state, writeoff.approver_id), ("approved", self.approver)
        )
        self.start_tour("/odoo", "writeoff_post", login=self.finance.login)
        self.assertEqual((writeoff.state, writeoff.poster_id), ("posted", self.finance))
        self.assertEqual(self._on_hand(self.product), 8.0)
        entry = writeoff.account_move_ids
        self.assertRecordValues(entry, [{"state": "posted", "ref": writeoff.name}])
        self.assertRecordValues(
            entry.line_ids.sorted("credit"),
            [
                {"account_id": self.loss_account.id, "debit": 150.0, "credit": 0.0},
                {
                    "account_id": self.account_stock_valuation.id,
                    "debit": 0.0,
                    "credit": 150.0,
                },
            ],
        )
        self.assertIn(entry.name, "".join(writeoff.message_ids.mapped("body")))
