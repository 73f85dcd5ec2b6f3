import json

from odoo.tests import tagged

from .assets import AssetCommon


@tagged("post_install", "-at_install")
class TestAssetImpact(AssetCommon):
    """What a write-off would do, and did, with the assets that its goods are."""

    FIGURES = (
        "asset_loss",
        "total_loss",
        "fixed_assets_before",
        "fixed_assets_change",
        "fixed_assets_after",
        "result_change",
        "working_capital_change",
        "inventory_change",
    )

    def _read(self, writeoff):
        self.env.invalidate_all()
        writeoff = writeoff.with_user(self.finance)
        return [writeoff[name] for name in self.FIGURES]

    def _get_preview(self, writeoff):
        """Return {account: balance} over all previewed entries, and how many."""
        self.env.invalidate_all()
        preview = json.loads(writeoff.with_user(self.requester).entry_preview)
        found = {}
        for group in preview["groups_vals"]:
            for _command, _id, vals in group["items_vals"]:
                side = 1 if "debit" in vals else -1
                text = vals.get("debit") or vals["credit"]
                amount = side * float(text.strip("$\xa0 ").replace(",", ""))
                found[vals["account"]] = found.get(vals["account"], 0.0) + amount
        return found, len(preview["groups_vals"])

    def _get_booked(self, writeoff):
        retired = writeoff.sudo().retirement_ids.move_ids
        items = (writeoff.sudo().account_move_ids | retired).line_ids
        groups = items.grouped("account_id").items()
        return {
            account.display_name: sum(group.mapped("balance"))
            for account, group in groups
        }

    def _walk(self, lot, *expected):
        """Follow a write-off and its reversal; the figures stay what they were."""
        draft = self._create_writeoff(self._serial_vals(lot))
        figures = self._read(draft)
        self.assertEqual(figures[:2] + figures[3:4] + figures[5:], [*expected])
        self.assertEqual(figures[4], figures[2] + figures[3])
        preview, _count = self._get_preview(draft)
        draft.action_submit()
        self.assertEqual(self._read(draft), figures)
        self.assertEqual(self._get_preview(draft)[0], preview)
        draft.with_user(self.approver).action_approve()
        draft.with_user(self.finance).action_post()
        self.assertEqual(self._read(draft), figures)
        self.assertEqual(draft.line_ids.asset_loss, expected[0])
        booked = self._get_booked(draft)
        self.assertEqual(booked, preview)
        reversal = draft.reverse("Counted wrong")
        back = [-value or 0.0 for value in expected]
        self.assertEqual(self._read(reversal)[:2], back[:2])
        preview, _count = self._get_preview(reversal)
        self.assertEqual(preview, {name: -value for name, value in booked.items()})
        reversal.action_submit()
        reversal.with_user(self.approver).action_approve()
        reversal.with_user(self.finance).action_post()
        found = self._read(reversal)
        self.assertEqual(found[:2] + found[3:4] + found[5:], back)
        self.assertEqual(self._read(draft), figures)

    def test_worth_nothing_in_stock(self):
        """650.00 lost and 50.00 depreciated; stock and working capital stay."""
        lot = self._create_serial("F1")
        self._create_asset(lot)
        self._walk(lot, 650.0, 650.0, -700.0, -700.0, 0.0, 0.0)

    def test_capitalised_out_of_stock(self):
        """1,200.00 off the stock, given back: 650.00 are lost, and counted once."""
        product = self._create_product(
            "Van", self.category, tracking="serial", standard_price=1200.0
        )
        lot = self._create_serial("V1", product)
        self._capitalise(lot, 1200.0)
        self._walk(lot, -550.0, 650.0, -700.0, -700.0, 0.0, -1200.0)

    def test_salvage_value(self):
        lot = self._create_serial("S1")
        self._create_asset(lot, salvage_value=120.0)
        self._walk(lot, 705.0, 705.0, -750.0, -750.0, 0.0, 0.0)

    def test_entries_are_the_writeoffs_own(self):
        """Those who read its entry read these; nobody else reads more than before."""
        self._receive(self.product_avco, 1)
        lot = self._create_serial("E1")
        self._create_asset(lot)
        writeoff = self._post(self._serial_vals(lot), (self.product_avco, 1))
        retired = writeoff.sudo().retirement_ids.move_ids
        own = (writeoff.sudo().account_move_ids | retired).sorted("id")
        self.env.invalidate_all()
        for user in self.senior | self.finance | self.auditor:
            mine = writeoff.with_user(user)
            self.assertEqual(mine.account_move_count, 3, user.login)
            self.assertEqual(mine.action_open_account_moves()["domain"][0][2], own.ids)
            self.assertEqual(mine.account_move_line_ids, own.line_ids)
            read = self.env["account.move"].with_user(user).search([])
            self.assertEqual(read & retired, retired)
            self.assertFalse(
                read.filtered(lambda m: m.journal_id == self.journal) - retired
            )
        for user in self.requester | self.approver | self.manager:
            self.assertFalse(retired.with_user(user).has_access("read"), user.login)

    def test_no_asset(self):
        """Other write-offs look as they did, and have one entry."""
        self._receive(self.product_avco, 1)
        writeoff = self._create_writeoff((self.product_avco, 1))
        self.assertFalse(writeoff.has_assets)
        self.assertEqual((writeoff.asset_loss, writeoff.total_loss), (0.0, 10.0))
        self.assertEqual(self._get_preview(writeoff)[1], 1)

    def test_tie_out_counts_assets(self):
        """The three sides are what the loss account has, not only that of stock."""
        lot = self._create_serial("T1")
        self._create_asset(lot)
        (before,) = self._balance(self.loss_account)
        writeoff = self._post(self._serial_vals(lot))
        (after,) = self._balance(self.loss_account)
        date = writeoff.accounting_date
        rows = self.env["inventory.writeoff.tie.out"]._get_tie_out(
            self.company, date, date
        )
        ours = [row for row in rows if row["account_id"] == self.loss_account]
        sides = [(r["register"], r["moved"], r["booked"]) for r in ours]
        self.assertEqual(sides, [(650.0, 650.0, 650.0)])
        self.assertEqual(after - before, 650.0)
        # An entry that somebody changed behind our back shows.
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = 640, debit = 640 WHERE id IN %s",
            [
                tuple(
                    writeoff.sudo()
                    .retirement_ids.move_ids.line_ids.filtered(
                        lambda item: item.account_id == self.loss_account
                    )
                    .ids
                )
            ],
        )
        rows = self.env["inventory.writeoff.tie.out"]._get_tie_out(
            self.company, date, date
        )
        self.assertEqual(sum(row["difference"] for row in rows), 10.0)
