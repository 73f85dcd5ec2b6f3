from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .neighbours import NeighboursCommon


@tagged("post_install", "-at_install")
class TestNeighboursCount(NeighboursCommon):
    """Where nobody can be asked, the hold shrinks, and everyone concerned sees it."""

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoff.with_user(self.approver).action_approve()
        self.plain_line = self.writeoff.line_ids[1]
        self.plain_move = self.plain_line.sudo().stock_move_ids

    def assertShrunk(self, quantity, lost):
        """Check the hold of the plain product, the document and its message."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(
            self.writeoff,
            [{"state": "to_approve", "approver_id": False, "decided_at": False}],
        )
        self.assertEqual(self.plain_line.quantity, quantity)
        self.assertEqual(self.plain_line.value_estimated, quantity * 10.0)
        open_move = self.plain_move.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(open_move.mapped("product_uom_qty")), quantity)
        self.assertEqual(sum(open_move.move_line_ids.mapped("quantity")), quantity)
        quant = self._get_quant(self.plain_product)
        self.assertEqual(quant.quantity, quantity)
        self.assertEqual(quant.reserved_quantity, quantity)
        message = str(self.writeoff.message_ids[0].body)
        self.assertIn("Plain Vase", message)
        self.assertIn(f"{lost:g} Units", message)
        self.assertIn("approved again", message)
        self.assertNotIn("Traced Vase", message)
        self.assertEqual(self.writeoff.sudo().activity_ids.user_id, self.approver)

    def test_count_below_the_hold(self):
        self._count(self._get_quant(self.plain_product), 5.0, self.stock_user)
        self.assertShrunk(5.0, lost=7.0)
        with self.assertRaisesRegex(UserError, "To Approve"):
            self.writeoff.with_user(self.finance).action_post()
        self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.with_user(self.finance).action_post()
        self.assertEqual(self.writeoff.value_posted, 150.0)
        self.assertEqual(self._on_hand(self.plain_product), 0.0)
        self.assertEqual(self._on_hand(self.plain_product, self.loss_location), 5.0)

    def test_count_to_zero(self):
        self._count(self._get_quant(self.plain_product), 0.0, self.stock_user)
        self.env.invalidate_all()
        self.assertEqual(self.plain_move.state, "cancel")
        self.assertEqual(self.plain_line.quantity, 0.0)
        self.assertEqual(self.writeoff.state, "to_approve")
        self.assertIn("Plain Vase", str(self.writeoff.message_ids[0].body))
        self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.with_user(self.finance).action_post()
        self.assertEqual(self.writeoff.value_posted, 100.0)
        self.assertEqual(self.plain_line.value_posted, 0.0)

    def test_count_of_everything_to_zero(self):
        """Nothing is left to write off: it can only be cancelled or rejected."""
        for product, lot in ((self.plain_product, None), (self.lot_product, self.bad)):
            self._count(self._get_quant(product, lot), 0.0, self.stock_user)
        self.env.invalidate_all()
        self.assertEqual(set(self.writeoff.line_ids.mapped("quantity")), {0.0})
        with self.assertRaisesRegex(UserError, "has no item to write off"):
            self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.action_cancel()
        self.assertEqual(self.writeoff.state, "cancelled")

    def test_count_before_approval(self):
        self.writeoff.action_draft()
        self.writeoff.action_submit()
        self.plain_move = self.plain_line.sudo().stock_move_ids.filtered(
            lambda move: move.state != "cancel"
        )
        self._count(self._get_quant(self.plain_product), 5.0, self.stock_user)
        self.assertShrunk(5.0, lost=7.0)

    def test_count_above_the_hold(self):
        messages = len(self.writeoff.message_ids)
        for quantity in (13.0, 12.0, 50.0):
            self._count(self._get_quant(self.plain_product), quantity, self.stock_user)
            self.assertHeld()
            self.assertEqual(self.writeoff.state, "approved")
        self._count(self._get_quant(self.lot_product, self.good), 0.0, self.stock_user)
        self.assertHeld()
        self.assertEqual(len(self.writeoff.message_ids), messages)
        self.assertPosted()

    def test_count_in_another_unit(self):
        """An item in dozens shrinks to pieces."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.plain_product.uom_ids = [Command.link(dozen.id)]
        self.writeoff.action_draft()
        self.plain_line.write({"product_uom_id": dozen.id, "quantity": 1.0})
        self.writeoff.action_submit()
        self._count(self._get_quant(self.plain_product), 5.0, self.stock_user)
        self.assertRecordValues(
            self.plain_line,
            [{"quantity": 5.0, "product_uom_id": self.plain_product.uom_id.id}],
        )
        self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.with_user(self.finance).action_post()
        self.assertEqual(self._on_hand(self.plain_product, self.loss_location), 5.0)

    def test_others_lose_before_the_hold(self):
        """A count first takes what is free, then what others have reserved."""
        delivery = self._deliver(self.plain_product, 8, picked=False)
        self._count(self._get_quant(self.plain_product), 14.0, self.stock_user)
        self.assertEqual(delivery.move_ids.quantity, 2.0)
        self.assertHeld()
        self.assertEqual(self.writeoff.state, "approved")

    def test_youngest_hold_shrinks_first(self):
        younger = self._submit((self.plain_product, 8))
        younger.with_user(self.approver).action_approve()
        self._count(self._get_quant(self.plain_product), 15.0, self.stock_user)
        self.assertEqual(self.writeoff.state, "approved")
        self.assertHeld()
        self.assertEqual(younger.state, "to_approve")
        self.assertEqual(younger.line_ids.quantity, 3.0)
        self._count(self._get_quant(self.plain_product), 10.0, self.stock_user)
        self.env.invalidate_all()
        self.assertEqual(younger.line_ids.quantity, 0.0)
        self.assertShrunk(10.0, lost=2.0)

    def test_count_by_hand_on_the_quant(self):
        """The other ways to count: the On Hand column, and a new line of a count."""
        quant = self._get_quant(self.plain_product).with_user(self.stock_manager)
        quant.with_context(inventory_mode=True).inventory_quantity_auto_apply = 9.0
        self.assertShrunk(9.0, lost=3.0)
        self.env["stock.quant"].with_user(self.stock_user).with_context(
            inventory_mode=True
        ).create(
            {
                "product_id": self.plain_product.id,
                "location_id": self.stock_location.id,
                "inventory_quantity": 4.0,
            }
        ).action_apply_inventory()
        self.assertShrunk(4.0, lost=5.0)

    def test_job_without_a_person(self):
        """What the system itself delivers cannot be refused either."""
        delivery = self._deliver(self.plain_product, 11)
        delivery.sudo().with_user(self.env.ref("base.user_root")).button_validate()
        self.assertShrunk(9.0, lost=3.0)

    def test_what_counts_as_forced(self):
        """Components and sales at a till have been used up when Odoo hears of them."""
        is_forced = type(self.plain_move)._is_forced_on_writeoff
        for name, values, forced in (
            ("delivery", {}, False),
            ("component", {"raw_material_production_id": True}, True),
            ("not a component", {"raw_material_production_id": False}, False),
            ("till", {"picking_id": OtherAddOnRecord(pos_session_id=True)}, True),
            ("no till", {"picking_id": OtherAddOnRecord(pos_session_id=False)}, False),
        ):
            with self.subTest(move=name):
                self.assertEqual(is_forced(OtherAddOnRecord(**values)), forced)


class OtherAddOnRecord(dict):
    """A move or transfer with fields of add-ons that are not installed here."""

    is_inventory = False

    @property
    def _fields(self):
        return self

    @property
    def picking_id(self):
        return self.get("picking_id", OtherAddOnRecord())
