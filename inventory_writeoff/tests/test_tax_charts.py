from odoo import Command
from odoo.tests import tagged

from .taxes import TaxCommon

CHARTS = {
    # chart: (module that brings it, tax, {name of a tag: its balance at 100.00})
    "fr": ("l10n_fr_account", "tva_acq_normale", {"20": -20.0}),
    "in": (
        "l10n_in",
        "sgst_purchase_18",
        {
            "BASE CGST": -100.0,
            "BASE SGST": -100.0,
            "CGST": -9.0,
            "SGST": -9.0,
        },
    ),
}


@tagged("post_install", "-at_install", "slow")
class TestTaxCharts(TaxCommon):
    """A24 and A26 with the taxes, accounts and grids of Odoo's own charts."""

    def _use_company(self, chart):
        """Go on in a new company with the chart, with users and a reason of its own."""
        self.company = self.env["res.company"].create({"name": f"Company {chart}"})
        self.env["account.chart.template"]._load(
            chart, self.company, install_demo=False
        )
        self.env.user.company_ids = [Command.link(self.company.id)]
        self.env.user.company_id = self.company
        self.env.invalidate_all()
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.stock_location = warehouse.lot_stock_id
        self.picking_type_in = warehouse.in_type_id
        self.requester, self.approver, self.finance = (
            self._create_role_user(f"{role} {chart}", role, company=self.company)
            for role in ("user", "approver", "finance")
        )
        self._ask_for_no_review()
        # Not every chart brings what the stock is booked on.
        self.company.account_stock_valuation_id = self._create_account(
            "WO300", "Stock", "asset_current"
        )
        self.company.writeoff_journal_id = self.env["account.journal"].create(
            {"name": "Write-offs", "code": "WOFF", "type": "general"}
        )
        self.loss_account = self._create_account("WO600", "Inventory losses")
        self.reason.loss_account_id = self.loss_account

    def _write_off(self, chart):
        """Return the tax and a write-off of 100.00, posted with the chart's taxes."""
        module, tax_id, _report = CHARTS[chart]
        if self.env["ir.module.module"]._get(module).state != "installed":
            self.skipTest(f"{module} is not installed: its taxes cannot be tried")
        self._use_company(chart)
        if chart == "in":
            # Only then are its taxes active.
            self.company.l10n_in_is_gst_registered = True
        tax = self.env["account.chart.template"].ref(tax_id)
        return tax, self._post((self._stock(taxes=tax), 10))

    def _assert_charted(self, chart, account_codes):
        tax, writeoff = self._write_off(chart)
        report = {
            tag.name: balance for tag, balance in self._get_report(writeoff).items()
        }
        self.assertEqual(report, CHARTS[chart][2])
        balances = {
            account.code: balance
            for account, balance in self._get_balances(writeoff).items()
        }
        self.assertEqual(balances, {"WO300": -100.0, **account_codes})
        items = self._get_items(writeoff)
        self.assertEqual(
            items.tax_repartition_line_id.mapped("document_type"),
            ["refund"] * len(items.tax_repartition_line_id),
        )
        everything = writeoff, self._reverse(writeoff)
        self.assertEqual(set(self._get_balances(*everything).values()), {0.0})
        self.assertEqual(set(self._get_report(*everything).values()), {0.0})

    def test_a24_france(self):
        self._assert_charted("fr", {"WO600": 120.0, "445660": -20.0})

    def test_a26_india(self):
        self._assert_charted("in", {"WO600": 118.0, "100510": -9.0, "100520": -9.0})
