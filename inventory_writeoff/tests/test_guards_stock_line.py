import re

from odoo.tests import tagged

from .guards import GuardsCommon


@tagged("post_install", "-at_install", "slow")
class TestGuardsStockLine(GuardsCommon):
    """Move lines and quants of write-offs: the same, one level below."""

    def _get_line_values(self, move):
        quant = self.other_lot.quant_ids.filtered(
            lambda quant: quant.location_id == self.stock_location
        )
        return {
            "quantity": 1.0,
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            "lot_id": self.other_lot.id,
            "quant_id": quant.id,
            "location_id": self.shelf.id,
            "location_dest_id": self.customer_location.id,
            "package_id": False,
            "owner_id": self.company.partner_id.id,
            "result_package_id": False,
            "picked": not move.picked,
            "move_id": self.delivery.move_ids.id,
            "picking_id": self.delivery.id,
            "date": "2020-01-01 00:00:00",
            "state": "draft",
        }

    def test_write_line(self):
        for user in (self.stock_user, self.employee):
            self._assert_all_refused(
                user,
                lambda move: {
                    field: (move.move_line_ids, "write", {field: value})
                    for field, value in self._get_line_values(move).items()
                },
            )

    def test_add_line(self):
        values = {
            "product_id": self.product.id,
            "lot_id": self.other_lot.id,
            "quantity": 1.0,
            "location_id": self.stock_location.id,
            "location_dest_id": self.loss_location.id,
            "company_id": self.company.id,
        }
        for writeoff, move in self._each():
            name = re.escape(writeoff.name)
            # Who may not read moves may be kept out by Odoo itself.
            denied = f"{name}|not allowed"
            for user, vals, context, answer in (
                (self.stock_user, {**values, "move_id": move.id}, {}, name),
                (self.stock_user, values, {"default_move_id": move.id}, name),
                (self.employee, {**values, "move_id": move.id}, {}, denied),
                (self.employee, values, {"default_move_id": move.id}, denied),
            ):
                with self.subTest(state=writeoff.state, user=user.login, vals=vals):
                    self.assertRefused(
                        answer,
                        self._rpc,
                        user,
                        "stock.move.line",
                        "create",
                        [vals],
                        context=context,
                    )

    def test_put_in_pack(self):
        for writeoff in self.held:
            self.assertRefused(
                re.escape(writeoff.name),
                self._rpc_on,
                self.stock_user,
                writeoff.sudo().stock_move_ids.move_line_ids,
                "action_put_in_pack",
                package_name="Mine",
            )
        line = self.posted.sudo().stock_move_ids.move_line_ids
        self._rpc_on(self.stock_user, line, "action_put_in_pack", package_name="Mine")
        self.assertFalse(line.result_package_id)

    def test_delete(self):
        for user in (self.stock_manager, self.stock_user):
            self._assert_all_refused(
                user, lambda move: {"line": (move.move_line_ids, "unlink")}
            )
        self._assert_all_refused(
            self.stock_manager, lambda move: {"move": (move, "unlink")}
        )

    def test_revert_from_moves_analysis(self):
        before = self._read_facts()
        for _writeoff, move in self._each():
            answer = self._rpc_on(
                self.stock_user, move.move_line_ids, "action_revert_inventory"
            )
            self.assertIn("no inventory adjustments", answer["params"]["message"])
        self.assertEqual(self._read_facts(), before)

    def test_quants(self):
        """What is held cannot be taken off the quant itself."""
        quant = self.lot.quant_ids.filtered(
            lambda quant: quant.location_id == self.stock_location
        )
        for name, vals in {
            "quantity": {"quantity": 11.0},
            "reserved": {"reserved_quantity": 0.0},
            "lot": {"lot_id": self.other_lot.id},
            "location": {"location_id": self.shelf.id},
            "owner": {"owner_id": self.company.partner_id.id},
        }.items():
            with self.subTest(attempt=name):
                message = self.assertRefused(
                    "held by write-off",
                    self._rpc_on,
                    self.stock_user,
                    quant,
                    "write",
                    vals,
                )
                for writeoff in self.held:
                    self.assertIn(writeoff.name, message)
        with self.subTest(attempt="negative quant"):
            self.assertRefused(
                "held by write-off",
                self._rpc,
                self.stock_user,
                "stock.quant",
                "create",
                [
                    {
                        "product_id": self.product.id,
                        "location_id": self.stock_location.id,
                        "lot_id": self.lot.id,
                        "quantity": -20.0,
                    }
                ],
            )
        # Free goods are none of our business.
        self._rpc_on(self.stock_user, quant, "write", {"quantity": 12.0})
        self.assertEqual(quant.quantity, 12.0)

    def test_unreserve_from_forecasted(self):
        model = "stock.forecasted_product_product"
        for writeoff in self.held:
            move = writeoff.sudo().stock_move_ids
            self.assertRefused(
                re.escape(writeoff.name),
                self._rpc,
                self.stock_user,
                model,
                "action_unreserve_linked_picks",
                move.id,
            )
        before = self._read_facts()
        for _writeoff, move in self._each():
            self._rpc(self.stock_user, model, "action_reserve_linked_picks", move.id)
        self.assertEqual(self._read_facts(), before)

    def test_copy(self):
        for _writeoff, move in self._each():
            for user in (self.stock_user, self.invoicing_user):
                copy_id = self._rpc_on(user, move, "copy")
                copy = move.browse(copy_id)
                self.assertFalse(copy.writeoff_id)
                self.assertFalse(copy.writeoff_line_id)
                self.assertFalse(copy.account_move_id)
                self.assertNotIn(self.posted.name, copy.reference or "")
