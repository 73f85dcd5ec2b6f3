from odoo import Command
from odoo.tests import tagged

from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestGuardsContext(WriteoffRpcCommon):
    """What a caller puts in the context changes nothing of what the buttons do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What checks find is no business of these tests.
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.product = cls._create_product("Vase in Context")

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 10, 10.0)
        self.delivery = self.env["stock.picking"].create(
            {
                "picking_type_id": self.picking_type_out.id,
                "location_id": self.stock_location.id,
                "location_dest_id": self.customer_location.id,
            }
        )
        self.draft = self._create_writeoff((self.product, 6))

    def _get_stock_contexts(self):
        other_product = self._create_product("Other Vase")
        return (
            {"default_state": "done", "default_picked": True},
            {"default_picking_id": self.delivery.id},
            {"default_picking_type_id": self.picking_type_out.id},
            {"default_is_inventory": True},
            {"default_value": 1.0, "default_price_unit": 1.0},
            {"default_move_dest_ids": [Command.link(self.delivery.id)]},
            {"default_procure_method": "make_to_order"},
            {"default_quant_id": 1, "default_product_id": other_product.id},
            {"preserve_state": True, "do_not_unreserve": True},
            {"skip_uom_conversion": True, "is_scrap": True},
            {"unreserve_unpicked_only": True, "bypass_entire_pack": True},
        )

    def test_submit(self):
        for context in self._get_stock_contexts():
            with self.subTest(context=context):
                self._rpc_on(
                    self.requester, self.draft, "action_submit", context=context
                )
                moves = self.draft.sudo().stock_move_ids
                move = moves.filtered(lambda move: move.state != "cancel")
                self.assertRecordValues(
                    move,
                    [
                        {
                            "state": "assigned",
                            "picked": False,
                            "is_inventory": False,
                            "picking_id": False,
                            "picking_type_id": False,
                            "procure_method": "make_to_stock",
                            "quantity": 6.0,
                            "product_id": self.product.id,
                            "value": 0.0,
                        }
                    ],
                )
                self.assertFalse(move.move_dest_ids)
                self.assertEqual(self._on_hand(self.product), 10.0)
                self.assertEqual(self._free(self.product), 4.0)
                self._rpc_on(
                    self.requester, self.draft, "action_draft", context=context
                )
                self.assertEqual(move.state, "cancel")
                self.assertEqual(self._free(self.product), 10.0)

    def test_post(self):
        partner = self.env["res.partner"].create({"name": "Somebody"})
        for number, context in enumerate(
            (
                {"default_partner_id": partner.id, "default_narration": "Hidden"},
                {"default_move_type": "in_invoice", "default_state": "draft"},
                {"force_period_date": "2020-01-01", "default_date": "2020-01-01"},
                {"check_move_validity": False, "skip_invoice_sync": True},
                {"is_scrap": True, "preserve_state": True},
            ),
            start=1,
        ):
            with self.subTest(context=context):
                writeoff = self._approve((self.product, 1))
                self._rpc_on(self.finance, writeoff, "action_post", context=context)
                self.assertEqual(writeoff.state, "posted")
                self.assertEqual(writeoff.value_posted, 10.0)
                entry = writeoff.sudo().account_move_ids
                self.assertRecordValues(
                    entry,
                    [
                        {
                            "state": "posted",
                            "move_type": "entry",
                            "date": writeoff.accounting_date,
                            "partner_id": False,
                            "narration": False,
                            "amount_total": 10.0,
                        }
                    ],
                )
                self.assertEqual(writeoff.sudo().stock_move_ids.state, "done")
                self.assertEqual(self._on_hand(self.product), 10.0 - number)

    def test_history_cannot_be_silenced(self):
        """The change of state is on the record whatever the caller asks for."""
        silence = {"tracking_disable": True, "mail_notrack": True}
        self._rpc_on(self.requester, self.draft, "action_submit", context=silence)
        self.env.flush_all()
        self.cr.precommit.run()
        tracked = self.draft.sudo().message_ids.tracking_value_ids
        self.assertIn("state", tracked.field_id.mapped("name"))
