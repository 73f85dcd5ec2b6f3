from odoo.exceptions import AccessError
from odoo.tests import tagged

from .dashboard import DashboardCommon

# Of all figures, with what is read of the user and the companies.
QUERIES = 40
COMPANY_FIGURES = {
    "inventory_value",
    "write_off_rate",
    "working_capital",
    "current_ratio",
    "gross_margin",
    "result",
    "at_risk_30",
    "at_risk_60",
    "at_risk_90",
    "tie_out_difference",
    "log_verified_at",
    "log_problems",
}


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCommon):
    """Who sees which figures, what is behind them, and what they take to read."""

    def _sum_behind(self, figure, field, user):
        action = figure["action"]
        records = self.env[action["res_model"]].with_user(user)
        return sum(records.search(action["domain"]).mapped(field))

    def test_records_behind_figures_add_up(self):
        """Whoever opens a figure finds its amount, with the rights of an auditor."""
        figures = self._get()["figures"]
        for key, field in (
            ("written_off", "value_net"),
            ("written_off_month", "value_net"),
            ("written_off_quarter", "value_net"),
            ("written_off_year", "value_net"),
            ("held_value", "value_estimated"),
            ("approvals_value", "value_estimated"),
            ("disposals_value", "value"),
        ):
            with self.subTest(key):
                found = self._sum_behind(figures[key], field, self.auditor)
                self.assertEqual(found, figures[key]["value"])
        for key, count in (
            ("posted_batches", 3),
            ("approvals_waiting", 1),
            ("disposals_open", 4),
            ("first_pass_yield", 5),
            ("value_correct", 1),
        ):
            with self.subTest(key):
                records = self._sum_behind(figures[key], "id", self.auditor)
                action = figures[key]["action"]
                found = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(found), count)
                self.assertEqual(records, sum(found.ids))

    def test_records_behind_stock_and_tables(self):
        content = self._get()
        stock = content["figures"]["inventory_value"]["action"]
        quants = self.env[stock["res_model"]].search(stock["domain"])
        self.assertEqual(sum(quants.mapped("value")), 1812.0)
        for row in (*content["tops"]["product_id"], *content["budget"]):
            found = self._sum_behind(row, "value_net", self.auditor)
            self.assertEqual(found, row["value"], row["name"])
        trend = content["trend"]
        month = self._sum_behind(
            {"action": trend["domains"][-1]}, "value_net", self.auditor
        )
        self.assertEqual(month, 212.0)
        accountant = self._create_user(
            "accountant",
            "inventory_writeoff.group_writeoff_auditor,account.group_account_readonly",
        )
        result = self._get(user=accountant)["figures"]["result"]
        self.assertEqual(-self._sum_behind(result, "balance", accountant), 500.0)
        # Who may not read the ledger gets what is about to change the figure.
        action = content["figures"]["result"]["action"]
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]),
            self.waiting | self.approved,
        )

    def test_every_figure_has_name_formula_and_action(self):
        for key, figure in self._get()["figures"].items():
            with self.subTest(key):
                self.assertTrue(figure["name"] and figure["formula"])
                action = figure["action"]
                self.env[action["res_model"]].search(action["domain"], limit=1)

    def test_company_figures_are_for_those_who_see_all(self):
        for user in self.senior | self.finance | self.manager | self.auditor:
            content = self._get(user=user)
            self.assertTrue(content["is_full"], user.login)
            self.assertLessEqual(COMPANY_FIGURES, content["figures"].keys(), user.login)
            self.assertEqual(content["figures"]["written_off"]["value"], 212.0)

    def test_requesters_see_their_own(self):
        own = self._get(user=self.requester)
        self.assertEqual(own["figures"]["written_off"]["value"], 212.0)
        colleague = self._create_role_user("colleague", "user")
        for user in colleague | self._create_role_user("stranger", "approver"):
            content = self._get(user=user)
            self.assertFalse(content["is_full"])
            self.assertFalse(COMPANY_FIGURES & content["figures"].keys())
            self.assertEqual((content["budget"], content["margins"]), ([], []))
            keys = "written_off", "held_value", "approvals_waiting", "posted_batches"
            self.assertEqual(set(self._values(content, *keys).values()), {0.0})
            self.assertEqual(content["tops"]["product_id"], [])

    def test_others_see_nothing(self):
        for user in self.stock_user | self.invoicing_user:
            with self.assertRaisesRegex(AccessError, "Inventory Write-Off"):
                self._get(user=user)

    def test_no_other_company(self):
        content = self._get(user=self.finance, company=str(self.other_company.id))
        self.assertEqual(content["figures"]["written_off"]["value"], 212.0)
        self.assertEqual(
            [c for c, _name in content["choices"]["company"]], self.company.ids
        )
        with self.assertRaisesRegex(AccessError, "unauthorized"):
            self._get(user=self.finance, companies=self.companies)

    def test_filters_that_make_no_sense_are_left_out(self):
        expected = self._get()
        for filters in (
            {"period": "always"},
            {"period": "custom", "from": "yesterday", "to": None},
            {"period": ["month"]},
            {"company": "x", "warehouse": "-1", "category": "0.5"},
            {"warehouse": 2**40, "category": {}},
        ):
            with self.subTest(filters):
                self.assertEqual(self._get(**filters), expected)

    def test_queries(self):
        """As many for one write-off as for many."""
        self._post((self.product, 1))
        self._count_queries(self._get)  # fills the registry's caches
        few = self._count_queries(self._get)
        self.assertLessEqual(few, QUERIES)
        for quantity in (1, 2):
            self._post((self.product, quantity), (self.product, 1))
            self._submit((self.product, quantity))
        self.assertEqual(self._count_queries(self._get), few)

    def test_menu(self):
        menu = self.env.ref(
            "inventory_writeoff_reports.inventory_writeoff_dashboard_menu"
        )
        for user, is_shown in (
            (self.auditor, True),
            (self.finance, True),
            (self.requester, False),
            (self.stock_user, False),
        ):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertEqual(menu.id in menus, is_shown, user.login)
