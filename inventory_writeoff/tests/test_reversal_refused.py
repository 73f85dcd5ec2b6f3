from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .reversals import ReversalCommon


@tagged("post_install", "-at_install")
class TestReversalRefused(ReversalCommon):
    """What can no longer come back is refused in words, at submission and posting."""

    def _receive(self, name, quantity=5, **values):
        product = self._create_product(name, **values)
        self._make_in_move(product, quantity, 10.0)
        return product

    def _receive_serial(self, name):
        product = self._create_product("Phone", tracking="serial")
        serial = self._create_lot(product, name)
        self._make_in_move(product, 1, 10.0, lot_ids=serial)
        return product, serial

    def _assert_refused(self, writeoff, approved, message):
        """The same sentence at submission and at posting."""
        with self.assertRaisesRegex(UserError, message):
            writeoff.reverse("Wrong", {writeoff.line_ids[0].id: 1}).action_submit()
        with self.assertRaisesRegex(UserError, message):
            approved.with_user(self.finance).action_post()
        self.assertEqual(approved.state, "approved")
        self.assertEqual(writeoff.state, "posted")

    def _prepare(self, *line):
        """Return a posted write-off and an approved reversal of one piece of it."""
        writeoff = self._post(line)
        half = writeoff.line_ids.quantity / 2
        return writeoff, self._approve_back(writeoff, {writeoff.line_ids: half})

    def test_product(self):
        """Archived, not tracked in stock any more, tracked in another way."""
        for vals, message in (
            ({"active": False}, "the product is archived"),
            ({"is_storable": False}, "no longer tracked in stock"),
            ({"tracking": "lot"}, "tracking of the product.*was changed"),
        ):
            with self.subTest(vals):
                product = self._receive("Vase")
                writeoff, approved = self._prepare(product, 4)
                self._make_out_move(product, 1)
                product.write(vals)
                self._assert_refused(writeoff, approved, f"item 1.*{message}")

    def test_location(self):
        """Archived, or no stock location any more."""
        for vals, message in (
            ({"active": False}, "which is archived"),
            ({"usage": "customer"}, "which does not hold stock"),
        ):
            with self.subTest(vals):
                shelf = self.stock_location.copy({"name": f"Shelf {vals}"})
                product = self._create_product("Vase")
                self._make_in_move(product, 4, 10.0, location_dest_id=shelf.id)
                writeoff, approved = self._prepare(
                    product, 4, {"location_id": shelf.id}
                )
                shelf.write(vals)
                self._assert_refused(writeoff, approved, f"were in .*Shelf.*{message}")

    def test_owner(self):
        owner = self.env["res.partner"].create({"name": "Consignor"})
        product = self._create_product("Vase")
        self._make_in_move(product, 4, 10.0, owner_id=owner.id)
        writeoff, approved = self._prepare(product, 4, {"owner_id": owner.id})
        owner.active = False
        self._assert_refused(writeoff, approved, "owner Consignor is archived")
        owner.active = True
        approved.with_user(self.finance).action_post()
        self.assertFalse(approved.sudo().account_move_ids)
        quants = product.stock_quant_ids.filtered(
            lambda quant: quant.location_id == self.stock_location
        )
        self.assertRecordValues(quants, [{"quantity": 2.0, "owner_id": owner.id}])

    def test_serial_back_in_stock(self):
        product, serial = self._receive_serial("S1")
        writeoff = self._post((product, 1, {"lot_id": serial.id}))
        approved = self._approve_back(writeoff)
        self._make_in_move(product, 1, 10.0, lot_ids=serial)
        with self.assertRaisesRegex(
            UserError, "S1.*number is already back, in .*Stock"
        ):
            approved.with_user(self.finance).action_post()
        self._make_out_move(product, 1, lot_ids=serial)
        with self.assertRaisesRegex(UserError, "is already back, in .*Customers"):
            approved.with_user(self.finance).action_post()

    def test_lot_gone_from_the_loss_location(self):
        """A correction of stock, as a merge of lots would make it."""
        product = self._create_product("Oil", tracking="lot")
        lot, other = self._create_lot(product, "L1"), self._create_lot(product, "L2")
        self._make_in_move(product, 4, 10.0, lot_ids=lot)
        writeoff, approved = self._prepare(product, 4, {"lot_id": lot.id})
        lost = product.stock_quant_ids.filtered(
            lambda quant: quant.location_id == self.loss_location
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_quant SET lot_id = %s WHERE id = %s", [other.id, lost.id]
        )
        self.env.invalidate_all()
        self._assert_refused(writeoff, approved, r"L1\).*no longer in .*Write-Off")

    def test_package(self):
        """Goods come back into their package, unless it has gone elsewhere."""
        product = self._receive("Vase", 0.0)
        package = self.env["stock.package"].create({"name": "Box 7"})
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock_location, 6, package_id=package
        )
        writeoff, approved = self._prepare(product, 4, {"package_id": package.id})
        elsewhere = self.stock_location.copy({"name": "Elsewhere"})
        package.quant_ids.move_quants(elsewhere)
        self._assert_refused(writeoff, approved, "Box 7 in .*Stock.*in .*Elsewhere now")
        package.quant_ids.move_quants(self.stock_location)
        approved.with_user(self.finance).action_post()
        self.assertEqual(sum(package.quant_ids.mapped("quantity")), 4.0)

    def test_dates(self):
        """Not before the write-off, and only on an open date."""
        product = self._receive("Vase")
        writeoff, approved = self._prepare(product, 4)
        approved.with_user(self.finance).accounting_date = fields.Date.subtract(
            fields.Date.context_today(writeoff), days=1
        )
        with self.assertRaisesRegex(UserError, "before .*, the date of the write-off"):
            approved.with_user(self.finance).action_post()
        approved.with_user(self.finance).accounting_date = False
        self.env.flush_all()
        self.company.fiscalyear_lock_date = fields.Date.context_today(writeoff)
        with self.assertRaisesRegex(UserError, "is locked by.*first open date"):
            approved.with_user(self.finance).action_post()

    def test_account(self):
        account = self._create_account("WOOLD", "Old losses")
        self.reason.loss_account_id = account
        product = self._receive("Vase")
        writeoff, approved = self._prepare(product, 4)
        self.reason.loss_account_id = self.loss_account
        account.active = False
        self._assert_refused(writeoff, approved, "uses Old losses, which is archived")
        account.active = True
        approved.with_user(self.finance).action_post()
        entry = approved.sudo().account_move_ids
        self.assertIn(account, entry.line_ids.account_id, "mirrored, not looked up")
        self.assertNotIn(self.loss_account, entry.line_ids.account_id)

    def test_unit_of_the_product(self):
        """The same number in another unit would be other goods."""
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self._receive("Eggs", 12)
        writeoff, approved = self._prepare(product, 4)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_template SET uom_id = %s WHERE id = %s",
            [dozen.id, product.product_tmpl_id.id],
        )
        self.env.invalidate_all()
        self._assert_refused(writeoff, approved, "unit of the product was changed")
