from odoo.tests import HttpCase, tagged

from odoo.addons.inventory_writeoff.tests.common import WriteoffCommon


@tagged("post_install", "-at_install", "browser")
class TestReportsTour(HttpCase, WriteoffCommon):
    """Reports in the browser, each opened by the lowest role that has it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product(
            "Broken Vase", cls.category_avco, list_price=5.0, taxes_id=False
        )
        cls._make_in_move(cls, cls.product, 34, 10.0)

    def _tour(self, name, user):
        self.env.flush_all()
        self.start_tour("/odoo", f"writeoff_reports_{name}", login=user.login)

    def test_analysis_and_auditor_pack(self):
        writeoff = self._post((self.product, 10))
        entry = writeoff.sudo().account_move_ids
        self.assertEqual(sum(entry.line_ids.mapped("debit")), 100.0)
        self._tour("analysis", self.auditor)
        self._tour("pack", self.auditor)

    def test_review_is_signed_off(self):
        """24 that cost 10.00 fetch 5.00 each."""
        self._post((self.product, 10))
        self._tour("review", self.senior)
        review = self.env["inventory.writeoff.review"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((review.state, review.signed_by_id), ("signed", self.senior))
        line = review.line_ids.filtered(lambda line: line.product_id == self.product)
        self.assertEqual((line.note, line.write_down), ("Sold off", 120.0))
