from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .candidates import CandidateCommon


@tagged("post_install", "-at_install", "slow")
class TestScan(CandidateCommon):
    """What the nightly scan proposes, follows and leaves alone."""

    def _facts(self, candidates):
        return candidates.read(
            ["source", "quantity", "value", "state", "write_date", "facts", "found_at"]
        )

    def test_expired(self):
        product, lot = self._create_expiring(days=-1)
        fresh, _lot = self._create_expiring("Cheese", days=5)
        self._scan()
        self.assertRecordValues(
            self._found(product),
            [
                {
                    "lot_id": lot.id,
                    "source": "expired",
                    "reason_id": self.env.ref("inventory_writeoff.reason_expired").id,
                    "quantity": 10.0,
                    "value": 100.0,
                    "found_by_id": False,
                    "expiration_date": lot.expiration_date,
                    "location_id": self.stock_location.id,
                }
            ],
        )
        self.assertFalse(self._found(fresh))

    def test_some_days_before_expiration(self):
        product, _lot = self._create_expiring(days=5)
        self.company.writeoff_expiry_days = 4
        self._scan()
        self.assertFalse(self._found(product))
        self.company.writeoff_expiry_days = 6
        self._scan()
        self.assertEqual(self._found(product).source, "expired")

    def test_product_without_expiration(self):
        product, _lot = self._create_expiring()
        product.use_expiration_date = False
        self._scan()
        self.assertFalse(self._found(product))

    def test_not_moving(self):
        new, still, sold = (self._create_product(name) for name in "ABC")
        self._put(new, 5, days_ago=99)
        self._put(still, 5, days_ago=101)
        self._put(sold, 5, days_ago=101)
        self._deliver(sold, 1)
        self._scan()
        self.assertFalse(self._found(new))
        self.assertFalse(self._found(sold))
        self.assertRecordValues(
            self._found(still),
            [
                {
                    "source": "aged",
                    "reason_id": self.env.ref("inventory_writeoff.reason_obsolete").id,
                    "days_unmoved": 101,
                }
            ],
        )

    def test_moves_that_are_no_demand(self):
        """Counts and moves between shelves do not make stock younger."""
        self._put(self.product, 5, days_ago=101)
        self._move(self.product, 1, None, self.shelf)
        quant = self.env["stock.quant"]._gather(self.product, self.shelf)
        quant.inventory_quantity = 0
        quant.action_apply_inventory()
        self._scan()
        self.assertEqual(self._found(self.product).source, "aged")

    def test_moves_long_ago(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=150)):
            self._put(self.product, 5, days_ago=50)
            self._deliver(self.product, 1)
        self._scan()
        found = self._found(self.product)
        self.assertEqual(found.quantity, 4.0)
        self.assertEqual(found.days_unmoved, 150)

    def test_days_of_the_category(self):
        parent = self.env["product.category"].create({"name": "Slow"})
        child = self.env["product.category"].create(
            {"name": "Very slow", "parent_id": parent.id}
        )
        product = self._create_product("Spare part", category=child)
        self._put(product, 5, days_ago=150)
        for days, own, expected in (
            (200, 0, False),
            (120, 0, "aged"),
            (120, 160, False),
            (-1, 0, False),
        ):
            with self.subTest(days=days, own=own):
                parent.writeoff_aged_days = days
                child.writeoff_aged_days = own
                self._scan()
                self.assertEqual(self._found(product).source, expected)
        parent.writeoff_aged_days = 0
        self.company.writeoff_aged_days = 0
        self._scan()
        self.assertFalse(self._found(product))

    def test_quarantine_with_children(self):
        self.shelf.is_quarantine = True
        cage = self.env["stock.location"].create(
            {"name": "Cage", "location_id": self.shelf.id}
        )
        self._put(self.product, 5)
        self._put(self.product, 3, location=cage)
        self._scan()
        self.assertRecordValues(
            self._found(self.product),
            [
                {
                    "location_id": cage.id,
                    "source": "quarantine",
                    "quantity": 3.0,
                    "reason_id": self.env.ref("inventory_writeoff.reason_quality").id,
                }
            ],
        )

    def test_reasons_are_the_companys(self):
        product, _lot = self._create_expiring()
        self.company.writeoff_expired_reason_id = self.reason
        self._scan()
        self.assertEqual(self._found(product).reason_id, self.reason)

    def test_archived_reason_switches_a_source_off(self):
        product, _lot = self._create_expiring()
        self.env.ref("inventory_writeoff.reason_expired").active = False
        self._scan()
        self.assertFalse(self._found(product))

    def test_second_scan_changes_nothing(self):
        product, _lot = self._create_expiring()
        self._put(self.product, 5, days_ago=101)
        self._scan()
        found = self._found(product) | self._found(self.product)
        before = self._facts(found)
        with freeze_time(fields.Datetime.now() + timedelta(hours=24)):
            self._scan()
        self.assertEqual(self._facts(found), before)
        self.assertEqual(self.candidates.search_count([]), 2)

    def test_quantities_follow(self):
        product, lot = self._create_expiring()
        self._scan()
        found = self._found(product)
        self._put(product, 5, lot_id=lot)
        self._scan()
        self.assertRecordValues(found, [{"quantity": 15.0, "value": 150.0}])
        self._deliver(product, 12, lot_id=lot)
        self.assertRecordValues(found, [{"quantity": 3.0, "value": 30.0}])

    def test_price_change_follows(self):
        product, _lot = self._create_expiring()
        self._scan()
        product.standard_price = 20.0
        self._scan()
        self.assertEqual(self._found(product).value, 200.0)

    def test_gone_without_the_cron(self):
        product, lot = self._create_expiring()
        self._scan()
        self._deliver(product, 10, lot_id=lot)
        self.assertFalse(self._found(product))

    def test_no_longer_true(self):
        product, lot = self._create_expiring()
        self._scan()
        lot.expiration_date = fields.Datetime.now() + timedelta(days=9)
        self._scan()
        self.assertFalse(self._found(product))

    def test_held_goods_are_not_proposed(self):
        product, lot = self._create_expiring()
        self._submit((product, 4, {"lot_id": lot.id}))
        self._scan()
        self.assertEqual(self._found(product).quantity, 6.0)
        self._submit((product, 6, {"lot_id": lot.id}))
        self.assertFalse(self._found(product), "held: gone before the next scan")
        self._scan()
        self.assertFalse(self._found(product))

    def test_what_is_in_a_draft_is_not_proposed_again(self):
        product, _lot = self._create_expiring()
        self._scan()
        found = self._found(product).with_user(self.requester)
        found.action_create_writeoff()
        self._scan()
        self.assertEqual(self._found(product), found)

    def test_dismissed_until_the_facts_change(self):
        product, lot = self._create_expiring()
        self._scan()
        found = self._found(product)
        found.with_user(self.requester).action_dismiss()
        self._scan()
        self.assertEqual(found.state, "dismissed")
        for change in (
            lambda: self._put(product, 1, lot_id=lot),
            lambda: lot.write({"expiration_date": "2020-01-01 00:00:00"}),
            lambda: self._deliver(product, 1, lot_id=lot),
        ):
            change()
            self._scan()
            self.assertRecordValues(
                found, [{"state": "open", "dismissed_by_id": False}]
            )
            found.with_user(self.requester).action_dismiss()
            self._scan()
            self.assertEqual(found.state, "dismissed")

    def test_dismissed_returns_from_a_hold_dismissed(self):
        product, lot = self._create_expiring()
        self._scan()
        found = self._found(product)
        found.with_user(self.requester).action_dismiss()
        writeoff = self._submit((product, 10, {"lot_id": lot.id}))
        self._scan()
        writeoff.action_cancel()
        self._scan()
        self.assertEqual(found.state, "dismissed")

    def test_dismissed_goes_with_the_goods(self):
        product, lot = self._create_expiring()
        self._scan()
        found = self._found(product)
        found.with_user(self.requester).action_dismiss()
        self._deliver(product, 10, lot_id=lot)
        self.assertFalse(found.exists())

    def test_manual_is_never_overwritten(self):
        product, lot = self._create_expiring()
        marked = self._mark(product, 2, lot_id=lot.id, note="Smells")
        product.standard_price = 20.0
        self._scan()
        self.assertRecordValues(
            self._found(product),
            [
                {
                    "id": marked.id,
                    "source": "manual",
                    "reason_id": self.reason.id,
                    "quantity": 2.0,
                    "note": "Smells",
                    "value": 40.0,
                }
            ],
        )

    def test_manual_of_good_stock_stays(self):
        self._put(self.product, 5)
        marked = self._mark(self.product, 2)
        self._scan()
        self.assertTrue(marked.exists())

    def test_manual_goes_when_quants_were_changed_behind_it(self):
        self._put(self.product, 5)
        marked = self._mark(self.product, 4)
        self._put(self.product, -3)
        self._scan()
        self.assertEqual(marked.quantity, 2.0)
        self._put(self.product, -2)
        self._scan()
        self.assertFalse(marked.exists())

    def test_goods_of_others_are_worth_nothing(self):
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self._put(self.product, 5, days_ago=101, owner_id=owner)
        self._put(self.product, 5, days_ago=101, owner_id=self.company.partner_id)
        self._scan()
        values = {item.owner_id: item.value for item in self._found(self.product)}
        self.assertEqual(values, {owner: 0.0, self.company.partner_id: 50.0})

    def test_two_companies(self):
        other = self.env["res.company"].create(
            {"name": "Other company", "writeoff_aged_days": 50}
        )
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self._put(self.product, 5, days_ago=60)
        self._put(self.product, 7, location=warehouse.lot_stock_id, days_ago=60)
        self.product.with_company(other).standard_price = 3.0
        self._scan()
        self._scan(other)
        self.assertRecordValues(
            self._found(self.product),
            [{"company_id": other.id, "quantity": 7.0, "value": 21.0}],
        )
        self._scan()
        self.assertEqual(len(self._found(self.product)), 1)

    def test_the_cron(self):
        product, _lot = self._create_expiring()
        cron = self.env.ref("inventory_writeoff.ir_cron_writeoff_scan")
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self._found(product)), 1)
        self.assertTrue(self.company.writeoff_scanned_at)

    def test_the_cron_needs_a_fixed_number_of_queries(self):
        def count():
            return self._count_queries(self.scan._scan, self.company)

        self._create_expiring("First")
        count()  # fills the registry's caches
        few = count()
        for number in range(20):
            self._create_expiring(f"Item {number}")
        count()
        self.assertLessEqual(count(), few)
        self.assertEqual(self.candidates.search_count([("source", "=", "expired")]), 21)
