from odoo.tests import tagged

from .dashboard import DashboardCommon


@tagged("post_install", "-at_install")
class TestDashboardCompanies(DashboardCommon):
    """Every figure of the second company, and of both, as one computes it by hand."""

    def test_the_other_company(self):
        """In euros: 50.00 of stock, 20.00 lost at once, without a photo."""
        company = str(self.other_company.id)
        content = self._get(companies=self.companies, company=company)
        expected = {
            "written_off": 20.0,
            "written_off_month": 20.0,
            "written_off_quarter": 20.0,
            "written_off_year": 20.0,
            "inventory_value": 30.0,
            "write_off_rate": 20 * 2 / (50 + 30),
            "held_value": 0.0,
            "at_risk_30": 0.0,
            "at_risk_60": 0.0,
            "at_risk_90": 0.0,
            "working_capital": -20.0,
            "current_ratio": None,
            "gross_margin": 0.0,
            "result": -20.0,
            "posted_batches": 1,
            "processing_mean": 0.0,
            "processing_median": 0.0,
            "processing_p90": 0.0,
            "value_correct": 1.0,
            "interventions": 0.0,
            "straight_through": 1.0,
            "estimate_drift": 0.0,
            "first_pass_yield": 1.0,
            "evidence_complete": 0.0,
            "approvals_waiting": 0,
            "approvals_value": 0.0,
            "approvals_age": None,
            "disposals_open": 1,
            "disposals_value": 20.0,
            "disposals_age": 14,
            "tie_out_difference": 0.0,
            "log_verified_at": None,
            "log_problems": None,
        }
        self.assertEqual(content["figures"].keys(), expected.keys())
        self.assertEqual(self._values(content, *expected), expected)
        self.assertEqual(content["margins"], [])
        self.assertEqual(content["waiting"], [])
        (series,) = content["trend"]["series"]
        self.assertEqual(series["values"][-2:], [0.0, 20.0])
        (row,) = content["budget"]
        self.assertEqual((row["kind"], row["value"]), ("damage", 20.0))

    def test_both(self):
        """In dollars: what is worth 20.00 euros adds 40.00 to what is above."""
        content = self._get(companies=self.companies)
        expected = {
            "written_off": 252.0,
            "written_off_month": 252.0,
            "written_off_quarter": 302.0,
            "written_off_year": 302.0,
            "inventory_value": 1872.0,
            "write_off_rate": round(252 * 2 / (980 + 100 + 1812 + 60), 4),
            "held_value": 77.0,
            "at_risk_30": 10.0,
            "at_risk_60": 20.0,
            "at_risk_90": 30.0,
            "working_capital": 460.0,
            "current_ratio": round(960 / 500, 4),
            "gross_margin": 630.0,
            "result": 460.0,
            "posted_batches": 4,
            "processing_mean": 3.0,
            "processing_median": 3.0,
            "processing_p90": 5.4,
            "value_correct": round(1 - 20 / 272, 4),
            "interventions": 0.5,
            "straight_through": 0.5,
            "estimate_drift": round(12 / 272, 4),
            "first_pass_yield": 0.5,
            "evidence_complete": 0.25,
            "approvals_waiting": 1,
            "approvals_value": 33.0,
            "approvals_age": 1,
            "disposals_open": 5,
            "disposals_value": 302.0,
            "disposals_age": 38,
            "tie_out_difference": 0.0,
            "log_verified_at": None,
            "log_problems": None,
        }
        self.assertEqual(content["figures"].keys(), expected.keys())
        self.assertEqual(self._values(content, *expected), expected)
        after = {
            key: content["figures"][key]["after"]
            for key in ("working_capital", "gross_margin", "result")
        }
        self.assertEqual(
            after, {"working_capital": 383.0, "gross_margin": 586.0, "result": 383.0}
        )
