from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.tests.common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestAddedCheck(WriteoffCommon):
    """An add-on adds a check with one class and one data record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Nail")
        cls._make_in_move(cls, cls.product, 1000, 1.0)
        cls.check = cls.env.ref("test_inventory_writeoff.check_round_quantity")

    def _find(self, quantity):
        writeoff = self._create_writeoff((self.product, quantity))
        findings = writeoff.finding_ids
        return findings.filtered(lambda finding: finding.check_id == self.check)

    def test_fires(self):
        self.check.severity = "inform"
        finding = self._find(200)
        self.assertRecordValues(
            finding,
            [
                {
                    "line_id": finding.writeoff_id.line_ids.id,
                    "message": "The quantity is a round number.",
                    "severity": "inform",
                }
            ],
        )
        self.assertFalse(self._find(201))

    def test_keeps_the_settings_of_the_company(self):
        self.check.write({"severity": "inform", "factor": 50})
        self.assertTrue(self._find(250))
        self.assertIn("a multiple of 50", self.check.sentence)

    def test_off(self):
        self.assertEqual(self.check.severity, "off")
        self.assertFalse(self._find(200))

    def test_blocks(self):
        self.check.severity = "block"
        writeoff = self._create_writeoff((self.product, 200))
        with self.assertRaisesRegex(UserError, "round number. Count the goods"):
            writeoff.action_submit()

    def test_settled_until_the_goods_change(self):
        """Without facts of its own, a finding is about its message and its goods."""
        self.check.severity = "review"
        finding = self._find(200)
        finding.with_user(self.senior).settle("Counted")
        writeoff = finding.writeoff_id
        writeoff.action_check()
        self.assertEqual(finding.state, "settled")
        writeoff.line_ids.quantity = 300
        self.assertFalse(finding.exists())
