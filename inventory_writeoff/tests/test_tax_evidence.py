import base64
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .evidence import make_image, make_pdf
from .taxes import TaxCommon


@tagged("post_install", "-at_install")
class TestTaxEvidence(TaxCommon):
    """Tax that is given back unless the loss is proven (A25)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.certificate = cls.env.ref("inventory_writeoff.evidence_type_destruction")
        cls.reason.tax_treatment = "unless_evidence"
        cls.reason.evidence_requirement_ids = [
            (0, 0, {"evidence_type_id": cls.certificate.id, "due": "closing"})
        ]
        cls.disposal = cls.env.ref("inventory_writeoff.disposal_method_none")

    def _add_certificate(self, writeoff, **values):
        return (
            self.env["inventory.writeoff.evidence"]
            .with_user(self.requester)
            .create(
                {
                    "writeoff_id": writeoff.id,
                    "evidence_type_id": self.certificate.id,
                    "name": "certificate.pdf",
                    "file": base64.b64encode(make_pdf()).decode(),
                    **values,
                }
            )
        )

    def _accept_certificate(self, writeoff, **values):
        evidence = self._add_certificate(writeoff, **values)
        evidence.with_user(self.approver).action_accept()
        return evidence

    def _get_recovery(self, writeoff):
        return writeoff.sudo().line_ids.tax_entry_id

    def test_b6_a25_with_the_certificate(self):
        """Accepted before posting: nothing is given back."""
        writeoff = self._approve((self._stock(), 10))
        self._accept_certificate(writeoff)
        self.assertEqual(writeoff.value_tax_estimated, 0.0)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.value_tax, 0.0)
        self.assertEqual(self._get_report(writeoff), {})

    def test_b6_a25_without_the_certificate(self):
        """A file that nobody has accepted proves nothing; neither does no demand."""
        writeoff = self._approve((self._stock(), 10))
        self._add_certificate(writeoff)
        self.assertEqual(writeoff.value_tax_estimated, 20.0)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.value_tax, 20.0)
        self.reason.evidence_requirement_ids.unlink()
        self.assertEqual(self._post((self._stock("Bowl"), 10)).value_tax, 20.0)

    def test_a25_the_evidence_of_the_disposal_method(self):
        """What the disposal method asks for is required as well."""
        photo = self.env.ref("inventory_writeoff.evidence_type_photo")
        self.disposal.evidence_requirement_ids = [
            (0, 0, {"evidence_type_id": photo.id, "due": "closing"})
        ]
        writeoff = self._approve((self._stock(), 10))
        self._accept_certificate(writeoff)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.value_tax, 20.0)

    def test_a25_accepted_after_posting(self):
        """One entry takes the tax back, once, linked both ways and logged."""
        writeoff = self._post((self._stock(), 10))
        original = writeoff.sudo().account_move_ids
        evidence = self._accept_certificate(writeoff)
        entry = self._get_recovery(writeoff)
        self.assertEqual(entry.reversed_entry_id, original)
        self.assertEqual(entry.writeoff_id, writeoff)
        self.assertEqual(writeoff.sudo().account_move_ids, original | entry)
        self.assertEqual(
            writeoff.with_user(self.finance).account_move_line_ids,
            original.line_ids | entry.line_ids,
        )
        self.assertEqual(entry.state, "posted")
        self.assertEqual(entry.date, fields.Date.context_today(writeoff))
        self.assertEqual(
            self._get_balances(writeoff),
            {
                self.loss_account: 100.0,
                self.account_stock_valuation: -100.0,
                self.vat_account: 0.0,
            },
        )
        self.assertEqual(
            self._get_report(writeoff), {self.base_tag: 0.0, self.vat_tag: 0.0}
        )
        self.assertRecordValues(
            writeoff,
            [{"value_posted": 100.0, "value_tax": 20.0, "value_tax_recovered": 20.0}],
        )
        self.assertIn(entry.name, writeoff.message_ids[0].body)
        event = writeoff.sudo().event_ids.filtered(lambda e: e.kind == "tax_recovered")
        self.assertEqual(len(event), 1)
        self.assertEqual(event.user_id, self.approver)
        self._assert_log_fits()
        better = self._accept_certificate(
            writeoff,
            supersedes_id=evidence.id,
            name="better.png",
            file=base64.b64encode(make_image()).decode(),
        )
        self.assertEqual(better.status, "accepted")
        self.assertEqual(self._get_recovery(writeoff), entry)
        self.assertEqual(len(writeoff.sudo().account_move_ids), 2)

    def test_a25_the_chatter_opens_the_entry(self):
        writeoff = self._post((self._stock(), 10))
        self._accept_certificate(writeoff)
        entry = self._get_recovery(writeoff)
        link = f"/odoo/write-off-entries/{entry.id}"
        self.assertIn(link, writeoff.sudo().message_ids[0].body)

    def test_a25_nothing_to_take_back(self):
        """Neither where the tax was kept, nor where it is given back in any case."""
        for treatment in ("keep", "reverse"):
            with self.subTest(treatment):
                self.reason.tax_treatment = treatment
                writeoff = self._post((self._stock(treatment), 10))
                # What was posted counts, not what the reason says later.
                self.reason.tax_treatment = "unless_evidence"
                self._accept_certificate(writeoff)
                self.assertFalse(self._get_recovery(writeoff))
                self.assertEqual(len(writeoff.sudo().account_move_ids), 1)

    def test_a25_reversed_in_part_before(self):
        """What no reversal has brought back is taken back; the rest comes plain."""
        writeoff = self._post((self._stock(), 10))
        first = self._reverse(writeoff, {writeoff.line_ids: 4})
        self.assertEqual(first.value_tax, -8.0)
        self._accept_certificate(writeoff)
        self.assertEqual(writeoff.value_tax_recovered, 12.0)
        rest = self._reverse(writeoff)
        self.assertEqual(rest.value_tax, 0.0)
        self.assertEqual(self._get_report(rest), {})
        balances = self._get_balances(writeoff, first, rest)
        self.assertEqual(set(balances.values()), {0.0})
        report = self._get_report(writeoff, first, rest)
        self.assertEqual(set(report.values()), {0.0})
        self._assert_log_fits()

    def test_a25_wholly_reversed_before(self):
        writeoff = self._post((self._stock(), 10))
        self._reverse(writeoff)
        self._accept_certificate(writeoff)
        self.assertFalse(self._get_recovery(writeoff))

    def test_a25_a_reversal_that_was_under_way(self):
        """It was approved with the tax, and is posted after the tax came back."""
        writeoff = self._post((self._stock(), 10))
        reversal = self._approve_back(writeoff)
        self._accept_certificate(writeoff)
        reversal.with_user(self.finance).action_post()
        self.assertEqual(reversal.value_tax, 0.0)
        balances = self._get_balances(writeoff, reversal)
        self.assertEqual(set(balances.values()), {0.0})

    def test_a25_a_locked_day(self):
        """Nothing is accepted on a day whose tax is closed; the lock is named."""
        writeoff = self._post((self._stock(), 10))
        evidence = self._add_certificate(writeoff).with_user(self.approver)
        today = fields.Date.context_today(writeoff)
        self.company.tax_lock_date = today
        with (
            self.assertRaisesRegex(UserError, "Tax Return"),
            self.env.cr.savepoint(),
        ):
            evidence.action_accept()
        self.env.invalidate_all()
        with freeze_time(today + timedelta(days=1)):
            evidence.action_accept()
        self.assertTrue(self._get_recovery(writeoff))

    def test_a25_another_journal_by_now(self):
        """Tax comes back where it was given back; the items are in that journal too."""
        writeoff = self._post((self._stock(), 10))
        journal = writeoff.account_move_ids.sudo().journal_id
        self.company.writeoff_journal_id = (
            self.company.sudo().account_stock_journal_id.copy({"code": "WOX"})
        )
        self._accept_certificate(writeoff)
        entry = self._get_recovery(writeoff)
        items = entry.line_ids
        self.assertEqual((entry.journal_id, items.journal_id), (journal, journal))
        self.assertEqual(set(items.mapped("date")), {entry.date})
        self.assertEqual(set(items.mapped("move_name")), {entry.name})
        self.assertEqual(set(items.mapped("parent_state")), {"posted"})

    def test_several_documents_and_items(self):
        """Each item by its own reason; items of one entry are summed."""
        keeping = self.reason.copy({"code": "KEEP", "tax_treatment": "reverse"})
        keeping.loss_account_id = self.loss_account
        product = self._stock(quantity=30)
        writeoff = self._post(
            (product, 10), (product, 5), (product, 5, {"reason_id": keeping.id})
        )
        self.assertEqual(writeoff.value_tax, 40.0)
        self._accept_certificate(writeoff)
        self.assertEqual(writeoff.value_tax_recovered, 30.0)
        entry = self._get_recovery(writeoff)
        self.assertEqual(len(entry), 1)
        taxes = entry.line_ids.filtered("tax_repartition_line_id")
        self.assertEqual(taxes.balance, 30.0)
