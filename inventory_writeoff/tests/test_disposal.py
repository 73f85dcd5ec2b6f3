import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .evidence import EvidenceCommon, make_pdf


@tagged("post_install", "-at_install")
class TestDisposal(EvidenceCommon):
    """After posting: the goods leave the house, before a witness and with proof."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.landfill = cls.env.ref("inventory_writeoff.disposal_method_landfill")
        cls.carrier = cls.env["res.partner"].create({"name": "Waste Ltd."})
        cls.witness = cls.approver

    def _record(self, disposal, **values):
        disposal.write(
            {
                "disposed_on": fields.Date.today(),
                "witness_id": self.witness.id,
                **values,
            }
        )

    def test_one_for_each_method(self):
        landfill = {"disposal_method_id": self.landfill.id}
        writeoff = self._post(
            (self.product, 1), (self.product, 2), (self.product, 4, landfill)
        )
        self.assertEqual(writeoff.disposal_state, "open")
        self.assertRecordValues(
            writeoff.disposal_ids.sorted("value"),
            [
                {
                    "planned_method_id": self.disposal.id,
                    "line_count": 2,
                    "value": 30.0,
                    "evidence_missing": "Certificate of destruction",
                },
                {
                    "planned_method_id": self.landfill.id,
                    "line_count": 1,
                    "value": 40.0,
                    "evidence_missing": "",
                },
            ],
        )

    def test_closing(self):
        writeoff = self._post((self.product, 1))
        disposal = writeoff.disposal_ids
        with self.assertRaisesRegex(UserError, "enter the date .* another user"):
            disposal.action_close()
        self._record(disposal, carrier_id=self.carrier.id, weight=12.5)
        with self.assertRaisesRegex(UserError, "Certificate of destruction is missing"):
            disposal.action_close()
        evidence = self._add(
            writeoff, make_pdf(), name="c.pdf", evidence_type_id=self.certificate.id
        )
        disposal.certificate_id = evidence
        disposal.action_close()
        self.assertRecordValues(
            disposal,
            [
                {
                    "state": "done",
                    "recorded_by_id": self.requester.id,
                    "can_close": False,
                }
            ],
        )
        self.assertEqual(writeoff.disposal_state, "closed")
        event = writeoff.sudo().event_ids[0]
        self.assertEqual(event.kind, "disposal")
        (done,) = json.loads(event.payload)["disposals"]
        self.assertEqual(
            done,
            {
                "method": "DES",
                "date": fields.Date.to_string(fields.Date.today()),
                "carrier": self.carrier.id,
                "weight": 12.5,
                "witness": self.witness.id,
                "certificate": evidence.sha256,
            },
        )
        self.assertIn("Disposal recorded: Destroy", writeoff.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            disposal.weight = 1.0
        with self.assertRaisesRegex(UserError, "stays as it is"):
            disposal.action_close()

    def test_evidence_of_the_method_that_was_used(self):
        writeoff = self._post((self.product, 1))
        disposal = writeoff.disposal_ids
        self._record(disposal, disposal_method_id=self.landfill.id)
        self.assertFalse(disposal.evidence_missing)
        disposal.action_close()
        self.assertEqual(disposal.planned_method_id, self.disposal)
        self.assertEqual(disposal.value, 10.0)

    def test_date_and_witness(self):
        landfill = {"disposal_method_id": self.landfill.id}
        disposal = self._post((self.product, 1, landfill)).disposal_ids
        self._record(disposal, disposed_on=fields.Date.today() + timedelta(days=2))
        with self.assertRaisesRegex(UserError, "in the future"):
            disposal.action_close()
        portal = new_test_user(self.env, "wo_p", groups="base.group_portal")
        stranger = self._create_user(
            "stranger", "base.group_user", company=self.other_company
        )
        archived = self._create_user("gone", "base.group_user")
        archived.active = False
        for witness in (self.requester, portal, stranger, archived):
            self._record(disposal, witness_id=witness.id)
            with self.assertRaisesRegex(UserError, "cannot be the witness"):
                disposal.action_close()
        self._record(disposal)
        disposal.action_close()

    def test_goods_that_are_gone(self):
        """Theft: nothing to take away, but the police report is due."""
        values = {"reason_id": self.theft.id, "disposal_method_id": self.nothing.id}
        writeoff = self._post((self.product, 1), **values)
        disposal = writeoff.disposal_ids
        with self.assertRaisesRegex(UserError, "Police report is missing"):
            disposal.action_close()
        self._add(writeoff, make_pdf(), name="p.pdf", evidence_type_id=self.police.id)
        disposal.action_close()
        self.assertEqual(writeoff.disposal_state, "closed")
        self.theft.evidence_requirement_ids.unlink()
        self.assertEqual(
            self._post((self.product, 1), **values).disposal_state, "closed"
        )

    def test_only_after_posting(self):
        writeoff = self._approve((self.product, 1))
        self.assertFalse(writeoff.disposal_state or writeoff.disposal_ids)
        vals = {
            "writeoff_id": writeoff.id,
            "planned_method_id": self.disposal.id,
            "disposal_method_id": self.disposal.id,
        }
        disposals = self.env["inventory.writeoff.disposal"]
        with self.assertRaises(AccessError):
            disposals.with_user(self.requester).create(vals)
        with self.assertRaisesRegex(AccessError, "opened by posting"):
            disposals.create(vals)
        writeoff.with_user(self.finance).action_post()
        with self.assertRaisesRegex(AccessError, "recorded by"):
            writeoff.disposal_ids.state = "done"
        with self.assertRaisesRegex(AccessError, "kept as a record"):
            writeoff.disposal_ids.sudo().unlink()

    def test_reversed(self):
        """What comes back is not disposed of; the reversal itself is no loss."""
        writeoff = self._post((self.product, 4))
        for quantities, value, state in (
            ({writeoff.line_ids.id: 1}, 30.0, "open"),
            (None, 0.0, "cancelled"),
        ):
            reversal = writeoff.reverse("Not broken", quantities)
            reversal.action_submit()
            reversal.with_user(self.approver).action_approve()
            reversal.with_user(self.finance).action_post()
            self.assertFalse(reversal.disposal_state or reversal.disposal_ids)
            disposal = writeoff.disposal_ids
            self.assertRecordValues(disposal, [{"state": state, "value": value}])
        self.assertEqual(writeoff.disposal_state, "closed")
        with self.assertRaisesRegex(UserError, "stays as it is"):
            disposal.weight = 1.0

    def test_who(self):
        """Requesters their own, finance all; nobody else."""
        landfill = {"disposal_method_id": self.landfill.id}
        disposal = self._post((self.product, 1, landfill)).disposal_ids
        colleague = self._create_role_user("colleague", "user")
        for user in (
            colleague,
            self.approver,
            self.senior,
            self.manager,
            self.auditor,
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                disposal.with_user(user).note = "x"
            with self.subTest(user.login), self.assertRaises(AccessError):
                disposal.with_user(user).action_close()
        self.assertFalse(disposal.with_user(self.auditor).can_close)
        self._record(disposal.with_user(self.finance))
        disposal.with_user(self.finance).action_close()
        self.assertEqual(disposal.recorded_by_id, self.finance)

    def test_age_and_form(self):
        landfill = {"disposal_method_id": self.landfill.id}
        disposal = self._post((self.product, 1, landfill)).disposal_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE inventory_writeoff_disposal SET opened_at = opened_at - %s "
            "* INTERVAL '1 day' WHERE id = %s",
            [31, disposal.id],
        )
        self.env.invalidate_all()
        self.assertEqual(disposal.age, 31)
        old = self.env["inventory.writeoff.disposal"].search(
            [("state", "=", "open"), ("opened_at", "<", "-30d")]
        )
        self.assertEqual(old, disposal.sudo(False).with_user(self.env.user))
        with Form(disposal.with_user(self.finance)) as form:
            form.disposed_on = fields.Date.today()
            form.witness_id = self.witness
            form.weight = 3.0
        self.assertEqual(disposal.weight, 3.0)
