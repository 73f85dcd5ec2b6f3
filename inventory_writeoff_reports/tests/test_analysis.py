import re
from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon
from odoo.addons.inventory_writeoff.writer import as_writer

GROUPINGS = (
    "date:month",
    "state",
    "kind",
    "reason_id",
    "product_id",
    "product_category_id",
    "supplier_id",
    "department",
    "lot_age_range",
    "lot_id",
    "location_id",
    "warehouse_id",
    "disposal_method_id",
    "cost_basis",
    "requester_id",
    "approver_id",
    "company_id",
)
VALUES = ["quantity:sum", "value_posted:sum", "value_reversed:sum", "value_net:sum"]


@tagged("post_install", "-at_install")
class TestAnalysis(ReversalCommon):
    """Items of write-offs and reversals as rows that add up to the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.tracked = cls._create_product("Milk", tracking="lot")
        cls.vendor, cls.other_vendor = cls.env["res.partner"].create(
            [{"name": "Dairy"}, {"name": "Potter"}]
        )
        (cls.product | cls.tracked).seller_ids = [
            Command.create({"partner_id": cls.other_vendor.id})
        ]
        cls.analysis = cls.env["inventory.writeoff.analysis"]

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 100, 10.0)

    def _rows(self, writeoffs, user=None):
        self.env.flush_all()
        rows = self.analysis.with_user(user or self.auditor)
        return rows.search([("writeoff_id", "in", writeoffs.ids)], order="id")

    def _get_booked(self, writeoffs):
        items = writeoffs.sudo().account_move_ids.line_ids
        loss = items.filtered(lambda item: item.account_id == self.loss_account)
        return sum(loss.mapped("balance"))

    def test_rows_add_up_to_the_ledger(self):
        pack = self.env.ref("uom.product_uom_pack_6")
        self.product.uom_ids = pack
        writeoff = self._post(
            (self.product, 4), (self.product, 2, {"product_uom_id": pack.id})
        )
        reversal = self._reverse(writeoff, {writeoff.line_ids[0]: 3})
        rows = self._rows(writeoff | reversal, self.finance)
        self.assertRecordValues(
            rows,
            [
                {
                    "writeoff_id": document.id,
                    "quantity": quantity,
                    "uom_id": self.product.uom_id.id,
                    "value_posted": posted,
                    "value_reversed": back,
                    "value_net": posted - back,
                    "kind": "damage",
                    "date": fields.Date.today(),
                    "requester_id": self.requester.id,
                    "approver_id": self.approver.id,
                    "disposal_method_id": self.disposal.id,
                    "warehouse_id": self.stock_location.warehouse_id.id,
                    "currency_id": self.company.currency_id.id,
                }
                for document, quantity, posted, back in (
                    (writeoff, 4, 40.0, 0.0),
                    (writeoff, 12, 120.0, 0.0),
                    (reversal, -3, 0.0, 30.0),
                )
            ],
        )
        booked = self._get_booked(writeoff | reversal)
        self.assertEqual(booked, 130.0)
        for grouping in GROUPINGS:
            with self.subTest(grouping):
                groups = rows._read_group([("id", "in", rows.ids)], [grouping], VALUES)
                totals = [sum(column) for column in list(zip(*groups, strict=True))[1:]]
                self.assertEqual(totals, [13.0, 160.0, 30.0, booked])

    def test_what_is_not_posted_has_no_date_and_no_value(self):
        row = self._rows(self._submit((self.product, 4)))
        self.assertEqual((row.state, row.date, row.value_net), ("to_approve", False, 0))

    def test_supplier_and_age_of_a_lot(self):
        """The last receipt tells; goods without one have the product's vendor."""
        lot = self._create_lot(self.tracked, "M-1")
        moves = [
            self._make_in_move(self.tracked, 5, 10.0, lot_ids=lot) for _time in range(2)
        ]
        for move, days, vendor in zip(
            moves, (40, 30), (self.other_vendor, self.vendor), strict=True
        ):
            move.picking_id = self.env["stock.picking"].create(
                {
                    "partner_id": vendor.id,
                    "picking_type_id": self.picking_type_in.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
            move.move_line_ids.date = fields.Datetime.now() - timedelta(days=days)
        writeoff = self._post((self.tracked, 3, {"lot_id": lot.id}), (self.product, 1))
        milk, vase = self._rows(writeoff)
        self.assertEqual((milk.supplier_id, milk.lot_age), (self.vendor, 30))
        self.assertEqual((vase.supplier_id, vase.lot_age), (self.other_vendor, 0))

    def test_hours_of_each_stage(self):
        writeoff = self._post((self.product, 1))
        start = fields.Datetime.to_datetime(date(2026, 1, 5))
        times = {
            "submitted_at": start,
            "decided_at": start + timedelta(hours=5),
            "posted_at": start + timedelta(hours=12),
        }
        as_writer(writeoff).write(times)
        step = as_writer(writeoff.sudo().approval_ids)
        step.decided_at = start + timedelta(hours=2)
        row = self._rows(writeoff)
        hours = (row.hours_waiting, row.hours_deciding, row.hours_posting)
        self.assertEqual(hours, (2.0, 3.0, 7.0))

    def test_groupings_read_only_the_tables_that_they_need(self):
        """On a million items this is what keeps a grouping under a second."""
        steps, original = {"inventory_writeoff_approval"}, {"original"}
        tables = steps | original | {"stock_move_line", "product_supplierinfo"}
        for column, needed in (
            ("reason_id", set()),
            ("supplier_id", set()),
            ("department", set()),
            ("lot_age_range", original),
            ("hours_waiting", steps),
        ):
            plan = self.env.execute_query(
                SQL(
                    "EXPLAIN SELECT %s, SUM(value_net) FROM (%s) analysis GROUP BY 1",
                    SQL.identifier(column),
                    self.analysis._table_query,
                )
            )
            words = set(re.findall(r"\w+", " ".join(row for (row,) in plan)))
            self.assertEqual(words & tables, needed, column)

    def test_rights_are_those_of_the_writeoff(self):
        colleague = self._create_role_user("colleague", "user")
        stranger = self._create_role_user("stranger", "approver")
        elsewhere = self._create_role_user(
            "elsewhere", "auditor", company=self.other_company
        )
        writeoff = self._post((self.product, 1))
        readers = (self.requester | self.approver | self.senior | self.finance) | (
            self.manager | self.auditor
        )
        for user in readers:
            self.assertEqual(len(self._rows(writeoff, user)), 1, user.login)
        for user in colleague | stranger | elsewhere:
            self.assertFalse(self._rows(writeoff, user), user.login)
        for user in self.stock_user | self.invoicing_user:
            with self.assertRaisesRegex(AccessError, "Write-Off Analysis"):
                self._rows(writeoff, user)

    def test_screens_open_for_those_who_have_the_menu(self):
        menu = self.env.ref(
            "inventory_writeoff_reports.inventory_writeoff_analysis_menu"
        )
        views = [(False, kind) for kind in ("graph", "pivot", "list", "search")]
        readers = self.senior | self.finance | self.manager | self.auditor
        self._post((self.product, 1))
        for user in readers:
            menus = self.env["ir.ui.menu"].with_user(user)
            self.assertIn(menu.id, menus.load_menus(False), user.login)
            analysis = self.analysis.with_user(user)
            analysis.get_views(views)
            for grouping in GROUPINGS:
                analysis.formatted_read_group([], [grouping], VALUES)
        for user in self.requester | self.approver:
            menus = self.env["ir.ui.menu"].with_user(user)
            self.assertNotIn(menu.id, menus.load_menus(False), user.login)
