from datetime import timedelta

from odoo import fields

from ..writer import as_writer
from .common import WriteoffCommon


class FindingsCommon(WriteoffCommon):
    """All checks are off, and a test turns on the one that it is about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checks = cls.env["inventory.writeoff.check"].search([])
        cls.checks.severity = "off"
        cls.product = cls._create_product("Vase")

    @classmethod
    def _set_check(cls, code, severity="inform", **parameters):
        check = cls.checks.filtered(lambda check: check.code == code)
        check.write({"severity": severity, **parameters})
        return check

    def _stock(self, product, quantity, **kwargs):
        """Bring goods in by a count: no vendor, no receipt."""
        kwargs.setdefault("location_id", self.loss_of_counts.id)
        return self._make_in_move(product, quantity, product.standard_price, **kwargs)

    @property
    def loss_of_counts(self):
        return self.product.with_company(self.company).property_stock_inventory

    def _check(self, *writeoffs):
        """Press Check and return the findings."""
        for writeoff in writeoffs:
            writeoff.sudo().action_check()
        return self.env["inventory.writeoff.finding"].concat(
            *(writeoff.sudo().finding_ids for writeoff in writeoffs)
        )

    def _backdate(self, record, days, *names):
        """Make something that a button recorded some days older."""
        for name in names:
            as_writer(record.sudo())[name] = fields.Datetime.now() - timedelta(
                days=days
            )

    def assertFound(self, writeoff, pattern, record=None):
        """Check that the write-off has one finding, which says this about the record.

        :param record: the item, if it is about an item
        """
        findings = self._check(writeoff)
        self.assertEqual(len(findings), 1, findings.mapped("message"))
        self.assertRegex(findings.message, pattern)
        self.assertEqual(findings.line_id.id, record.id if record else False)
        self.assertTrue(findings.remedy.endswith("."))
        return findings

    def assertNotFound(self, *writeoffs):
        findings = self._check(*writeoffs)
        self.assertFalse(findings, findings.mapped("message"))
