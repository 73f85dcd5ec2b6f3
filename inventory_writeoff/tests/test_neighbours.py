import re

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .neighbours import NeighboursCommon


@tagged("post_install", "-at_install")
class TestNeighbours(NeighboursCommon):
    """What people do to goods that a write-off holds."""

    def test_forced_delivery(self):
        for _state in self._in_both_states():
            for product, quantity, lot in (
                (self.lot_product, 10, self.bad),
                (self.lot_product, 1, self.bad),
                (self.plain_product, 9, None),
            ):
                delivery = self._deliver(product, quantity, lot)
                self.assertRefusedByName(delivery.button_validate)
                delivery.action_cancel()
                self.assertHeld()
            good = self._get_quant(self.lot_product, self.good)
            self.assertEqual((good.quantity, good.reserved_quantity), (10.0, 0.0))
        self.assertPosted()

    def test_delivery_of_free_goods(self):
        self._deliver(self.lot_product, 4, self.good).button_validate()
        self._deliver(self.plain_product, 3).button_validate()
        self.assertHeld()
        self.writeoff.with_user(self.approver).action_approve()
        self._deliver(self.lot_product, 6, self.good).button_validate()
        self._deliver(self.plain_product, 5).button_validate()
        self.assertHeld()
        self.assertEqual(self.writeoff.state, "approved")
        self.assertPosted()

    def test_broken_hold_stops_no_other_lot(self):
        """A hold whose goods have vanished stands in nobody else's way."""
        quant = self._get_quant(self.lot_product, self.bad)
        quant.sudo().quantity = 4.0
        delivery = self._deliver(self.lot_product, 4, self.good)
        delivery.button_validate()
        self.assertEqual(delivery.state, "done")

    def test_scrap(self):
        for _state in self._in_both_states():
            for product, lot in (
                (self.lot_product, self.bad),
                (self.plain_product, None),
            ):
                scrap = (
                    self.env["stock.scrap"]
                    .with_user(self.stock_user)
                    .create(
                        {
                            "product_id": product.id,
                            "lot_id": lot.id if lot else False,
                            "scrap_qty": 9.0,
                            "location_id": self.stock_location.id,
                        }
                    )
                )
                self.assertRefusedByName(scrap.do_scrap)
                self.assertHeld()
        self.assertPosted()

    def test_internal_transfer(self):
        for _state in self._in_both_states():
            for product, quantity, lot in (
                (self.lot_product, 10, self.bad),
                (self.plain_product, 20, None),
            ):
                transfer = self._deliver(product, quantity, lot, destination=self.shelf)
                self.assertRefusedByName(transfer.button_validate)
                transfer.action_cancel()
                self.assertHeld()
        self.assertPosted()

    def test_relocate(self):
        """Odoo makes a relocation as if it were a count; it is a person's transfer."""
        for _state in self._in_both_states():
            for product, lot in (
                (self.lot_product, self.bad),
                (self.plain_product, None),
            ):
                quant = self._get_quant(product, lot).with_user(self.stock_manager)
                wizard = (
                    self.env["stock.quant.relocate"]
                    .with_user(self.stock_manager)
                    .create(
                        {
                            "quant_ids": [Command.set(quant.ids)],
                            "dest_location_id": self.shelf.id,
                        }
                    )
                )
                self.assertRefusedByName(wizard.action_relocate_quants)
                self.assertRefusedByName(
                    quant.with_user(self.stock_user).move_quants,
                    location_dest_id=self.shelf,
                )
                self.assertHeld()
            with self.subTest(way="from the lot"):
                self.assertRefusedByName(
                    self.bad.with_user(self.stock_user).write,
                    {"location_id": self.shelf.id},
                )
        self.assertPosted()

    def test_pack_and_unpack(self):
        package = self.env["stock.package"].create({"name": "PACK-1"})
        quant = self._get_quant(self.lot_product, self.bad).with_user(self.stock_user)
        self.assertRefusedByName(quant.move_quants, package_dest_id=package)
        self.assertHeld()
        free = self._get_quant(self.lot_product, self.good)
        free.move_quants(package_dest_id=package)
        other = self._submit(
            (
                self.lot_product,
                10,
                {"lot_id": self.good.id, "package_id": package.id},
            )
        )
        name = re.escape(other.name)
        with self.assertRaisesRegex(UserError, name), self.cr.savepoint():
            package.with_user(self.stock_user).unpack()
        self.assertHeld()

    def test_edit_of_done_lines(self):
        """Odoo lets done lines be changed: to other goods, or undone."""
        delivery = self._deliver(self.lot_product, 4, self.good)
        delivery.button_validate()
        plain_delivery = self._deliver(self.plain_product, 3)
        plain_delivery.button_validate()
        receipts = self.env["stock.move"].search(
            [
                ("product_id", "in", (self.lot_product + self.plain_product).ids),
                ("location_id", "=", self.supplier_location.id),
                ("state", "=", "done"),
            ]
        )
        bad_receipt = receipts.filtered(lambda move: move.lot_ids == self.bad)
        plain_receipt = receipts.filtered(lambda m: m.product_id == self.plain_product)
        bad_quant = self._get_quant(self.lot_product, self.bad)
        for _state in self._in_both_states():
            for name, move, values in (
                ("lot", delivery.move_ids, {"lot_id": self.bad.id}),
                ("quant", delivery.move_ids, {"quant_id": bad_quant.id}),
                ("more", plain_delivery.move_ids, {"quantity": 9.0}),
                ("receipt of less", bad_receipt, {"quantity": 1.0}),
                ("receipt of another lot", bad_receipt, {"lot_id": self.good.id}),
                (
                    "receipt to a shelf",
                    bad_receipt,
                    {"location_dest_id": self.shelf.id},
                ),
                ("receipt of nothing", plain_receipt, {"quantity": 0.0}),
            ):
                with self.subTest(edit=name):
                    line = move.move_line_ids.with_user(self.stock_user)
                    self.assertRefusedByName(line.write, values)
                    self.assertHeld()
            with self.subTest(edit="new line"):
                self.assertRefusedByName(
                    delivery.with_user(self.stock_user).write,
                    {
                        "move_line_ids": [
                            Command.create(
                                {
                                    "product_id": self.lot_product.id,
                                    "lot_id": self.bad.id,
                                    "quantity": 1.0,
                                    "move_id": delivery.move_ids.id,
                                }
                            )
                        ]
                    },
                )
            with self.subTest(edit="quantity of the move"):
                self.assertRefusedByName(
                    plain_receipt.with_user(self.stock_user).write, {"quantity": 5.0}
                )
        # What is free may be changed as ever.
        delivery.move_ids.move_line_ids.with_user(self.stock_user).quantity = 5.0
        self.assertEqual(self._get_quant(self.lot_product, self.good).quantity, 5.0)
        self.assertPosted()

    def test_a28_over_reservation(self):
        """Who reserves more than is free must give it up first, and is named (A28)."""
        for action, user in (
            ("action_approve", self.approver),
            ("action_post", self.finance),
        ):
            claims = {
                1.0: self._deliver(self.plain_product, 19, picked=False),
                0.0: self._deliver(self.lot_product, 12, self.bad, picked=False),
            }
            self.assertHeld()
            act = getattr(self.writeoff.with_user(user), action)
            for free, claim in claims.items():
                message = f"only {free} are free in .* Reserved for {claim.name}"
                with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
                    act()
                claim.do_unreserve()
            act()
        self.assertEqual(self.writeoff.state, "posted")

    def test_reservation_of_others_is_left_at_posting(self):
        delivery = self._deliver(self.plain_product, 8, picked=False)
        self.assertPosted()
        self.assertEqual(delivery.move_ids.move_line_ids.quantity, 8.0)
        quant = self._get_quant(self.plain_product)
        self.assertEqual((quant.quantity, quant.reserved_quantity), (8.0, 8.0))

    def test_reserved_quantity_wiped(self):
        """What is held is read from our move lines, not from the quant alone."""
        quant = self._get_quant(self.plain_product)
        quant.sudo().reserved_quantity = 0.0
        delivery = self._deliver(self.plain_product, 20)
        self.assertRefusedByName(delivery.button_validate)
        delivery.action_cancel()
        draft = self._create_writeoff((self.plain_product, 9))
        message = "only 8.0 are free"
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            draft.action_submit()
        self.assertPosted()
        self.assertEqual(self._get_quant(self.plain_product).quantity, 8.0)

    def test_goods_that_vanished(self):
        """Posting never takes less, nor other goods, than was asked for."""
        self.writeoff.with_user(self.approver).action_approve()
        for product, lot in ((self.plain_product, None), (self.lot_product, self.bad)):
            quant = self._get_quant(product, lot)
            before = quant.quantity
            quant.sudo().quantity = 3.0
            self.assertRefusedByName(self.writeoff.with_user(self.finance).action_post)
            self.assertEqual(self.writeoff.state, "approved")
            quant.sudo().quantity = before
        self.assertPosted()

    def test_reservations_of_others_go_first(self):
        """A forced third delivery frees what others reserved, and not the hold."""
        second = self._deliver(self.plain_product, 8, picked=False)
        third = self._deliver(self.plain_product, 5)
        third.button_validate()
        self.assertEqual(third.state, "done")
        self.assertEqual(second.move_ids.quantity, 3.0)
        self.assertHeld()
        fourth = self._deliver(self.plain_product, 4)
        self.assertRefusedByName(fourth.button_validate)
        fourth.action_cancel()
        self.assertPosted()

    def test_housekeeping(self):
        """Odoo's own jobs leave the hold alone."""
        for _state in self._in_both_states():
            quants = self.env["stock.quant"]
            quants._quant_tasks()
            quants._merge_quants()
            quants._clean_reservations()
            quants._unlink_zero_quants()
            self.env["stock.rule"].run_scheduler()
            self.assertHeld()
        self.assertPosted()

    def test_scheduler_reserves_free_goods_only(self):
        delivery = self._deliver(self.plain_product, 20, picked=False)
        delivery.do_unreserve()
        self.env["stock.rule"].run_scheduler()
        delivery.action_assign()
        self.assertEqual(delivery.move_ids.quantity, 8.0)
        self.assertHeld()

    def test_forecast(self):
        """Held goods are gone for buyers and sellers, and Forecasted says why."""
        product = self.plain_product.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(product.free_qty, 8.0)
        self.assertEqual(product.virtual_available, 8.0)
        report = self.env["stock.forecasted_product_product"].with_user(self.stock_user)
        values = report.with_context(warehouse_id=self.warehouse.id).get_report_values(
            product.ids
        )
        documents = [line["document_out"] for line in values["docs"]["lines"]]
        self.assertIn(
            {
                "_name": "inventory.writeoff",
                "id": self.writeoff.id,
                "name": self.writeoff.name,
            },
            documents,
        )
        move = self.writeoff.sudo().stock_move_ids[0].with_user(self.stock_user)
        self.assertEqual(move.reference, self.writeoff.name)

    def test_replenishment(self):
        """A reordering rule buys what is held as if it were gone."""
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.plain_product.id,
                "location_id": self.stock_location.id,
                "product_min_qty": 15.0,
                "product_max_qty": 20.0,
            }
        )
        self.assertEqual(rule.qty_forecast, 8.0)
        self.assertEqual(rule.qty_to_order, 12.0)
        self.writeoff.action_cancel()
        rule.invalidate_recordset()
        self.assertEqual(rule.qty_forecast, 20.0)
        self.assertEqual(rule.qty_to_order, 0.0)
