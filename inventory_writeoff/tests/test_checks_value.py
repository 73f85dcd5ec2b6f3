from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .findings import FindingsCommon


@tagged("post_install", "-at_install")
class TestChecksValue(FindingsCommon):
    """Quantities, values, unit costs and dates out of the ordinary."""

    def _prepare_once(self):
        super()._prepare_once()
        self._stock(self.product, 100)

    def test_large_share(self):
        self._set_check("large_share", percent=50.0)
        writeoff = self._create_writeoff((self.product, 50))
        self.assertNotFound(writeoff)
        writeoff.line_ids.quantity = 51
        self.assertFound(writeoff, r"51 of the 100 Units .*51 %", writeoff.line_ids)

    def test_large_share_over_several_items(self):
        self._set_check("large_share", percent=50.0)
        writeoff = self._create_writeoff((self.product, 30), (self.product, 30))
        self.assertFound(writeoff, r"60 of the 100", writeoff.line_ids[0])

    def test_large_share_of_a_serial_number(self):
        self._set_check("large_share", percent=50.0)
        camera = self._create_product("Camera", tracking="serial")
        serial = self._create_lot(camera, "SN1")
        self._stock(camera, 1, lot_ids=serial)
        self.assertNotFound(self._create_writeoff((camera, 1, {"lot_id": serial.id})))

    def _submit_many(self, *quantities):
        writeoffs = [self._submit((self.product, quantity)) for quantity in quantities]
        for days, writeoff in enumerate(reversed(writeoffs), 1):
            self._backdate(writeoff, days, "submitted_at")
        return writeoffs

    def test_unusual_value(self):
        self._set_check("unusual_value", factor=10.0)
        self._submit_many(1, 1, 1, 2, 2)
        writeoff = self._create_writeoff((self.product, 11))
        self.assertFound(writeoff, r"110\.00 is 11\.0 times .*requester.*10\.00")
        writeoff.line_ids.quantity = 10
        self.assertNotFound(writeoff)

    def test_unusual_value_needs_five_documents(self):
        self._set_check("unusual_value", factor=10.0)
        self._submit_many(1, 1, 1, 2)
        self._submit((self.product, 1)).action_cancel()
        self._submit(
            (self.product, 1), user=self._create_role_user("colleague", "user")
        )
        self.assertNotFound(self._create_writeoff((self.product, 11)))

    def test_unit_cost_zero(self):
        self._set_check("unit_cost", percent=25.0)
        gift = self._create_product("Gift", standard_price=0.0)
        writeoff = self._create_writeoff((gift, 1))
        self.assertFound(writeoff, "no value in the books", writeoff.line_ids)
        owner = self.env["res.partner"].create({"name": "Consigner"})
        self.assertNotFound(
            self._create_writeoff((self.product, 1)),
            self._create_writeoff((gift, 1, {"owner_id": owner.id})),
        )

    def test_unit_cost_off_the_last_receipt(self):
        self._set_check("unit_cost", percent=25.0)
        product = self._create_product(
            "Lamp", category=self.category_standard, standard_price=10.0
        )
        self._make_in_move(product, 5, 13.0)
        writeoff = self._create_writeoff((product, 1))
        self.assertNotFound(writeoff)
        dozen = self.env.ref("uom.product_uom_dozen")
        self._make_in_move(product, 1, 14.0, uom_id=dozen.id)
        self.assertFound(writeoff, r"10\.00, but .*14\.00", writeoff.line_ids)

    def test_near_limit(self):
        check = self._set_check(
            "near_limit", "review", amount=100.0, percent=10.0, factor=3.0
        )
        first, second = self._submit_many(9, 9)
        writeoff = self._create_writeoff((self.product, 9.5))
        self.assertFound(
            writeoff, f"3 write-offs .*100.00 .*{first.name}, {second.name}"
        )
        writeoff.line_ids.quantity = 10
        self.assertNotFound(writeoff)
        writeoff.line_ids.quantity = 8.9
        self.assertNotFound(writeoff)
        writeoff.line_ids.quantity = 9.5
        self._backdate(first, 31, "submitted_at")
        self.assertNotFound(writeoff)
        self._backdate(first, 29, "submitted_at")
        check.amount = 0.0
        self.assertNotFound(writeoff)

    def test_near_limit_counts_one_requester(self):
        self._set_check("near_limit", amount=100.0, percent=10.0, factor=3.0)
        self._submit_many(9, 9)
        colleague = self._create_role_user("colleague", "user")
        self.assertNotFound(self._create_writeoff((self.product, 9.5), user=colleague))

    def test_back_dated(self):
        check = self._set_check("back_dated", days=0)
        writeoff = self._create_writeoff((self.product, 1))
        self.assertNotFound(writeoff)
        writeoff.accounting_date = fields.Date.today()
        self.assertNotFound(writeoff)
        writeoff.accounting_date = fields.Date.today() - timedelta(days=3)
        self.assertFound(writeoff, "is 3 days in the past")
        check.days = 3
        self.assertNotFound(writeoff)

    def test_waiting_does_not_back_date(self):
        self._set_check("back_dated", days=0)
        writeoff = self._submit((self.product, 1), accounting_date=fields.Date.today())
        self._backdate(writeoff, 5, "submitted_at")
        self.assertNotFound(writeoff)

    def test_fixed_asset(self):
        self._set_check("fixed_asset", "block")
        account = self._create_account("FIX", "Machines", "asset_fixed")
        category = self.category_avco.copy({"name": "Machines"})
        machine = self._create_product("Drill", category=category)
        writeoff = self._create_writeoff((machine, 1), (self.product, 1))
        self.assertNotFound(writeoff)
        category.property_stock_valuation_account_id = account
        self.assertFound(writeoff, "asset .account .*Machines", writeoff.line_ids[0])

    def test_running_asset(self):
        """An asset model that names products or lots: the method is the seam."""
        check = self._set_check("fixed_asset", "block")
        asset = self.env["res.partner"].create({"name": "Asset 7"})
        lines = {}
        self.patch(type(check), "_get_running_assets", lambda check, items: lines)
        writeoff = self._create_writeoff((self.product, 1))
        self.assertNotFound(writeoff)
        lines[writeoff.line_ids.sudo()] = asset
        self.assertFound(writeoff, "running asset Asset 7", writeoff.line_ids)

    def test_other_owner(self):
        self._set_check("other_owner")
        owner = self.env["res.partner"].create({"name": "Consigner"})
        writeoff = self._create_writeoff((self.product, 1, {"owner_id": owner.id}))
        self.assertFound(writeoff, "belong to Consigner", writeoff.line_ids)
        writeoff.line_ids.owner_id = self.company.partner_id
        self.assertNotFound(writeoff)
        writeoff.line_ids.owner_id = False
        self.assertNotFound(writeoff)
