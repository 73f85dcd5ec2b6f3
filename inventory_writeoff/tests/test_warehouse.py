from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.models import inventory_writeoff_daily
from odoo.addons.inventory_writeoff.writer import as_writer

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestWarehouse(WriteoffCommon):
    """What warehouse staff see and do, who may not read a write-off."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Broken Vase", default_code="VASE")
        cls.tracked = cls._create_product("Old Paint", tracking="lot")
        cls.lot = cls._create_lot(cls.tracked, "P-1")
        cls.other_lot = cls._create_lot(cls.tracked, "P-2")
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf W", "location_id": cls.stock_location.id}
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._stock(self.product, 10)
        self._stock(self.product, 6, location=self.shelf)
        self._stock(self.tracked, 5, lot=self.lot)
        self._stock(self.tracked, 5, lot=self.other_lot)

    def _stock(self, product, quantity, location=None, lot=None):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock_location, quantity, lot_id=lot
        )

    def _quants(self, product, **goods):
        domain = [(name, "=", record.id) for name, record in goods.items()]
        return (
            self.env["stock.quant"]
            .with_user(self.stock_user)
            .search([("product_id", "=", product.id), *domain])
            .filtered(lambda quant: quant.location_id.usage == "internal")
        )

    def _removal(self, writeoff):
        self.env.flush_all()
        removals = self.env["inventory.writeoff.removal"]
        return removals.with_user(self.stock_user).browse(writeoff.id)

    def test_quants_name_their_writeoff(self):
        writeoff = self._submit((self.product, 4), (self.tracked, 2, self._lot_vals()))
        self._submit((self.product, 1))
        with self.assertRaises(AccessError):
            writeoff.with_user(self.stock_user).read(["name"])
        held = self._quants(self.product, location_id=self.stock_location)
        numbers = held.writeoff_held_by.split(", ")
        self.assertIn(writeoff.name, numbers)
        self.assertEqual(len(numbers), 2)
        self.assertEqual(held.writeoff_held_quantity, 5)
        self.assertFalse(
            self._quants(self.product, location_id=self.shelf).writeoff_held_by
        )
        lots = self._quants(self.tracked)
        by_lot = {quant.lot_id: quant.writeoff_held_by for quant in lots}
        self.assertEqual(by_lot[self.lot], writeoff.name)
        self.assertFalse(by_lot[self.other_lot])

    def test_mark_goes_with_the_hold(self):
        writeoff = self._submit((self.product, 4))
        writeoff.action_draft()
        self.assertFalse(any(self._quants(self.product).mapped("writeoff_held_by")))

    def test_search_held_quants(self):
        writeoff = self._submit((self.product, 4))
        quants = self._quants(self.product)
        held = quants.search(
            [("id", "in", quants.ids), ("writeoff_held_by", "!=", False)]
        )
        self.assertEqual(held.location_id, self.stock_location)
        self.assertEqual(
            quants - held,
            quants.search([("id", "in", quants.ids), ("writeoff_held_by", "=", False)]),
        )
        found = quants.search([("writeoff_held_by", "ilike", writeoff.name)])
        self.assertEqual(found, held)
        self.assertEqual(
            quants.search([("writeoff_held_by", "=", writeoff.name)]), held
        )

    def test_quants_in_one_query(self):
        self._submit((self.product, 4))
        for quants in (self._quants(self.product)[:1], self._quants(self.product)):
            self.env.flush_all()
            self.env.invalidate_all()
            quants.mapped("owner_id.id")
            with self.assertQueryCount(1):
                quants.mapped("writeoff_held_by")

    def test_lot_and_location_say_what_is_held(self):
        writeoff = self._submit(
            (self.tracked, 2, self._lot_vals()),
            (self.product, 3, {"location_id": self.shelf.id}),
        )
        lot = self.lot.with_user(self.stock_user)
        self.assertEqual(lot.writeoff_held, f"2 Units by {writeoff.name}")
        self.assertFalse(self.other_lot.with_user(self.stock_user).writeoff_held)
        shelf = self.shelf.with_user(self.stock_user)
        self.assertEqual(shelf.writeoff_held, f"3 Units by {writeoff.name}")
        parent = self.stock_location.with_user(self.stock_user)
        self.assertEqual(parent.writeoff_held, f"5 Units by {writeoff.name}")

    def _lot_vals(self):
        return {"lot_id": self.lot.id}

    def test_requester_confirms_removal(self):
        writeoff = self._submit((self.product, 4))
        self.assertTrue(writeoff.can_confirm_removed)
        writeoff.action_confirm_removed()
        self.assertEqual(writeoff.removed_by_id, self.requester)
        self.assertTrue(writeoff.removed_at)
        self.assertIn("Physically removed", writeoff.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "already confirmed"):
            writeoff.action_confirm_removed()

    def test_stock_user_confirms_removal_without_reading_the_writeoff(self):
        writeoff = self._approve((self.product, 4))
        removal = self._removal(writeoff)
        self.assertEqual(removal.name, writeoff.name)
        self.assertEqual(removal.locations, self.stock_location.complete_name)
        removal.action_confirm_removed()
        self.assertEqual(writeoff.removed_by_id, self.stock_user)
        self.assertEqual(writeoff.message_ids[0].author_id, self.stock_user.partner_id)
        with self.assertRaises(AccessError):
            writeoff.with_user(self.stock_user).action_confirm_removed()

    def test_others_cannot_confirm_removal(self):
        writeoff = self._submit((self.product, 4))
        finance = writeoff.with_user(self.finance)
        self.assertFalse(finance.can_confirm_removed)
        with self.assertRaisesRegex(UserError, "requester and warehouse staff"):
            finance.action_confirm_removed()
        with self.assertRaises(AccessError):
            self._removal(writeoff).with_user(self.requester).read(["name"])
        self.assertFalse(writeoff.removed_at)

    def test_removal_only_of_held_or_posted_goods(self):
        draft = self._create_writeoff((self.tracked, 4, self._lot_vals()))
        with self.assertRaisesRegex(UserError, "is Draft"):
            draft.action_confirm_removed()
        self.assertFalse(self._removal(draft).search([("id", "=", draft.id)]))
        posted = self._post((self.product, 4))
        self._removal(posted).action_confirm_removed()
        self.assertEqual(posted.removed_by_id, self.stock_user)

    def test_removal_is_written_by_the_button_only(self):
        writeoff = self._submit((self.product, 4))
        with self.assertRaises(AccessError):
            writeoff.removed_at = fields.Datetime.now()
        with self.assertRaises(AccessError):
            writeoff.with_user(self.finance).removed_by_id = self.finance

    def test_back_in_draft_forgets_the_removal(self):
        writeoff = self._submit((self.product, 4))
        writeoff.action_confirm_removed()
        writeoff.action_draft()
        self.assertFalse(writeoff.removed_at)
        bodies = "".join(writeoff.message_ids.mapped("body"))
        self.assertIn("Put them back", bodies)

    def test_removals_of_other_companies_are_not_listed(self):
        writeoff = self._submit((self.product, 4))
        stranger = self._create_user(
            "stranger", "stock.group_stock_user", company=self.other_company
        )
        removals = self.env["inventory.writeoff.removal"].with_user(stranger)
        self.env.flush_all()
        self.assertFalse(removals.search([("id", "=", writeoff.id)]))
        with self.assertRaises(AccessError):
            removals.browse(writeoff.id).action_confirm_removed()

    def _render(self, report, records, user):
        self.env.flush_all()
        reports = self.env["ir.actions.report"].with_user(user)
        html, _type = reports._render_qweb_html(report, records.ids)
        return html.decode()

    def test_pick_list_is_grouped_by_location(self):
        writeoff = self._submit(
            (self.product, 3, {"location_id": self.shelf.id}),
            (self.tracked, 2, self._lot_vals()),
            (self.product, 4),
        )
        for user in (self.requester, self.finance):
            html = self._render("inventory_writeoff.report_pick_list", writeoff, user)
            places = [
                html.index(f">{name}<")
                for name in (
                    self.stock_location.display_name,
                    self.shelf.display_name,
                )
            ]
            self.assertEqual(places, sorted(places))
            for text in (writeoff.name, "P-1", "Broken Vase", self.reason.name):
                self.assertIn(text, html)
            self.assertIn("data:image/png;base64", html)

    def test_pick_list_for_stock_users(self):
        writeoff = self._submit((self.product, 4))
        report = "inventory_writeoff.report_removal"
        html = self._render(report, writeoff, self.stock_user)
        self.assertIn("Broken Vase", html)
        with self.assertRaises(AccessError):
            self._render(
                "inventory_writeoff.report_pick_list", writeoff, self.stock_user
            )
        with self.assertRaises(AccessError):
            self._render(report, writeoff, self.invoicing_user)

    def _run_hold_age(self):
        cron = self.env.ref("inventory_writeoff.ir_cron_hold_age")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _age(self, writeoff, days):
        submitted_at = fields.Datetime.now() - timedelta(days=days)
        as_writer(writeoff.sudo()).submitted_at = submitted_at

    def _get_reminders(self, writeoff):
        activity_type = self.env.ref("inventory_writeoff.mail_activity_type_hold_age")
        activities = writeoff.sudo().activity_ids
        return activities.filtered(lambda a: a.activity_type_id == activity_type)

    def test_old_holds_remind_the_requester_once(self):
        self.company.writeoff_hold_days = 10
        old = self._submit((self.product, 4))
        young = self._approve((self.tracked, 1, self._lot_vals()))
        self._age(old, 11)
        self._age(young, 9)
        self._run_hold_age()
        self.assertEqual(self._get_reminders(old).user_id, self.requester)
        self.assertIn("11 days", self._get_reminders(old).note)
        self.assertFalse(self._get_reminders(young))
        self.assertEqual(old.state, "to_approve")
        self._get_reminders(old).action_feedback()
        self._run_hold_age()
        self.assertFalse(self._get_reminders(old))

    def test_no_limit_no_reminder(self):
        writeoff = self._submit((self.product, 4))
        self._age(writeoff, 1000)
        self._run_hold_age()
        self.assertFalse(self._get_reminders(writeoff))

    def test_old_holds_are_released_if_set(self):
        self.company.write({"writeoff_hold_days": 10, "writeoff_hold_release": True})
        old = self._approve((self.product, 4))
        young = self._submit((self.tracked, 1, self._lot_vals()))
        posted = self._post((self.tracked, 1, {"lot_id": self.other_lot.id}))
        for writeoff in (old, posted):
            self._age(writeoff, 11)
        self._run_hold_age()
        self.assertEqual(old.state, "draft")
        self.assertFalse(old.approver_id)
        self.assertEqual(young.state, "to_approve")
        self.assertEqual(posted.state, "posted")
        self.assertEqual(self._free(self.product, self.stock_location), 16)
        self.assertEqual(self._get_reminders(old).user_id, self.requester)
        self.assertIn("11 days", "".join(old.message_ids.mapped("body")))
        old.action_submit()
        self.assertFalse(self._get_reminders(old))

    def test_reminders_in_batches(self):
        self.company.writeoff_hold_days = 10
        writeoffs = self.env["inventory.writeoff"]
        for _index in range(3):
            writeoffs |= self._submit((self.product, 1))
        self._age(writeoffs, 11)
        self.patch(inventory_writeoff_daily, "BATCH_SIZE", 2)
        self._run_hold_age()
        for writeoff in writeoffs:
            self.assertEqual(len(self._get_reminders(writeoff)), 1)
