from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon

from ..hooks import post_init_hook


@tagged("post_install", "-at_install")
class TestSnapshot(ReversalCommon):
    """What reports group by stays as it was when the goods were written off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milk = cls._create_product("Milk", tracking="lot")
        cls.vase = cls._create_product("Vase")
        cls.dairy, cls.potter = cls.env["res.partner"].create(
            [{"name": "Dairy"}, {"name": "Potter"}]
        )
        (cls.milk | cls.vase).seller_ids = [
            Command.create({"partner_id": cls.potter.id})
        ]
        cls.lot = cls._create_lot(cls.milk, "M-1")
        cls.team = cls.env["inventory.writeoff.team"].create(
            {
                "name": "Cold Store",
                "company_id": cls.company.id,
                "member_ids": cls.requester.ids,
            }
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._receive(self.milk, 40, self.potter, 8.0, self.lot)
        self._receive(self.milk, 30, self.dairy, 12.0, self.lot)
        self._receive(self.vase, 5, self.dairy, 7.0)

    def _receive(self, product, days, vendor, price, lot=None):
        lots = {"lot_ids": lot} if lot else {}
        move = self._make_in_move(product, 20, price, **lots)
        move.picking_id = self.env["stock.picking"].create(
            {
                "partner_id": vendor.id,
                "picking_type_id": self.picking_type_in.id,
                "location_id": move.location_id.id,
                "location_dest_id": move.location_dest_id.id,
            }
        )
        date = fields.Datetime.now() - timedelta(days=days)
        move.date = move.move_line_ids.date = date
        self.env.flush_all()

    def _rows(self, writeoffs, model="inventory.writeoff.analysis"):
        self.env.flush_all()
        rows = self.env[model].with_user(self.auditor)
        return rows.search([("writeoff_id", "in", writeoffs.ids)], order="id")

    def _get_facts(self, writeoff):
        self.env.invalidate_all()
        return [
            (
                row.supplier_id.name,
                row.lot_age,
                row.lot_age_range,
                row.product_category_id.name,
                row.department,
            )
            for row in self._rows(writeoff)
        ]

    def test_history_stays(self):
        writeoff = self._post((self.milk, 3, {"lot_id": self.lot.id}), (self.vase, 1))
        category = self.category_avco.name
        expected = [
            ("Dairy", 30, "1", category, "Cold Store"),
            ("Potter", 0, "none", category, "Cold Store"),
        ]
        self.assertEqual(self._get_facts(writeoff), expected)
        prices = writeoff.sudo().line_ids.mapped("purchase_price")
        self.assertEqual(prices, [12.0, 7.0])
        self._receive(self.milk, 1, self.potter, 30.0, self.lot)
        self.vase.seller_ids.partner_id = self.dairy
        self.vase.categ_id = self.milk.categ_id = self.category_fifo
        self.team.name = "Warm Store"
        self.team.member_ids = False
        self.assertEqual(self._get_facts(writeoff), expected)
        prices = writeoff.sudo().line_ids.mapped("purchase_price")
        self.assertEqual(prices, [12.0, 7.0])

    def test_posting_takes_it_again(self):
        """Between submission and posting, what reports say follows what happens."""
        writeoff = self._approve((self.milk, 3, {"lot_id": self.lot.id}))
        ((supplier, *_rest),) = self._get_facts(writeoff)
        self.assertEqual(supplier, "Dairy")
        self._receive(self.milk, 1, self.potter, 12.0, self.lot)
        writeoff.with_user(self.finance).action_post()
        ((supplier, age, *_rest),) = self._get_facts(writeoff)
        self.assertEqual((supplier, age), ("Potter", 1))

    def test_reversal_belongs_to_its_original(self):
        writeoff = self._post((self.milk, 3, {"lot_id": self.lot.id}))
        expected = self._get_facts(writeoff)
        self._receive(self.milk, 1, self.potter, 12.0, self.lot)
        self.team.member_ids = self.finance
        reversal = self._reverse(writeoff)
        self.assertEqual(self._get_facts(reversal), expected)

    def test_ranges_of_lot_age(self):
        writeoff = self._post((self.milk, 1, {"lot_id": self.lot.id}))
        line = writeoff.sudo().line_ids
        for days, expected in (
            (0, "1"),
            (30, "1"),
            (31, "2"),
            (90, "2"),
            (91, "3"),
            (181, "4"),
            (365, "4"),
            (366, "5"),
        ):
            day = writeoff.accounting_date - timedelta(days=days)
            self.env.cr.execute(
                "UPDATE inventory_writeoff_line SET received_on = %s WHERE id = %s",
                [day, line.id],
            )
            row = self._rows(writeoff)
            row.invalidate_recordset()
            self.assertEqual((row.lot_age, row.lot_age_range), (days, expected))

    def test_department_of_the_employee(self):
        """Where Employees is installed; a team comes before."""
        self.team.member_ids = False
        expected = False
        if "hr.employee" in self.env:
            department = self.env["hr.department"].create({"name": "Dairy Hall"})
            self.env["hr.employee"].create(
                {
                    "name": "Requester",
                    "user_id": self.requester.id,
                    "company_id": self.company.id,
                    "department_id": department.id,
                }
            )
            expected = "Dairy Hall"
        writeoff = self._submit((self.vase, 1))
        self.assertEqual(writeoff.department, expected)
        self.team.member_ids = self.requester
        self.assertEqual(self._submit((self.vase, 1)).department, "Cold Store")

    def test_department_of_what_is_submitted_in_the_background(self):
        self.company.writeoff_hold_size = 1
        writeoff = self._submit((self.vase, 1), (self.milk, 1, {"lot_id": self.lot.id}))
        self.assertEqual((writeoff.state, writeoff.department), ("draft", False))
        self.env.flush_all()
        writeoff.sudo()._take_step()
        self.assertEqual(writeoff.state, "to_approve")
        self.assertEqual(writeoff.department, "Cold Store")
        self.assertEqual(len(self._rows(writeoff)), 2)

    def test_what_was_there_before_the_reports(self):
        writeoff = self._post((self.milk, 3, {"lot_id": self.lot.id}))
        draft = self._create_writeoff((self.vase, 1))
        expected = self._get_facts(writeoff)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE inventory_writeoff_line SET supplier_id = NULL, received_on = NULL,"
            "category_id = NULL WHERE writeoff_id = %s",
            [writeoff.id],
        )
        self.env.cr.execute(
            "UPDATE inventory_writeoff SET department = NULL WHERE id = %s",
            [writeoff.id],
        )
        self.assertNotEqual(self._get_facts(writeoff), expected)
        post_init_hook(self.env)
        self.assertEqual(self._get_facts(writeoff), expected)
        self.assertFalse(draft.department)

    def test_nobody_writes_it(self):
        writeoff = self._create_writeoff((self.vase, 1))
        with self.assertRaises(AccessError):
            writeoff.department = "Mine"
        with self.assertRaises(AccessError):
            writeoff.line_ids.supplier_id = self.dairy

    def test_queries_do_not_grow_with_items(self):
        counts = []
        for items in (2, 30):
            lines = self._submit(*((self.vase, 0.5),) * items).sudo().line_ids
            snapshot = self.env["inventory.writeoff.snapshot"]
            counts.append(self._count_queries(snapshot._take, lines))
        self.assertEqual(counts, [1, 1])

    def test_teams(self):
        teams = self.env["inventory.writeoff.team"]
        vals = {"name": "Other", "member_ids": self.requester.ids}
        with self.assertRaisesRegex(ValidationError, "two teams, Cold Store and Other"):
            teams.with_user(self.manager).create(vals)
        elsewhere = {**vals, "company_id": self.other_company.id}
        self.assertTrue(teams.create(elsewhere))
        for user in self.finance | self.auditor:
            self.assertTrue(self.team.with_user(user).name)
            with self.assertRaises(AccessError):
                self.team.with_user(user).name = "Mine"
        with self.assertRaises(AccessError):
            self.team.with_user(self.requester).read(["name"])

    def test_analytic_accounts_have_their_share(self):
        plans = self.env["account.analytic.plan"].create(
            [{"name": "Projects"}, {"name": "Places"}]
        )
        accounts = self.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": plan.id, "company_id": False}
                for name, plan in zip("ABC", [plans[0], *plans], strict=True)
            ]
        )
        a, b, c = accounts
        writeoff = self._create_writeoff((self.vase, 3))
        writeoff.line_ids.analytic_distribution = {
            f"{a.id},{c.id}": 60.0,
            f"{b.id}": 40.0,
        }
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        self._reverse(writeoff, {writeoff.line_ids: 1})
        model = "inventory.writeoff.analysis.analytic"
        rows = self._rows(writeoff | writeoff.reversal_ids, model)
        groups = rows._read_group(
            [("id", "in", rows.ids)],
            ["plan_id", "account_id"],
            ["quantity:sum", "value_posted:sum", "value_net:sum"],
        )
        found = [(account, *figures) for _plan, account, *figures in groups]
        self.assertCountEqual(
            [
                (account.name, *(round(figure, 2) for figure in figures))
                for account, *figures in found
            ],
            [("A", 1.2, 12.6, 8.4), ("B", 0.8, 8.4, 5.6), ("C", 1.2, 12.6, 8.4)],
        )
        items = self.env["account.analytic.line"].search(
            [("move_line_id.move_id.writeoff_id", "in", rows.writeoff_id.ids)]
        )
        self.assertAlmostEqual(-sum(items.mapped("amount")), 14.0)
