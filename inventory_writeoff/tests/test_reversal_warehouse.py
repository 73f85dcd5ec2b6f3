from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..writer import as_writer
from .reversals import ReversalCommon


@tagged("post_install", "-at_install")
class TestReversalWarehouse(ReversalCommon):
    """What reversals mean to the warehouse: goods to put back, none to take off."""

    def _prepare_once(self):
        super()._prepare_once()
        self.product = self._create_product("Vase")
        self._make_in_move(self.product, 10, 10.0)

    def _get_to_remove(self):
        self.env.flush_all()
        removals = self.env["inventory.writeoff.removal"].with_user(self.stock_user)
        return removals.search([("company_id", "=", self.company.id)]).ids

    def test_goods_to_remove(self):
        """A reversal is not on the list; what is reversed in whole leaves it."""
        writeoff = self._post((self.product, 4))
        reversal = self._ask_back(writeoff, {writeoff.line_ids: 1})
        self.assertEqual(self._get_to_remove(), writeoff.ids)
        for action in ("action_confirm_removed", "action_relocate"):
            with self.assertRaisesRegex(UserError, "brings goods back"):
                getattr(reversal, action)()
        reversal.with_user(self.approver).action_approve()
        reversal.with_user(self.finance).action_post()
        self.assertEqual(self._get_to_remove(), writeoff.ids)
        self.assertTrue(writeoff.can_confirm_removed)
        self._reverse(writeoff)
        self.assertFalse(self._get_to_remove())
        with self.assertRaisesRegex(UserError, "is Reversed"):
            writeoff.action_confirm_removed()

    def test_nothing_is_held_for_long(self):
        """A reversal that waits keeps nobody from selling anything."""
        self.company.writeoff_hold_days = 5
        writeoff = self._post((self.product, 4))
        reversal = self._ask_back(writeoff)
        held = self._submit((self.product, 1))
        as_writer(reversal | held).submitted_at = fields.Datetime.now() - timedelta(9)
        ages = self.env["inventory.writeoff.hold.age"]
        self.assertEqual(
            [id_ for id_ in ages._get_overdue_ids() if id_ in (reversal | held).ids],
            held.ids,
        )
        self.assertEqual(self._free(self.product), 5.0)

    def test_goods_that_are_back_can_go_again(self):
        """Sold, counted or written off once more, like any other stock."""
        writeoff = self._post((self.product, 10))
        self._reverse(writeoff)
        self._make_out_move(self.product, 3)
        again = self._post((self.product, 7))
        self.assertEqual(again.value_posted, 70.0)
        self.assertEqual(self._on_hand(self.product), 0.0)

    def test_nothing_else_leaves_the_loss_location(self):
        """The way back is the reversal, for stock managers too."""
        self._post((self.product, 4))
        manager = self._create_user("keeper", "stock.group_stock_manager")
        move = self.env["stock.move"].with_user(manager)
        move = move.create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 4,
                "product_uom": self.product.uom_id.id,
                "location_id": self.loss_location.id,
                "location_dest_id": self.stock_location.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move.quantity = 4
        move.picked = True
        with self.assertRaisesRegex(UserError, "leave it by a reversal"):
            move._action_done()

    def test_unsellable_stock_is_not_proposed_for_it(self):
        """The goods of a reversal are no hold: what is on hand stays on the list."""
        candidate = (
            self.env["inventory.writeoff.candidate"]
            .with_user(self.stock_user)
            .create(
                {
                    "product_id": self.product.id,
                    "location_id": self.stock_location.id,
                    "quantity": 6,
                    "reason_id": self.reason.id,
                }
            )
        )
        writeoff = self._post((self.product, 4))
        reversal = self._ask_back(writeoff)
        self.assertEqual((candidate.state, candidate.quantity), ("open", 6.0))
        reversal.action_draft()
        with self.assertRaisesRegex(UserError, "takes its items from"):
            candidate.with_user(self.requester).with_context(
                add_to_writeoff_id=reversal.id
            ).action_add_to_writeoff()
