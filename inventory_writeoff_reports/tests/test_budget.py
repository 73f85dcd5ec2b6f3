from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon


@tagged("post_install", "-at_install")
class TestBudget(ReversalCommon):
    """How much may be lost, entered by those who configure."""

    def _create_budget(self, user=None, **values):
        budgets = self.env["inventory.writeoff.budget"].with_user(user or self.manager)
        return budgets.create(
            {
                "kind": "damage",
                "date_from": "2026-01-01",
                "date_to": "2026-06-30",
                "amount": 1000.0,
                **values,
            }
        )

    def test_managers_write_and_readers_read(self):
        budget = self._create_budget()
        for user in self.senior | self.finance | self.auditor:
            self.assertEqual(budget.with_user(user).amount, 1000.0)
            with self.assertRaisesRegex(AccessError, "Write-Off Budget"):
                budget.with_user(user).amount = 2000.0
            with self.assertRaisesRegex(AccessError, "Write-Off Budget"):
                self._create_budget(user, kind="theft")
            with self.assertRaisesRegex(AccessError, "Write-Off Budget"):
                budget.with_user(user).unlink()
        for user in self.requester | self.approver | self.stock_user:
            with self.assertRaisesRegex(AccessError, "Write-Off Budget"):
                budget.with_user(user).read(["amount"])

    def test_of_another_company(self):
        budget = self._create_budget()
        other = self._create_role_user("other", "manager", company=self.other_company)
        with self.assertRaisesRegex(AccessError, "multi-company issue"):
            budget.with_user(other).read(["amount"])

    def test_no_day_has_two(self):
        self._create_budget()
        self._create_budget(date_from="2026-07-01", date_to="2026-12-31")
        self._create_budget(kind="theft")
        self._create_budget(self.env.user, company_id=self.other_company.id)
        for first, last in (
            ("2026-06-30", "2026-06-30"),
            ("2025-01-01", "2027-01-01"),
            ("2026-12-31", "2027-12-31"),
        ):
            with self.subTest(first), mute_logger("odoo.sql_db"):
                with self.assertRaises(ExclusionViolation), self.env.cr.savepoint():
                    self._create_budget(date_from=first, date_to=last)

    def test_values_that_make_no_sense(self):
        for values in (
            {"amount": -1.0},
            {"date_from": "2026-07-01"},
        ):
            with self.subTest(values), mute_logger("odoo.sql_db"):
                with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                    self._create_budget(**values)

    def test_spent_and_left(self):
        writeoff = self._stocked_writeoff()
        today = writeoff.accounting_date
        values = {"date_from": today, "date_to": today}
        budget = self._create_budget(**values)
        theft = self._create_budget(kind="theft", **values)
        self.assertEqual((budget.spent, budget.left), (40.0, 960.0))
        self.assertEqual((theft.spent, theft.left), (0.0, 1000.0))
        self._reverse(writeoff, {writeoff.line_ids: 1})
        budget.invalidate_recordset()
        self.assertEqual((budget.spent, budget.left), (30.0, 970.0))

    def _stocked_writeoff(self):
        product = self._create_product("Vase")
        self._make_in_move(product, 10, 10.0)
        return self._post((product, 4))

    def test_screens_open(self):
        budgets = self.env["inventory.writeoff.budget"]
        views = [(False, kind) for kind in ("list", "kanban", "form", "search")]
        for user in self.manager | self.auditor:
            budgets.with_user(user).get_views(views)
