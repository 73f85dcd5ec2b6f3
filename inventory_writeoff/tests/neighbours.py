import re

from odoo import Command
from odoo.exceptions import UserError

from .common import WriteoffCommon


class NeighboursCommon(WriteoffCommon):
    """Two products with held stock, and verbs of the people beside the write-off.

    Of the lot product there are 10 GOOD and 10 BAD, all BAD are held; of the plain
    one there are 20, of which 12 are held.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What checks find is no business of these tests.
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.lot_product = cls._create_product("Traced Vase", tracking="lot")
        cls.plain_product = cls._create_product("Plain Vase")
        cls.good = cls._create_lot(cls.lot_product, "GOOD")
        cls.bad = cls._create_lot(cls.lot_product, "BAD")
        cls.stock_manager = cls._create_user(
            "stock_manager", "stock.group_stock_manager"
        )
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Other Shelf", "location_id": cls.stock_location.id}
        )

    def _prepare_once(self):
        super()._prepare_once()
        for lot in (self.good, self.bad):
            self._make_in_move(self.lot_product, 10, 10.0, lot_ids=[lot])
        self._make_in_move(self.plain_product, 20, 10.0)
        self.writeoff = self._submit(
            (self.lot_product, 10, {"lot_id": self.bad.id}), (self.plain_product, 12)
        )

    def _in_both_states(self):
        """Yield between submission and approval, and between approval and posting."""
        for state in ("to_approve", "approved"):
            if state == "approved":
                self.writeoff.with_user(self.approver).action_approve()
            self.assertEqual(self.writeoff.state, state)
            with self.subTest(state=state):
                yield state

    def _deliver(self, product, quantity, lot=None, picked=True, destination=None):
        """Make a delivery of exactly these goods as the stock user, not validated."""
        move = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "location_id": self.stock_location.id,
            "location_dest_id": (destination or self.customer_location).id,
        }
        picking_type = self.picking_type_out
        if destination:
            picking_type = self.warehouse.int_type_id
        picking = (
            self.env["stock.picking"]
            .with_user(self.stock_user)
            .create(
                {
                    "picking_type_id": picking_type.id,
                    "location_id": move["location_id"],
                    "location_dest_id": move["location_dest_id"],
                    "move_ids": [Command.create(move)],
                }
            )
        )
        picking.action_confirm()
        line = {
            "product_id": product.id,
            "lot_id": lot.id if lot else False,
            "quantity": quantity,
            "location_id": move["location_id"],
            "location_dest_id": move["location_dest_id"],
        }
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [Command.create(line)]
        picking.move_ids.picked = picked
        return picking

    def _get_quant(self, product, lot=None, location=None):
        return self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", (location or self.stock_location).id),
                ("lot_id", "=", lot.id if lot else False),
            ]
        )

    def _count(self, quant, quantity, user=None):
        """Count a quant as a person does."""
        quant = quant.with_user(user or self.stock_manager)
        quant = quant.with_context(inventory_mode=True)
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()

    def assertRefusedByName(self, call, *args, **kwargs):
        name = re.escape(self.writeoff.name)
        with self.assertRaisesRegex(UserError, name), self.cr.savepoint():
            call(*args, **kwargs)

    def assertHeld(self):
        """Check that the hold is what was asked for, and the quants agree."""
        self.env.flush_all()
        self.env.invalidate_all()
        moves = self.writeoff.sudo().stock_move_ids.sorted("product_uom_qty")
        self.assertRecordValues(
            moves.move_line_ids,
            [
                {"lot_id": self.bad.id, "quantity": 10.0, "picked": False},
                {"lot_id": False, "quantity": 12.0, "picked": False},
            ],
        )
        self.assertEqual(moves.mapped("state"), ["assigned", "assigned"])
        for product, lot, held in (
            (self.lot_product, self.bad, 10.0),
            (self.plain_product, None, 12.0),
        ):
            quant = self._get_quant(product, lot)
            self.assertGreaterEqual(quant.quantity, held)
            self.assertGreaterEqual(quant.reserved_quantity, held)

    def assertPosted(self):
        """Post, and check that exactly the goods asked for are gone."""
        if self.writeoff.state == "to_approve":
            self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.with_user(self.finance).action_post()
        lost = self.env["stock.quant"].search(
            [("location_id", "=", self.loss_location.id)]
        )
        self.assertEqual(
            {(quant.lot_id.name, quant.quantity) for quant in lost},
            {("BAD", 10.0), (False, 12.0)},
        )
        self.assertEqual(self.writeoff.value_posted, 220.0)
        self.assertFalse(self._get_quant(self.lot_product, self.bad).quantity)
