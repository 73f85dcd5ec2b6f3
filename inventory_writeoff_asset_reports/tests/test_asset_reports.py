import io
import re

import openpyxl
from lxml import html

from odoo.tests import tagged

from odoo.addons.inventory_writeoff_asset.tests.assets import TODAY, AssetCommon

STATEMENT = "inventory_writeoff_reports.report_statement"
REGISTER = "inventory_writeoff_reports.report_register"
HEAD = 3


@tagged("post_install", "-at_install")
class TestAssetReports(AssetCommon):
    """A forklift worth 650.00 as an asset and nothing in stock, a van that was
    capitalised out of stock at 1,200.00, and a vase: 650 + (1,200 - 550) + 10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.van = cls._create_product(
            "Van", cls.category, tracking="serial", standard_price=1200.0
        )

    def _prepare_once(self):
        super()._prepare_once()
        self.forklift_lot = self._create_serial("F1")
        self.van_lot = self._create_serial("V1", self.van)
        self._receive(self.product_avco, 1)
        self.forklift = self._create_asset(self.forklift_lot)
        self.van_asset = self._capitalise(self.van_lot, 1200.0)
        (self.before,) = self._balance(self.loss_account)

    def _get_lost(self):
        return self._balance(self.loss_account)[0] - self.before

    def _get_items(self):
        return (
            self._serial_vals(self.forklift_lot),
            self._serial_vals(self.van_lot),
            (self.product_avco, 1),
        )

    def _render(self, report, records, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(user or self.auditor)
        content, _type = reports._render_qweb_html(report, records.ids)
        # Cells and line breaks are white space on paper.
        content = content.decode().replace("<td", " <td").replace("<br", " <br")
        return re.sub(r"\s+", " ", html.fromstring(content).text_content())

    def _format(self, value):
        return re.sub(r"\s+", " ", self.company.currency_id.format(value))

    def _open_register(self, **values):
        self.env.flush_all()
        registers = self.env["inventory.writeoff.register"].with_user(self.finance)
        return registers.create({"date_from": TODAY, "date_to": TODAY, **values})

    def _read(self, register):
        """Return the rows, the totals and the summary of the spreadsheet."""
        file = io.BytesIO()
        self.env["inventory.writeoff.register.xlsx"].with_user(self.finance)._write(
            register, file
        )
        book = openpyxl.load_workbook(file, data_only=True)
        items, summary = book.worksheets
        heads, *rows, totals = items.iter_rows(min_row=HEAD, values_only=True)
        rows = [dict(zip(heads, row, strict=True)) for row in rows]
        facts = {row[0]: row[1] for row in summary.iter_rows(values_only=True)}
        return rows, dict(zip(heads, totals, strict=True)), facts

    def test_register_adds_up_to_the_ledger(self):
        writeoff = self._post(*self._get_items())
        self.assertEqual(self._get_lost(), 1310.0)
        register = self._open_register()
        self.assertEqual(
            (register.value_net, register.asset_loss, register.total_loss),
            (1210.0, 100.0, 1310.0),
        )
        rows, totals, facts = self._read(register)
        names = ("Net Value", "Loss on Assets", "Total Loss")
        self.assertEqual(
            [[row[name] for name in names] for row in rows],
            [[0.0, 650.0, 650.0], [1200.0, -550.0, 650.0], [10.0, 0.0, 10.0]],
        )
        self.assertEqual([totals[name] for name in names], [1210.0, 100.0, 1310.0])
        sides = ("Total Loss", "Ledger", "Stock Moves and Assets", "Difference")
        self.assertEqual([facts[name] for name in sides], [1310.0] * 3 + [0.0])
        for entry in writeoff.sudo().retirement_ids.move_ids:
            self.assertIn(entry.name, rows[0]["Journal Entry"])
        text = self._render(REGISTER, register, self.finance)
        # The total of the last column, and three sides of the tie-out.
        self.assertEqual(text.count(self._format(1310.0)), 4)
        self._reverse(writeoff)
        rows, totals, facts = self._read(self._open_register())
        self.assertEqual([totals[name] for name in names], [0.0] * 3)
        self.assertEqual([facts[name] for name in sides], [0.0] * 4)
        self.assertEqual(self._get_lost(), 0.0)

    def test_register_of_what_is_not_posted_yet(self):
        self._submit(*self._get_items())
        register = self._open_register(scope="open")
        self.assertEqual((register.asset_loss, register.total_loss), (100.0, 1310.0))
        _rows, totals, _facts = self._read(register)
        self.assertEqual((totals["Loss on Assets"], totals["Total Loss"]), (100, 1310))

    def test_register_without_assets_is_as_before(self):
        self._post((self.product_avco, 1))
        register = self._open_register()
        self.assertEqual((register.asset_loss, register.total_loss), (0.0, 10.0))
        self.assertNotIn("Total Loss", self._render(REGISTER, register, self.finance))

    def test_analysis_by_reason_and_account(self):
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        shop = self.env["account.analytic.account"].create(
            {"name": "North", "plan_id": plan.id}
        )
        vals = {
            "lot_id": self.forklift_lot.id,
            "analytic_distribution": {str(shop.id): 50.0},
        }
        self._post((self.product, 1, vals), self._serial_vals(self.van_lot))
        self.env.flush_all()
        for model, group, expected in (
            ("inventory.writeoff.analysis", self.reason, (100.0, 1300.0)),
            ("inventory.writeoff.analysis.analytic", shop, (325.0, 325.0)),
        ):
            rows = self.env[model].with_user(self.auditor)
            field = "reason_id" if group == self.reason else "account_id"
            ((found, *sums),) = rows._read_group(
                [("company_id", "=", self.company.id), ("date", "=", TODAY)],
                [field],
                ["asset_loss:sum", "total_loss:sum"],
            )
            self.assertEqual((found, tuple(sums)), (group, expected), model)

    def test_statement_lists_assets(self):
        writeoff = self._submit(*self._get_items())
        text = self._render(STATEMENT, writeoff)
        self.assertIn("Assets to Retire", text)
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        row = writeoff.retirement_ids.filtered(lambda r: r.asset_id == self.forklift)
        for user in (self.requester, self.approver, self.manager, self.auditor):
            text = self._render(STATEMENT, writeoff, user)
            for part in (
                "Assets Retired",
                self.forklift.display_name,
                "F1",
                # purchase value, depreciated, residual, in the schedule and in all
                f"{self._format(1200)} {self._format(550)} {self._format(650)} "
                f"{self._format(0)}",
                f"{self._format(1200)} {self._format(550)} {self._format(650)} "
                f"{self._format(1200)}",
                f"Residual value to {self.loss_account.display_name}",
                row.sudo().entry_names,
                # Until when and how much, before and after.
                f"Posted before: 5 05/31/2026 {self._format(500)} "
                f"05/31/2026 {self._format(500)}",
                f"06/30/2026 {self._format(100)} 06/15/2026 {self._format(50)}",
                f"Not depreciated any more: 6 12/31/2026 {self._format(600)}",
                f"Removal 06/16/2026 {self._format(650)}",
                f"Loss on assets {self._format(100)}",
                f"Total loss {self._format(1310)}",
            ):
                self.assertIn(part, text, user.login)
        reversal = self._reverse(writeoff)
        text = self._render(STATEMENT, reversal)
        self.assertIn("Assets Restored", text)
        self.assertIn(
            f"To be depreciated again: 6 12/31/2026 {self._format(600)}", text
        )
        text = self._render(STATEMENT, writeoff)
        self.assertIn(f"Taken back by {reversal.name}", text)

    def test_entries_of_assets_on_the_statement(self):
        """With their items for those who read them, and balanced with the others."""
        writeoff = self._post(*self._get_items())
        entries = writeoff.sudo().retirement_ids.move_ids
        self.assertEqual(len(entries), 4)
        debit = sum(
            (writeoff.sudo().account_move_ids | entries).line_ids.mapped("debit")
        )
        for user, is_reader in ((self.finance, True), (self.requester, False)):
            text = self._render(STATEMENT, writeoff, user)
            for entry in entries:
                self.assertIn(entry.name, text)
            total = f"Total {self._format(debit)} {self._format(debit)}"
            self.assertEqual(total in text, is_reader, user.login)

    def test_part_of_the_goods_on_the_statement(self):
        self.company.writeoff_chunk_size = 1
        chairs = self._create_product(
            "Chairs", self.category, tracking="lot", standard_price=120.0
        )
        lot = self._create_lot(chairs, "C1")
        self._receive(chairs, 10, lot)
        self._capitalise(lot, 1200.0)
        vals = {"lot_id": lot.id}
        writeoff = self._approve((chairs, 4, vals), (chairs, 6, vals))
        writeoff.with_user(self.finance).action_post()
        poster = writeoff.sudo()._as_poster()
        while poster._post_next_chunk():
            pass
        text = self._render(STATEMENT, writeoff)
        self.assertRegex(text, r"Part of an asset's goods .*480\.00.* is given back")
        self.assertEqual(self._open_register().total_loss, self._get_lost())

    def test_no_asset_no_section(self):
        text = self._render(STATEMENT, self._post((self.product_avco, 1)))
        for part in ("Assets Retired", "Total loss"):
            self.assertNotIn(part, text)

    def test_queries_do_not_grow_with_items(self):
        counts = []
        for items in (1, 6):
            lots = [self._create_serial(f"Q{items}-{n}") for n in range(items)]
            for lot in lots:
                self._create_asset(lot)
            writeoff = self._post(*map(self._serial_vals, lots))
            for _time in range(2):
                queries = self._count_queries(self._render, STATEMENT, writeoff)
            counts.append(queries)
        self.assertEqual(*counts)
