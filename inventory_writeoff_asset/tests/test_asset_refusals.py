from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .assets import AssetCommon


@tagged("post_install", "-at_install")
class TestAssetRefusals(AssetCommon):
    """What cannot be, in words that say which, why and what to do."""

    def test_assets_that_cannot_go(self):
        """Refused at submission, and a word about what would settle it."""
        for name, spoil, message in (
            ("draft", lambda a: a.write({"state": "draft"}), "in draft.*confirm it"),
            ("removed", self._remove, "removed in Accounting already"),
            ("due", self._leave_april_due, "04/30/2026 is not posted"),
            ("later", self._post_june, "depreciated until 06/30/2026"),
            (
                "more",
                lambda a: self._receive_more(a),
                "1.0 Units of them would be left",
            ),
            ("locked", self._lock_yesterday, "06/15/2026, which is locked"),
        ):
            with self.subTest(name):
                lot = self._create_serial(name)
                asset = self._create_asset(lot)
                writeoff = self._create_writeoff(self._serial_vals(lot))
                try:
                    spoil(asset)
                    with self.assertRaisesRegex(UserError, message):
                        writeoff.action_submit()
                finally:
                    self.company.fiscalyear_lock_date = False
                self.assertEqual(writeoff.state, "draft")

    def _remove(self, asset):
        wizards = self.env["account.asset.remove"]
        wizard = wizards.with_context(active_id=asset.id, early_removal=True)
        wizard.create(
            {
                "date_remove": "2026-06-16",
                "posting_regime": "residual_value",
                "account_residual_value_id": self.loss_account.id,
            }
        ).remove()

    def _leave_april_due(self, asset):
        lines = asset.depreciation_line_ids.filtered("move_id").sorted("line_date")
        for line in lines[-2:]:
            line.unlink_move()

    def _post_june(self, asset):
        self._depreciate(asset, "2026-06-30")

    def _receive_more(self, asset):
        self._receive(asset.product_id, 1, asset.lot_id)

    def _lock_yesterday(self, asset):
        self.company.fiscalyear_lock_date = "2026-06-15"

    def test_first_open_date(self):
        """The last depreciation is booked the day before: that day is open as well."""
        lot = self._create_serial("D1")
        self._create_asset(lot)
        self.company.fiscalyear_lock_date = "2026-06-14"
        writeoff = self._create_writeoff(
            self._serial_vals(lot), accounting_date="2026-06-15"
        )
        with self.assertRaisesRegex(UserError, "Choose 06/16/2026 or a later"):
            writeoff.action_submit()
        writeoff.accounting_date = "2026-06-16"
        writeoff.action_submit()
        self.assertEqual(writeoff.state, "to_approve")

    def test_part_of_a_lot(self):
        """An asset, or two, on ten chairs: all of them go, or none."""
        chairs = self._create_product(
            "Chairs", self.category, tracking="lot", standard_price=0.0
        )
        lot = self._create_lot(chairs, "C1")
        self._receive(chairs, 10, lot)
        self._create_asset(lot)
        self._create_asset(lot)
        writeoff = self._create_writeoff((chairs, 4, {"lot_id": lot.id}))
        message = "Forklift, Forklift, and 6.0 Units of them would be left"
        with self.assertRaisesRegex(UserError, message):
            writeoff.action_submit()
        writeoff.line_ids.quantity = 10
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        part = writeoff.reverse("Some are here", {writeoff.line_ids.id: 4})
        with self.assertRaisesRegex(UserError, "comes back as a whole"):
            part.action_submit()

    def test_twice_in_the_books(self):
        """Stock of 100.00 and an asset of 650.00 are not both the same thing."""
        product = self._create_product(
            "Pump", self.category, tracking="serial", standard_price=100.0
        )
        lot = self._create_serial("P1", product)
        self._create_asset(lot)
        writeoff = self._create_writeoff(self._serial_vals(lot))
        message = "twice, as .*100.00 of stock and as Forklift"
        with self.assertRaisesRegex(UserError, message):
            writeoff.action_submit()
        product.standard_price = 0.0
        writeoff.action_submit()
        # What is posted counts, not what was estimated.
        writeoff.with_user(self.approver).action_approve()
        self.company.write(
            {"writeoff_drift_amount": 1000.0, "writeoff_drift_percent": 1000.0}
        )
        product.standard_price = 100.0
        with self.assertRaisesRegex(UserError, message):
            writeoff.with_user(self.finance).action_post()

    def test_other_company(self):
        """An asset of another company is named to nobody, and in the way."""
        lot = self._create_serial("O1")
        lot.company_id = False
        self.product.company_id = False
        company = self.other_company
        asset = self._create_asset(lot)
        self.env.cr.execute(
            "UPDATE account_asset SET company_id = %s WHERE id = %s",
            [company.id, asset.id],
        )
        asset.invalidate_recordset()
        writeoff = self._create_writeoff(self._serial_vals(lot))
        message = "linked to an asset of another company"
        with self.assertRaisesRegex(UserError, message) as refusal:
            writeoff.action_submit()
        self.assertNotIn(company.name, str(refusal.exception))

    def test_other_owner(self):
        lot = self._create_lot(self.product, "W1")
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.stock_location, 1, lot_id=lot, owner_id=self.owner
        )
        self._create_asset(lot)
        vals = {"lot_id": lot.id, "owner_id": self.owner.id}
        writeoff = self._create_writeoff((self.product, 1, vals))
        with self.assertRaisesRegex(UserError, "belong to Consignment Owner"):
            writeoff.action_submit()

    def test_link_changed_after_the_approval(self):
        """Another asset, none, another value: it must be approved again."""
        spare = self._create_asset(name="Spare")
        for name, change, message in (
            ("other", lambda a: self._link_other(a, spare), "Forklift.* → .*Spare"),
            ("none", lambda a: a.write({"lot_id": False, "product_id": False}), "→ -"),
            ("value", lambda a: a.write({"purchase_value": 1500.0}), r"→ .*1,500\.00"),
        ):
            with self.subTest(name):
                lot = self._create_serial(name)
                asset = self._create_asset(lot)
                writeoff = self._approve(self._serial_vals(lot))
                change(asset)
                self.assertTrue(writeoff.with_user(self.finance).action_post())
                self.assertEqual(writeoff.state, "to_approve")
                self.assertRegex(writeoff.void_reason, f"assets .*{message}")
                self.assertEqual(asset.state, "open")

    def _link_other(self, asset, spare):
        lot = asset.lot_id
        asset.write({"lot_id": False, "product_id": False})
        spare.lot_id = lot

    def test_depreciated_since_the_approval(self):
        """A month that is depreciated meanwhile is no other content, but counts."""
        lot = self._create_serial("M1")
        asset = self._create_asset(lot, until="2026-04-30")
        asset.depreciation_line_ids.filtered(
            lambda line: line.line_date.month == 5
        ).line_date = "2026-06-20"
        writeoff = self._approve(self._serial_vals(lot))
        self.assertEqual(writeoff.retirement_ids.value_before, 800.0)
        asset.depreciation_line_ids.filtered(
            lambda line: str(line.line_date) == "2026-06-20"
        ).line_date = "2026-05-31"
        self._depreciate(asset, "2026-05-31")
        self.assertFalse(writeoff.with_user(self.finance).action_post())
        self.assertEqual(writeoff.retirement_ids.value_before, 700.0)

    def test_asset_changed_before_the_reversal(self):
        lot = self._create_serial("R1")
        asset = self._create_asset(lot)
        writeoff = self._post(self._serial_vals(lot))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_asset SET state = 'close' WHERE id = %s", [asset.id]
        )
        self.env.invalidate_all()
        reversal = writeoff.reverse("Found again")
        with self.assertRaisesRegex(UserError, "is not removed any more"):
            reversal.action_submit()

    def test_links_that_cannot_be(self):
        """A lot of another product, a tracked product without lot, a service."""
        lot = self._create_serial("K1")
        service = self.env["product.product"].create(
            {"name": "Rent", "type": "service"}
        )
        asset = self._create_asset()
        for vals, message in (
            (
                {"lot_id": lot.id, "product_id": self.product_avco.id},
                "is not of product Avco Product",
            ),
            ({"lot_id": False, "product_id": self.product.id}, "Choose which"),
            ({"lot_id": False, "product_id": service.id}, "not tracked in stock"),
        ):
            with (
                self.subTest(message),
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                asset.with_user(self.accountant).write(vals)

    def test_all_or_nothing(self):
        """One asset that cannot go keeps the whole batch from being posted."""
        first, second = self._create_serial("B1"), self._create_serial("B2")
        asset, other = self._create_asset(first), self._create_asset(second)
        writeoffs = self._approve(self._serial_vals(first))
        writeoffs |= self._approve(self._serial_vals(second))
        self._remove(other)
        with (
            self.assertRaisesRegex(UserError, "removed in Accounting already"),
            self.env.cr.savepoint(),
        ):
            writeoffs.with_user(self.finance).action_post()
        self.assertEqual(set(writeoffs.mapped("state")), {"approved"})
        self.assertEqual(asset.state, "open")

    def test_without_link(self):
        """Goods that are booked as a fixed asset, but are none that is known (A31)."""
        stock = self._create_account("FIXED", "Tools", "asset_fixed")
        category = self.category_standard.copy(
            {"name": "Tools", "property_stock_valuation_account_id": stock.id}
        )
        product = self._create_product("Drill", category)
        self._receive(product, 1)
        writeoff = self._create_writeoff((product, 1))
        with self.assertRaisesRegex(UserError, "booked as a fixed asset"):
            writeoff.action_submit()
