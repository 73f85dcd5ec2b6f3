from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon
from odoo.addons.inventory_writeoff.tests.rpc import WriteoffRpcCommon

CRON = "inventory_writeoff_reports.ir_cron_review"


@tagged("post_install", "-at_install")
class TestReview(ReversalCommon, WriteoffRpcCommon):
    """What things cost, against what was paid for them and what they would fetch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Average cost 15.00, last bought for 20.00.
        cls.lamp = cls._create_product("Lamp", list_price=12.0)
        cls.vase = cls._create_product("Vase", list_price=100.0)
        cls.clay = cls._create_product("Clay", list_price=1.0, sale_ok=False)
        (cls.lamp | cls.vase | cls.clay).taxes_id = False
        cls.company.writeoff_review_percent = 10.0

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.lamp, 10, 10.0)
        self._make_in_move(self.lamp, 10, 20.0)
        self._make_in_move(self.vase, 10, 50.0)
        self._make_in_move(self.clay, 10, 5.0)
        self.env.flush_all()

    def _make(self):
        reviews = self.env["inventory.writeoff.review"].with_user(self.senior)
        reviews = reviews.with_company(self.company)
        return reviews.browse(reviews.action_start()["res_id"])

    def _get_found(self, review):
        names = {self.lamp, self.vase, self.clay}
        return {
            line.product_id.name: line
            for line in review.line_ids
            if line.product_id in names
        }

    def test_accuracy_of_what_was_posted(self):
        writeoff = self._post((self.lamp, 4), (self.vase, 2))
        self._reverse(writeoff, {writeoff.line_ids[0]: 1})
        self._make_in_move(self.vase, 10, 80.0)
        self.env.flush_all()
        rows = self.env["inventory.writeoff.accuracy"].with_user(self.finance)
        rows = rows.search([("writeoff_id", "=", writeoff.id)], order="id")
        self.assertRecordValues(
            rows,
            [
                {
                    "quantity": 3.0,
                    "unit_cost": 15.0,
                    "purchase_price": 20.0,
                    "value": 45.0,
                    "value_at_purchase": 60.0,
                    "difference_purchase": -15.0,
                    "deviation": -0.25,
                    "is_outlier": True,
                },
                {
                    "quantity": 2.0,
                    "unit_cost": 50.0,
                    "purchase_price": 50.0,
                    "value": 100.0,
                    "value_at_purchase": 100.0,
                    "difference_purchase": 0.0,
                    "deviation": 0.0,
                    "is_outlier": False,
                },
            ],
        )
        # 8 of 50.00 and 10 of 80.00 are on hand now.
        self.assertAlmostEqual(rows[1].current_cost, 1200 / 18, 2)
        self.assertAlmostEqual(rows[1].difference_current, 100 - 2400 / 18, 1)

    def test_lower_of_cost_and_net_realisable_value(self):
        """20 lamps cost 300.00; at 12.00 less 25 % for selling they fetch 180.00."""
        self.company.writeoff_selling_percent = 25.0
        found = self._get_found(self._make())
        self.assertEqual(set(found), {"Lamp"})
        self.assertRecordValues(
            found["Lamp"],
            [
                {
                    "quantity": 20.0,
                    "unit_cost": 15.0,
                    "purchase_price": 20.0,
                    "deviation": -0.25,
                    "net_price": 9.0,
                    "basis": "sales",
                    "value": 300.0,
                    "write_down": 120.0,
                }
            ],
        )

    def test_materials_are_held_against_their_purchase_price(self):
        self._make_in_move(self.clay, 10, 9.0)
        self._make_in_move(self.clay, 10, 3.0)
        self.env.flush_all()
        clay = self._get_found(self._make())["Clay"]
        figures = (clay.basis, clay.net_price, clay.value, clay.write_down)
        # 30 cost 170.00, and 90.00 at the last price.
        self.assertEqual(figures, ("purchase", 0.0, 170.0, 80.0))

    def test_sales_price_without_taxes_and_in_another_currency(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20.0,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        self.lamp.taxes_id = tax
        review = self._make()
        self.assertAlmostEqual(self._get_found(review)["Lamp"].net_price, 10.0)
        figures = self.env["inventory.writeoff.review.figures"]
        currency = self.env["res.currency"].create({"name": "TST", "symbol": "T"})
        currency.rate_ids = [Command.create({"rate": 2.0, "company_id": False})]
        (rate,) = figures._get_rates(self.company, {currency.id}).values()
        self.assertAlmostEqual(rate, 0.5)

    def test_totals(self):
        """As the button of the list makes it."""
        action = self._rpc(self.senior, "inventory.writeoff.review", "action_start", [])
        review = self._make()
        self.assertEqual(review.id, action["res_id"])
        stock = self.env["inventory.valuation"]._get_value(self.company)
        self.assertEqual(review.value, stock)
        self.assertEqual(review.write_down, sum(review.line_ids.mapped("write_down")))
        before = review.value_at_purchase
        self._make_in_move(self.vase, 1, 50.0)
        review.action_read_again()
        self.assertEqual(review.value_at_purchase, before + 50.0)

    def test_signed_off_stays(self):
        review = self._make()
        lamp = self._get_found(review)["Lamp"]
        lamp.note = "Sold off in January"
        review.conclusion = "Lamps are written down."
        review.action_sign()
        self.assertEqual((review.state, review.signed_by_id), ("signed", self.senior))
        self.assertFalse(review.is_altered)
        for change in (
            lambda: lamp.sudo().write({"note": "Other"}),
            lambda: review.sudo().write({"conclusion": "Other"}),
            lambda: review.write({"conclusion": "Other"}),
            review.action_read_again,
            review.action_sign,
        ):
            with self.assertRaisesRegex(UserError, "signed off by|Only senior"):
                change()
        for change in (
            lambda: review.sudo().write({"state": "open"}),
            lambda: lamp.sudo().write({"write_down": 0}),
            lambda: self._make_open().write({"line_ids": [Command.clear()]}),
            lamp.sudo().unlink,
            review.sudo().unlink,
        ):
            with self.assertRaisesRegex(AccessError, "made by Odoo"):
                change()
        self.assertRefused(
            "made by Odoo", self._rpc_on, self.senior, lamp, "write", {"write_down": 0}
        )
        event = self.env["inventory.writeoff.event"].search([], limit=1)
        self.assertEqual((event.kind, event.user_id), ("review_signed", self.senior))
        self.assertIn(review.sha256, event.payload)
        self.env.cr.execute(
            "UPDATE inventory_writeoff_review_line SET write_down = 0 WHERE id = %s",
            [lamp.id],
        )
        self.env.invalidate_all()
        self.assertTrue(review.is_altered)

    def _make_open(self):
        """Return a review that is not signed off, of another quarter."""
        with freeze_time("2030-01-01"):
            return self._make()

    def test_who_reviews(self):
        review = self._make()
        for user in self.finance | self.manager | self.auditor:
            theirs = review.with_user(user)
            self.assertTrue(theirs.value)
            self.assertFalse(theirs.can_sign)
            with self.assertRaisesRegex(UserError, "Only senior finance"):
                theirs.action_sign()
            with self.assertRaisesRegex(Exception, "Only senior|not allowed"):
                theirs.line_ids[:1].note = "Mine"
        with self.assertRaises(AccessError):
            review.with_user(self.requester).read(["value"])
        elsewhere = self._create_role_user(
            "elsewhere", "senior", company=self.other_company
        )
        with self.assertRaises(AccessError):
            review.with_user(elsewhere).action_sign()

    def _run(self, day):
        with freeze_time(f"{day} 06:00:00"), self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()
        return self.env["inventory.writeoff.review"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_asked_once_a_quarter(self):
        self.assertFalse(self._run("2027-01-02"))
        self.company.writeoff_review_user_id = self.senior
        for day, dates in (
            ("2027-01-02", [date(2026, 12, 31)]),
            ("2027-03-31", [date(2026, 12, 31)]),
            ("2027-04-01", [date(2027, 3, 31), date(2026, 12, 31)]),
        ):
            self.assertEqual(self._run(day).mapped("date"), dates)
        review = self._run("2027-04-02")[0]
        self.assertEqual(review.display_name, "Review 2027 Q1")
        activity = review.activity_ids
        self.assertEqual(activity.user_id, self.senior)
        self.assertIn("stand out", activity.note)
        review.with_user(self.senior).action_sign()
        self.assertFalse(review.activity_ids)

    def test_queries_do_not_grow_with_products(self):
        figures = self.env["inventory.writeoff.review.figures"]
        self._make_in_move(self._create_product("First"), 1, 10.0)
        counts = []
        for _time in range(2):
            for _read in range(2):
                queries = self._count_queries(figures._get_rows, self.company)
            counts.append(queries)
            rows = figures._get_rows(self.company)
            for number in range(5):
                product = self._create_product(f"More {number}")
                self._make_in_move(product, 1, 10.0)
        self.assertEqual(*counts)
        self.assertGreater(len(rows), 5)
