from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .findings import FindingsCommon


@tagged("post_install", "-at_install")
class TestChecksRecovery(FindingsCommon):
    """Goods that could still be sold, used or sent back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expired = cls.env.ref("inventory_writeoff.reason_expired")
        cls.obsolete = cls.env.ref("inventory_writeoff.reason_obsolete")
        cls.milk = cls._create_product("Milk", tracking="lot", use_expiration_date=True)
        cls.lot = cls._create_lot(cls.milk, "L1")

    def _create_expired(self, reason=None):
        return self._create_writeoff(
            (self.milk, 1, {"lot_id": self.lot.id}),
            reason_id=(reason or self.expired).id,
        )

    def test_not_expired(self):
        check = self._set_check("not_expired", days=0)
        self.lot.expiration_date = fields.Datetime.now() + timedelta(days=3)
        writeoff = self._create_expired()
        self.assertFound(writeoff, "L1 expires on", writeoff.line_ids)
        check.days = 4
        self.assertNotFound(writeoff)
        check.days = 0
        self.lot.expiration_date = fields.Datetime.now() - timedelta(days=1)
        self.assertNotFound(writeoff)

    def test_expiry_unknown(self):
        self._set_check("not_expired")
        self.lot.expiration_date = False
        writeoff = self._create_expired()
        self.assertFound(writeoff, "L1 has no expiration date", writeoff.line_ids)
        self.assertNotFound(self._create_expired(reason=self.reason))

    def test_still_moving(self):
        self._set_check("still_moving", days=30)
        self._stock(self.product, 20)
        writeoff = self._create_writeoff((self.product, 1), reason_id=self.obsolete.id)
        self.assertNotFound(writeoff)
        move = self._make_out_move(self.product, 1, create_picking=True)
        self.assertFound(writeoff, move.picking_id.name, writeoff.line_ids)
        self.assertNotFound(self._create_writeoff((self.product, 1)))
        move.date = fields.Datetime.now() - timedelta(days=31)
        self.assertNotFound(writeoff)

    def test_still_moving_counts_no_losses(self):
        self._set_check("still_moving", days=30)
        self._stock(self.product, 20)
        self._make_out_move(self.product, 1, location_dest_id=self.loss_of_counts.id)
        self._post((self.product, 1))
        self.assertNotFound(
            self._create_writeoff((self.product, 1), reason_id=self.obsolete.id)
        )

    def _sell(self, product, quantity):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Customer"}).id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        sale.action_confirm()
        return sale

    def test_still_sold(self):
        if "sale.order" not in self.env:
            self.skipTest("Sales is not installed")
        self._set_check("still_moving", days=30)
        sale = self._sell(self.product, 3)
        writeoff = self._create_writeoff((self.product, 1), reason_id=self.obsolete.id)
        self.assertFound(writeoff, sale.name, writeoff.line_ids)
        sale.date_order = fields.Datetime.now() - timedelta(days=31)
        self.assertNotFound(writeoff)

    def test_in_demand(self):
        if "sale.order" not in self.env:
            self.skipTest("Sales is not installed")
        self._set_check("in_demand")
        self._stock(self.product, 20)
        writeoff = self._create_writeoff((self.product, 1))
        self.assertNotFound(writeoff)
        sale = self._sell(self.product, 3)
        picking = sale.picking_ids
        self.assertFound(
            writeoff, f"3 Units of the product .*: {picking.name}", writeoff.line_ids
        )
        picking.action_cancel()
        self.assertNotFound(writeoff)

    def test_in_demand_counts_no_holds(self):
        self._set_check("in_demand")
        self._stock(self.product, 20)
        self._submit((self.product, 2))
        self.assertNotFound(self._create_writeoff((self.product, 1)))

    def test_in_demand_names_some(self):
        self._set_check("in_demand")
        for _number in range(7):
            picking = self.env["stock.picking"].create(
                {
                    "picking_type_id": self.picking_type_out.id,
                    "location_id": self.stock_location.id,
                    "location_dest_id": self.customer_location.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 1,
                                "location_id": self.stock_location.id,
                                "location_dest_id": self.customer_location.id,
                            }
                        )
                    ],
                }
            )
            picking.action_confirm()
        writeoff = self._create_writeoff((self.product, 1))
        self.assertFound(writeoff, "7 Units .* and 2 more", writeoff.line_ids)

    def test_in_demand_of_manufacturing(self):
        """Components are demand: their moves go to a production location."""
        self._set_check("in_demand")
        production = self.product.with_company(self.company).property_stock_production
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 4,
                "location_id": self.stock_location.id,
                "location_dest_id": production.id,
                "origin": "MO/1",
            }
        )
        move._action_confirm()
        writeoff = self._create_writeoff((self.product, 1))
        self.assertFound(writeoff, "4 Units .*MO/1", writeoff.line_ids)

    def test_returnable(self):
        self._set_check("returnable", days=30)
        vendor = self.env["res.partner"].create({"name": "Glassworks"})
        move = self._make_in_move(
            self.product, 5, 10.0, create_picking=True, partner_id=vendor.id
        )
        writeoff = self._create_writeoff((self.product, 1))
        self.assertFound(
            writeoff, f"from Glassworks .{move.picking_id.name}", writeoff.line_ids
        )
        move.date = fields.Datetime.now() - timedelta(days=31)
        self.assertNotFound(writeoff)

    def test_returnable_by_lot(self):
        self._set_check("returnable", days=30)
        other_lot = self._create_lot(self.milk, "L2")
        self._make_in_move(self.milk, 5, 10.0, lot_ids=other_lot)
        writeoff = self._create_expired()
        self.assertNotFound(writeoff)
        writeoff.line_ids.lot_id = other_lot
        self.assertFound(writeoff, "Received on", writeoff.line_ids)

    def test_counted_in_is_not_returnable(self):
        self._set_check("returnable", days=30)
        self._stock(self.product, 20)
        self.assertNotFound(self._create_writeoff((self.product, 1)))
