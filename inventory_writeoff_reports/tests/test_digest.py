from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon


@tagged("post_install", "-at_install")
class TestDigest(ReversalCommon):
    """Write-offs in Odoo's digest e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Weekly",
                "company_id": cls.company.id,
                "kpi_writeoff_value": True,
                "kpi_writeoff_submitted": True,
            }
        )

    def _read(self, user, days=1):
        self.env.flush_all()
        now = fields.Datetime.now() + timedelta(seconds=1)
        digest = self.digest.with_user(user).with_context(
            start_datetime=now - timedelta(days=days), end_datetime=now
        )
        digest.invalidate_recordset()
        return digest.kpi_writeoff_value_value, digest.kpi_writeoff_submitted_value

    def test_figures(self):
        before = self._read(self.finance)
        self._make_in_move(self.product, 100, 10.0)
        writeoff = self._post((self.product, 4))
        self._reverse(writeoff, {writeoff.line_ids: 1})
        self._submit((self.product, 2))
        value, count = self._read(self.finance)
        # 40.00 less 10.00; two write-offs and a reversal.
        self.assertEqual((value - before[0], count - before[1]), (30.0, 3))
        self.assertEqual(self._read(self.auditor, days=0), (0, 0))

    def test_mail(self):
        tables = self.digest._compute_kpis(self.company, self.finance)
        names = [table["kpi_name"] for table in tables]
        self.assertLessEqual(
            {"kpi_writeoff_value", "kpi_writeoff_submitted"}, set(names)
        )
        tables = self.digest._compute_kpis(self.company, self.requester)
        names = [table["kpi_name"] for table in tables]
        self.assertNotIn("kpi_writeoff_value", names)

    def test_rights(self):
        with self.assertRaisesRegex(AccessError, "Only who reads all write-offs"):
            self._read(self.requester)
