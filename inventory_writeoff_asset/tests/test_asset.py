from datetime import date

from odoo.tests import tagged

from .assets import TODAY, AssetCommon


@tagged("post_install", "-at_install")
class TestAsset(AssetCommon):
    """Goods that are an asset: it is retired with them, and comes back with them."""

    def test_retired_and_restored(self):
        """The numbers of the books, the schedule, the document, the log."""
        accounts = (
            self.account_fixed,
            self.account_depreciated,
            self.account_depreciation,
            self.loss_account,
        )
        lot = self._create_serial("F1")
        asset = self._create_asset(lot)
        schedule = self._get_schedule(asset)
        before = self._balance(*accounts)
        writeoff = self._submit(self._serial_vals(lot))
        plan = writeoff.with_user(self.requester).retirement_ids
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "planned",
                    "value_before": 700.0,
                    "value_last": 50.0,
                    "value_loss": 650.0,
                    "value_stock": 0.0,
                }
            ],
        )
        planned = [(row.date_after, row.amount_after) for row in plan.line_ids]
        self.assertEqual((asset.state, self._get_schedule(asset)), ("open", schedule))

        writeoff.with_user(self.approver).action_approve()
        self.assertFalse(writeoff.with_user(self.finance).action_post())
        self.assertEqual(writeoff.state, "posted")
        self.assertRecordValues(asset, [{"state": "removed", "date_remove": TODAY}])
        # Five months are posted; June counts until the 15th; the rest is the loss.
        after = self._get_schedule(asset)
        self.assertEqual(
            [row[:3] for row in after[-2:]],
            [("depreciate", date(2026, 6, 15), 50.0), ("remove", TODAY, 650.0)],
        )
        self.assertEqual(len(after), 1 + 5 + 2)
        done = writeoff.retirement_ids
        rows = [(row.date_after, row.amount_after) for row in done.line_ids]
        self.assertEqual(rows, planned)
        self.assertEqual(
            [row for row in rows if row[0]], [row[1:3] for row in after[1:]]
        )
        self.assertEqual(
            self._changes(before, accounts), [-1200.0, 1200.0 - 700.0, 50.0, 650.0]
        )
        entries = done.sudo().move_ids.sorted("date")
        self.assertEqual(entries.mapped("state"), ["posted", "posted"])
        self.assertEqual(entries.mapped("date"), [date(2026, 6, 15), TODAY])
        self.assertIn(writeoff.name, entries[1].ref)
        self.assertRegex(
            str(writeoff.message_ids[0].body), "Assets retired: .*, residual value"
        )
        self.assertEqual(self._get_events(writeoff, "asset_retired"), 1)

        self._assert_tied(writeoff)
        reversal = self._reverse(writeoff)
        self.assertEqual((writeoff.state, reversal.state), ("reversed", "posted"))
        self.assertRecordValues(asset, [{"state": "open", "date_remove": False}])
        self.assertEqual(self._get_schedule(asset), schedule)
        self.assertEqual(self._changes(before, accounts), [0.0] * 4)
        self.assertEqual(
            entries.reversal_move_ids.mapped("date"), [TODAY, TODAY], "mirrored"
        )
        self.assertEqual(done.restored_by_id, reversal)
        self.assertRecordValues(
            reversal.retirement_ids, [{"state": "done", "value_loss": -650.0}]
        )
        self.assertEqual(self._get_events(reversal, "asset_restored"), 1)
        self._assert_tied(reversal)
        # The schedule goes on, and the goods can be lost again.
        self._depreciate(asset, "2026-06-30")
        self.assertEqual(asset.value_residual, 600.0)

    def _get_events(self, writeoff, kind):
        events = writeoff.with_user(self.auditor).event_ids
        return len(events.filtered(lambda event: event.kind == kind))

    def test_kinds_of_assets(self):
        """What is lost, by how the asset stands in the books; what is restored."""
        for name, values, until, loss, last in (
            ("in the middle of a month", {}, "2026-05-31", 650.0, 50.0),
            ("salvage value", {"salvage_value": 120.0}, "2026-05-31", 705.0, 45.0),
            ("fully depreciated", {"date_start": "2025-01-01"}, "2026-05-31", 0, 0),
            ("never depreciated", {"date_start": "2026-06-16"}, "2026-05-31", 1200, 0),
        ):
            with self.subTest(name):
                lot = self._create_serial(name)
                asset = self._create_asset(lot, until, **values)
                state, schedule = asset.state, self._get_schedule(asset)
                writeoff = self._post(self._serial_vals(lot))
                self.assertRecordValues(
                    writeoff.retirement_ids,
                    [{"value_loss": loss, "value_last": last, "asset_state": state}],
                )
                entry = writeoff.retirement_ids.sudo().move_ids.sorted("id")[-1:]
                items = entry.line_ids.filtered(
                    lambda item: item.account_id == self.loss_account
                )
                self.assertEqual(sum(items.mapped("balance")), loss)
                fixed = entry.line_ids.filtered(
                    lambda item: item.account_id == self.account_fixed
                )
                self.assertEqual(sum(fixed.mapped("balance")), -1200.0)
                self.assertEqual(fixed.asset_id, asset)
                self._reverse(writeoff)
                self.assertEqual(asset.state, state)
                self.assertEqual(self._get_schedule(asset), schedule)

    def test_loss_is_booked_once(self):
        """Capitalised out of stock at 1,200.00, depreciated to 650.00: 650.00 lost.

        The stock move credits 1,200.00 to stock (A1), which capitalising has taken
        off it already: the removal gives it back, and the loss that goes with it.
        """
        product = self._create_product(
            "Van", self.category, tracking="serial", standard_price=1200.0
        )
        lot = self._create_serial("V1", product)
        stock = self.account_stock_valuation
        before = self._balance(stock, self.account_fixed, self.loss_account)
        asset = self._capitalise(lot, 1200.0)
        writeoff = self._post(self._serial_vals(lot))
        self.assertEqual(writeoff.value_posted, 1200.0)
        self.assertEqual(writeoff.retirement_ids.value_stock, 1200.0)
        accounts = (stock, self.account_fixed, self.loss_account)
        # Stock went down by 1,200.00 once, when it was capitalised.
        self.assertEqual(self._changes(before, accounts), [-1200.0, 0.0, 650.0])
        self._assert_tied(writeoff)
        self._reverse(writeoff)
        self.assertEqual(self._changes(before, accounts), [-1200.0, 1200.0, 0.0])
        self.assertEqual(asset.state, "open")

    def test_several_assets_and_no_lot(self):
        """A lot of two parts; a product without lots, of which there is one."""
        chairs = self._create_product(
            "Chairs", self.category, tracking="lot", standard_price=0.0
        )
        lot = self._create_lot(chairs, "C1")
        self._receive(chairs, 10, lot)
        two = self._create_asset(lot) | self._create_asset(lot)
        crane = self._create_product("Crane", self.category, standard_price=0.0)
        self._receive(crane, 1)
        alone = self._create_asset(product_id=crane.id)
        (before,) = self._balance(self.loss_account)
        writeoff = self._post(
            (chairs, 4, {"lot_id": lot.id}), (chairs, 6, {"lot_id": lot.id}), (crane, 1)
        )
        assets = two | alone
        self.assertEqual(set(assets.mapped("state")), {"removed"})
        (after,) = self._balance(self.loss_account)
        self.assertEqual(after - before, 3 * 650.0)
        self._reverse(writeoff)
        self.assertEqual(set(assets.mapped("state")), {"open"})

    def test_in_the_background(self):
        """The asset goes with the last of its goods, and comes back with it."""
        self.company.writeoff_chunk_size = 1
        chairs = self._create_product(
            "Chairs", self.category, tracking="lot", standard_price=0.0
        )
        lot = self._create_lot(chairs, "C1")
        self._receive(chairs, 10, lot)
        asset = self._create_asset(lot)
        self._receive(self.product_avco, 1)
        self._receive(self.product_fifo, 1)
        writeoff = self._approve(
            (chairs, 4, {"lot_id": lot.id}),
            (self.product_avco, 1),
            (chairs, 6, {"lot_id": lot.id}),
            (self.product_fifo, 1),
        )
        states = self._post_chunks(writeoff, asset)
        self.assertEqual(states, ["open", "open", "open", "removed", "removed"])
        self.assertEqual(writeoff.retirement_ids.mapped("state"), ["done"])
        reversal = self._approve_back(writeoff)
        states = self._post_chunks(reversal, asset)
        self.assertEqual(states, ["removed", "removed", "removed", "open", "open"])

    def _post_chunks(self, writeoff, asset):
        """Return the status of the asset after each step: a check, then the chunks."""
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "posting")
        states, is_more = [], True
        while is_more:
            is_more = writeoff.sudo()._as_poster()._post_next_chunk()
            states.append(asset.state)
            self._assert_tied(writeoff)
        self.assertEqual(writeoff.state, "posted")
        return states

    def test_analytic_distribution(self):
        """The item's distribution goes with the residual value, not with the asset."""
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        shop = self.env["account.analytic.account"].create(
            {"name": "North", "plan_id": plan.id}
        )
        distribution = {str(shop.id): 100.0}
        lot = self._create_serial("A1")
        self._create_asset(lot)
        vals = {"lot_id": lot.id, "analytic_distribution": distribution}
        writeoff = self._post((self.product, 1, vals))
        entry = writeoff.retirement_ids.sudo().move_ids.sorted("id")[-1:]
        found = {
            item.account_id: item.analytic_distribution or {} for item in entry.line_ids
        }
        self.assertEqual(found.pop(self.loss_account), distribution)
        self.assertEqual(list(found.values()), [{}, {}])

    def test_catch_up(self):
        """What was scrapped without a write-off retires its asset with the catch-up."""
        product = self._create_product(
            "Truck", self.category, tracking="serial", standard_price=1200.0
        )
        lot = self._create_serial("T1", product)
        asset = self._capitalise(lot, 1200.0)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "lot_id": lot.id,
                "scrap_qty": 1,
                "location_id": self.stock_location.id,
                "company_id": self.company.id,
            }
        )
        scrap.action_validate()
        (before,) = self._balance(self.loss_account)
        writeoffs = self.env["inventory.writeoff.catch.up"]
        writeoff = writeoffs.with_user(self.requester)._create(scrap.sudo().move_ids)
        writeoff = writeoff.with_user(self.requester)
        writeoff.write(
            {"reason_id": self.reason.id, "disposal_method_id": self.disposal.id}
        )
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        (after,) = self._balance(self.loss_account)
        self.assertEqual((asset.state, after - before), ("removed", 650.0))

    def test_approval_counts_the_asset(self):
        """A thing that is worth nothing in stock, and 650.00 as an asset."""
        lot = self._create_serial("L1")
        self._create_asset(lot)
        tested = self.env["inventory.writeoff.tested.amount"].sudo()
        writeoff = self._create_writeoff(self._serial_vals(lot))
        self.assertEqual(tested._get(writeoff)[writeoff].amount, 650.0)
        writeoff.action_submit()
        self.assertEqual(tested._get(writeoff)[writeoff].amount, 650.0)
        other = self._create_writeoff((self.product_avco, 1))
        self.assertEqual(tested._get(other)[other].amount, 660.0)

    def test_number_of_queries(self):
        """Goods that are no asset cost the same few queries, however many."""
        products = [
            self._create_product(f"Vase {number}", self.category) for number in range(6)
        ]
        self.env.flush_all()
        counts = []
        for some in (products[:1], products):
            writeoff = self._create_writeoff(*((product, 1) for product in some))
            lines = writeoff.line_ids
            check = self.env["inventory.writeoff.validation"]._check_assets
            plan = self.env["inventory.writeoff.retirement"]._plan
            counts.append(
                self._count_queries(check, lines) + self._count_queries(plan, writeoff)
            )
        self.assertEqual(counts[0], counts[1])
