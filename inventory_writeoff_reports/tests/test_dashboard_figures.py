from freezegun import freeze_time

from odoo.tests import tagged

from .dashboard import DashboardCommon

LOSSES = (
    "written_off",
    "written_off_month",
    "written_off_quarter",
    "written_off_year",
)


@tagged("post_install", "-at_install", "slow")
class TestDashboardFigures(DashboardCommon):
    """Each figure is what one computes by hand from the story."""

    def test_losses(self):
        figures = self._get()
        self.assertEqual(
            self._values(figures, *LOSSES),
            dict(zip(LOSSES, (212.0, 212.0, 262.0, 262.0), strict=True)),
        )
        self.assertEqual(
            self._previous(figures, *LOSSES),
            dict(zip(LOSSES, (50.0, 50.0, 0.0, 0.0), strict=True)),
        )
        february = self._get(period="last_month")
        self.assertEqual(self._values(february, "written_off"), {"written_off": 50.0})

    def test_stock(self):
        """950 + 30 at the start of March, 1,782 + 30 now; 1,030 and 980 before."""
        figures = self._get()
        keys = "inventory_value", "write_off_rate", "held_value"
        self.assertEqual(
            self._values(figures, *keys),
            {
                "inventory_value": 1812.0,
                "write_off_rate": round(212 * 2 / (980 + 1812), 4),
                "held_value": 77.0,
            },
        )
        self.assertEqual(
            self._previous(figures, *keys),
            {
                "inventory_value": 980.0,
                "write_off_rate": round(50 * 2 / (1030 + 980), 4),
                "held_value": None,
            },
        )

    def test_risk_of_expiry(self):
        keys = "at_risk_30", "at_risk_60", "at_risk_90"
        values = self._values(self._get(), *keys)
        self.assertEqual(values, dict(zip(keys, (10.0, 20.0, 30.0), strict=True)))

    def test_books(self):
        """A30: 1,000.00 of assets, 500.00 of debts, and 77.00 about to be lost."""
        figures = self._get()["figures"]
        found = {
            key: tuple(
                figures[key][moment] for moment in ("value", "previous", "after")
            )
            for key in ("working_capital", "current_ratio", "gross_margin", "result")
        }
        self.assertEqual(
            found,
            {
                "working_capital": (500.0, -50.0, 423.0),
                "current_ratio": (2.0, None, 1.85),
                "gross_margin": (630.0, 0.0, 586.0),
                "result": (500.0, -50.0, 423.0),
            },
        )

    def test_margin_by_category(self):
        rows = self._get()["margins"]
        self.assertEqual(
            [(row["id"], row["value"], row["after"]) for row in rows],
            [(self.category_avco.id, 630.0, 586.0)],
        )

    def test_pending_tax_counts(self):
        """A fifth of 44.00 is given back: an expense, and a debt to the tax office."""
        tax = self.env["account.tax"].create(
            {"name": "20 %", "amount": 20, "type_tax_use": "purchase"}
        )
        tax_account = self._create_account("TDTAX", "VAT", "liability_current")
        tax.invoice_repartition_line_ids.account_id = tax_account
        tax.refund_repartition_line_ids.account_id = tax_account
        self.product.supplier_taxes_id = tax
        self.theft.tax_treatment = "reverse"
        figures = self._get()["figures"]
        self.assertEqual(figures["result"]["after"], 423.0 - 8.8)
        self.assertEqual(figures["working_capital"]["after"], 423.0 - 8.8)

    def test_work(self):
        """Three batches of 232.00: after 4, 6 and 2 hours; one reversed, one edited."""
        figures = self._get()
        expected = {
            "posted_batches": 3,
            "processing_mean": 4.0,
            "processing_median": 4.0,
            "processing_p90": 5.6,
            "value_correct": round(1 - 20 / 232, 4),
            "interventions": round(2 / 3, 4),
            "straight_through": round(1 / 3, 4),
            "estimate_drift": round(12 / 232, 4),
            "first_pass_yield": 0.4,
            "evidence_complete": round(1 / 3, 4),
        }
        self.assertEqual(self._values(figures, *expected), expected)
        before = {
            "posted_batches": 1,
            "processing_mean": 0.0,
            "value_correct": 1.0,
            "interventions": 0.0,
            "straight_through": 1.0,
            "estimate_drift": 0.0,
            "first_pass_yield": 1.0,
            "evidence_complete": 0.0,
        }
        self.assertEqual(self._previous(figures, *before), before)

    def test_a_correction_after_ninety_days_is_none(self):
        later = self._get(period="custom", **{"from": "2026-02-01", "to": "2026-02-28"})
        self.assertEqual(later["figures"]["value_correct"]["value"], 1.0)
        for day, correct in (("2026-05-12", 1.0), ("2026-05-11", 0.4)):
            with self.subTest(day), freeze_time(f"{day} 08:00:00"):
                self._reverse(
                    self.first, {self.first.line_ids: 3 if correct < 1 else 2}
                )
                found = self._get(
                    period="custom", **{"from": "2026-02-01", "to": "2026-02-28"}
                )
                self.assertEqual(found["figures"]["value_correct"]["value"], correct)

    def test_what_was_found_was_no_error(self):
        with freeze_time("2026-03-10 08:00:00"):
            found = self.first.reverse("Found", {self.first.line_ids.id: 3}, "found")
            found.action_submit()
            found.with_user(self.approver).action_approve()
            found.with_user(self.finance).action_post()
        self.assertEqual(self.first.value_reversed, found.sudo().value_posted * -1)
        later = self._get(period="custom", **{"from": "2026-02-01", "to": "2026-02-28"})
        self.assertEqual(later["figures"]["value_correct"]["value"], 1.0)

    def test_what_is_open(self):
        figures = self._get()
        expected = {
            "approvals_waiting": 1,
            "approvals_value": 33.0,
            "approvals_age": 1,
            "disposals_open": 4,
            "disposals_value": 262.0,
            "disposals_age": 38,
            "tie_out_difference": 0.0,
            "log_verified_at": None,
            "log_problems": None,
        }
        self.assertEqual(self._values(figures, *expected), expected)
        self.assertEqual(
            figures["waiting"],
            [
                {
                    "id": self.waiting.id,
                    "name": self.waiting.name,
                    "requester": self.requester.name,
                    "days": 1,
                    "value": 33.0,
                }
            ],
        )

    def test_tie_out_shows_what_differs(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE inventory_writeoff_line SET value_posted = 85 WHERE id = %s",
            [self.broken.line_ids.id],
        )
        self.env.invalidate_all()
        figure = self._get()["figures"]["tie_out_difference"]
        self.assertEqual(figure["value"], 5.0)

    def test_log_verified(self):
        verifier = self.env["inventory.writeoff.verify"].with_user(self.auditor)
        page = verifier.create({"company_id": self.company.id})
        with freeze_time("2026-03-20 03:00:00"):
            page.action_verify()
        figures = self._get()
        self.assertEqual(
            self._values(figures, "log_verified_at"),
            {"log_verified_at": "2026-03-20 03:00:00"},
        )
        self.assertEqual(
            figures["figures"]["log_problems"]["value"], page.problem_count
        )
        # Of several companies, one was never verified.
        both = self._get(companies=self.companies)
        self.assertIsNone(both["figures"]["log_verified_at"]["value"])

    def test_trend(self):
        trend = self._get()["trend"]
        self.assertEqual((len(trend["months"]), trend["months"][-1]), (6, "2026-03-01"))
        self.assertEqual(
            [(series["name"], series["values"][-3:]) for series in trend["series"]],
            [
                ("Stolen in a test", [0.0, 0.0, 132.0]),
                ("Broken in a test", [0.0, 50.0, 80.0]),
            ],
        )

    def test_tops(self):
        tops = self._get()["tops"]
        self.assertEqual(
            {
                name: [(row["id"], row["value"]) for row in top]
                for name, top in tops.items()
            },
            {
                "product_id": [(self.product.id, 212.0)],
                "supplier_id": [(False, 212.0)],
                "location_id": [(self.stock_location.id, 212.0)],
            },
        )

    def test_budget_by_days(self):
        """3,650.00 for a year of 365 days are 200.00 for twenty of them."""
        self.env["inventory.writeoff.budget"].with_user(self.manager).create(
            {
                "kind": "damage",
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "amount": 3650.0,
            }
        )
        rows = self._get()["budget"]
        self.assertEqual(
            [(row["kind"], row["value"], row["budget"]) for row in rows],
            [("damage", 80.0, 200.0), ("theft", 132.0, None)],
        )

    def test_two_companies_in_one_currency(self):
        """20.00 euros are 40.00 dollars, and the answer says so."""
        both = self._get(companies=self.companies)
        self.assertEqual(both["conversions"], ["1 EUR = 2 USD"])
        keys = "written_off", "inventory_value", "posted_batches"
        self.assertEqual(
            self._values(both, *keys),
            {"written_off": 252.0, "inventory_value": 1872.0, "posted_batches": 4},
        )
        self.assertEqual(both["tops"]["product_id"][0]["value"], 252.0)
        own = self._get(companies=self.companies, company=str(self.other_company.id))
        self.assertEqual(own["conversions"], [])
        self.assertEqual(own["currency_id"], self.env.ref("base.EUR").id)
        self.assertEqual(
            self._values(own, *keys),
            {"written_off": 20.0, "inventory_value": 30.0, "posted_batches": 1},
        )
        self.assertEqual(own["tops"]["product_id"][0]["value"], 20.0)

    def test_filters_of_goods(self):
        other = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR"})
        near = self.stock_location.warehouse_id
        keys = "written_off", "held_value", "inventory_value", "disposals_open"
        for warehouse, expected in (
            (near, (212.0, 77.0, 1812.0, 4)),
            (other, (0.0, 0.0, 0.0, 0)),
        ):
            figures = self._get(warehouse=str(warehouse.id))
            self.assertEqual(tuple(self._values(figures, *keys).values()), expected)
        for category, expected in (
            (self.category_avco, (212.0, 77.0, 1812.0, 4)),
            (self.category_fifo, (0.0, 0.0, 0.0, 0)),
        ):
            figures = self._get(category=str(category.id))
            self.assertEqual(tuple(self._values(figures, *keys).values()), expected)
            shown = sum(row["value"] for row in figures["margins"])
            self.assertEqual(shown, 630.0 if expected[0] else 0.0)

    def test_goods_that_moved_to_another_warehouse(self):
        """What a warehouse got from another one was not there before."""
        other = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR"})
        with freeze_time("2026-03-20 09:00:00"):
            move = self.env["stock.move"].create(
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 10,
                    "location_id": self.stock_location.id,
                    "location_dest_id": other.lot_stock_id.id,
                }
            )
            move._action_confirm()
            move.quantity = 10
            move.picked = True
            move._action_done()
        figure = self._get(warehouse=other.id)["figures"]["inventory_value"]
        self.assertEqual((figure["value"], figure["previous"]), (110.0, 0.0))
