from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.inventory_writeoff.tests.common import WriteoffCommon


@tagged("post_install", "-at_install", "browser")
class TestUnsellableTour(HttpCase, WriteoffCommon):
    """From the scanner of the warehouse to a write-off that is made only once.

    Three kinds of glass on Shelf A are broken; beside them are goods that differ in
    reason, location or category, one in each.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Set for the company in Inventory's settings, not a right of these users.
        cls.env.ref("base.group_user")._apply_group(
            cls.env.ref("stock.group_production_lot")
        )
        cls.keeper = cls._create_user("keeper", "stock.group_stock_user")
        cls.clerk = cls._create_user(
            "clerk",
            "inventory_writeoff.group_writeoff_finance,"
            "inventory_writeoff.group_writeoff_user",
        )
        cls.glassware = cls.category_avco.copy({"name": "Glassware"})
        cls.shelf, cls.other_shelf = cls.env["stock.location"].create(
            [
                {
                    "name": name,
                    "barcode": name.upper().replace(" ", "-"),
                    "location_id": cls.stock_location.id,
                }
                for name in ("Shelf A", "Shelf B")
            ]
        )
        # A busy machine types slower than a scanner; Enter ends the code.
        cls.env["ir.config_parameter"].sudo().set_param(
            "barcode.max_time_between_keys_in_ms", "5000"
        )
        cls._stock_up()

    @classmethod
    def _stock_up(cls):
        """Put 560.00 of goods on the shelves."""
        cls.bowl = cls._create_product("Glass Bowl", cls.glassware, barcode="BOWL-7")
        cls.lamp = cls._create_product("Glass Lamp", cls.glassware, tracking="serial")
        cls.cup = cls._create_product("Glass Cup", cls.glassware, tracking="lot")
        cls.pan = cls._create_product("Steel Pan", barcode="PAN-7")
        cls.serial = cls._create_lot(cls.lamp, "LAMP-SN-1")
        cls.other_serial = cls._create_lot(cls.lamp, "LAMP-SN-2")
        cls.lot = cls._create_lot(cls.cup, "CUP-LOT-1")
        cls._receive(cls.bowl, 10, 10.0)
        cls._receive(cls.bowl, 10, 15.0)
        cls._receive(cls.bowl, 4, 12.5, location_dest_id=cls.other_shelf.id)
        cls._receive(cls.lamp, 1, 40.0, lot_ids=[cls.serial])
        cls._receive(cls.lamp, 1, 60.0, lot_ids=[cls.other_serial])
        cls._receive(cls.cup, 5, 8.0, lot_ids=[cls.lot])
        cls._receive(cls.pan, 12, 10.0)

    @classmethod
    def _receive(cls, product, quantity, cost, **values):
        values.setdefault("location_dest_id", cls.shelf.id)
        cls._make_in_move(cls, product, quantity, cost, **values)

    def _find_marked(self):
        return self.env["inventory.writeoff.candidate"].search(
            [("found_by_id", "=", self.keeper.id)], order="id"
        )

    def _mark_others(self):
        """Mark goods that the filters of the clerk have to leave out, one each."""
        other_reason = self.reason.copy({"code": "OTHER", "name": "Faded in a test"})
        others = self.env["inventory.writeoff.candidate"].with_user(self.stock_user)
        return others.create(
            [
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "quantity": 1.0,
                    "reason_id": reason.id,
                    "lot_id": lot and lot.id,
                }
                for product, location, reason, lot in (
                    (self.lamp, self.shelf, other_reason, self.other_serial),
                    (self.bowl, self.other_shelf, self.reason, None),
                    (self.pan, self.shelf, self.reason, None),
                )
            ]
        )

    def test_story(self):
        self._mark_by_scanner()
        others = self._mark_others()
        writeoff = self._write_off(others)
        self._repeat(writeoff)

    def _check_goods(self, items):
        """Check that these items are the three that were scanned, and no more."""
        self.assertRecordValues(
            items.sorted(lambda item: item.product_id.id),
            [
                {
                    "product_id": product.id,
                    "lot_id": lot.id,
                    "location_id": self.shelf.id,
                    "quantity": quantity,
                    "reason_id": self.reason.id,
                }
                for product, lot, quantity in (
                    (self.bowl, self.env["stock.lot"], 2.0),
                    (self.lamp, self.serial, 1.0),
                    (self.cup, self.lot, 1.0),
                )
            ],
        )

    def _mark_by_scanner(self):
        self.start_tour("/odoo", "unsellable_mark", login=self.keeper.login)
        marked = self._find_marked()
        self._check_goods(marked)
        self.assertEqual(set(marked.mapped("source")), {"manual"})
        self.assertEqual(set(marked.mapped("state")), {"open"})
        self.assertFalse(marked.writeoff_id)

    def _write_off(self, others):
        """The clerk writes off the three, and nothing beside them."""
        self.start_tour("/odoo", "unsellable_writeoff", login=self.clerk.login)
        marked = self._find_marked()
        writeoff = marked.writeoff_id
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "to_approve",
                    "requester_id": self.clerk.id,
                    "reason_id": self.reason.id,
                    "disposal_method_id": self.disposal.id,
                    "value_before": 560.0,
                    "value": 83.0,
                    "value_after": 477.0,
                }
            ],
        )
        self._check_goods(writeoff.line_ids)
        self.assertEqual(writeoff.line_ids.disposal_method_id, self.disposal)
        self.assertEqual(set(marked.mapped("state")), {"in_writeoff"})
        self.assertEqual(set(others.mapped("state")), {"open"})
        self.assertFalse(others.writeoff_id)
        self.assertEqual(self._free(self.bowl, self.shelf), 18.0)
        self.assertEqual(self._free(self.lamp, self.shelf, lot_id=self.serial), 0.0)
        self.assertEqual(self._free(self.cup, self.shelf, lot_id=self.lot), 4.0)
        return writeoff

    def _repeat(self, writeoff):
        """The same lamp a second time stays a draft that holds nothing."""
        self.start_tour("/odoo", "unsellable_duplicate", login=self.clerk.login)
        # An administrator may have it refused before anything is counted.
        checks = self.env["inventory.writeoff.check"].with_company(self.company)
        checks.search([("code", "=", "same_stock")]).severity = "block"
        self.start_tour("/odoo", "unsellable_duplicate_blocked", login=self.clerk.login)
        repeated = self.env["inventory.writeoff"].search(
            [("requester_id", "=", self.clerk.id), ("id", "!=", writeoff.id)]
        )
        self.assertRecordValues(
            repeated.line_ids, [{"lot_id": self.serial.id, "free_quantity": 0.0}]
        )
        self.assertEqual(repeated.state, "draft")
        self.assertFalse(repeated.sudo().stock_move_ids)
        finding = repeated.finding_ids.filtered(
            lambda finding: finding.check_id.code == "same_stock"
        )
        self.assertEqual(
            finding.message, f"The same goods are already in {writeoff.name}."
        )
        with self.assertRaisesRegex(UserError, "not in a write-off already"):
            self.env["inventory.writeoff.candidate"].with_user(self.keeper).create(
                {
                    "product_id": self.lamp.id,
                    "lot_id": self.serial.id,
                    "location_id": self.shelf.id,
                    "quantity": 1.0,
                    "reason_id": self.reason.id,
                }
            )
