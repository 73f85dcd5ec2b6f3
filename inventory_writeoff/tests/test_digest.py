import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestDigest(WriteoffRpcCommon):
    """What you saw is what you signed: an approval fits its content, or is void."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.product = cls._create_product("Vase")
        cls.other_product = cls._create_product("Bowl")
        cls.tracked = cls._create_product("Paint", tracking="lot")
        cls.lots = [cls._create_lot(cls.tracked, name) for name in ("P-1", "P-2")]
        cls.other_reason = cls.reason.copy({"code": "OTHER", "name": "Other"})
        cls.other_reason.loss_account_id = cls.reason.loss_account_id
        cls.other_account = cls._create_account("WOLOSS2", "Other losses")

    def _prepare_once(self):
        super()._prepare_once()
        for product in (self.product, self.other_product):
            self._make_in_move(product, 500, 10.0)
        for lot in self.lots:
            self._make_in_move(self.tracked, 50, 10.0, lot_ids=[lot])

    def _approve_one(self, quantity=12, **values):
        return self._approve((self.product, quantity), **values)

    def _tamper(self, records, **values):
        """Change rows past the ORM, as someone with the database's password would."""
        self.env.flush_all()
        assignments = [
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL(", ").join(assignments),
                tuple(records.ids),
            )
        )
        self.env.invalidate_all()

    def _press_post(self, writeoffs):
        return writeoffs.with_user(self.finance).action_post()

    def _assert_void(self, writeoff, pattern):
        """Posting does nothing but void the approval, and says what changed."""
        action = self._press_post(writeoff)
        self.assertEqual(action["tag"], "display_notification")
        self.assertRegex(action["params"]["message"], pattern)
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "to_approve",
                    "approver_id": False,
                    "approved_digest": False,
                    "posted_at": False,
                }
            ],
        )
        self.assertRegex(writeoff.void_reason, pattern)
        self.assertIn(writeoff.void_reason[:20], writeoff.message_ids[0].body)
        self.assertIn(self.approver, writeoff.sudo().activity_ids.user_id)
        self.assertFalse(writeoff.sudo().account_move_ids)
        event = writeoff.sudo().event_ids[0]
        self.assertEqual(event.label, "Approval voided")
        payload = json.loads(event.payload)
        self.assertEqual(payload["reason"], writeoff.void_reason)
        self.assertEqual(payload["digest"], writeoff._get_content_digest()[writeoff])

    def test_stored_with_the_approval(self):
        writeoff = self._submit((self.product, 12))
        self.assertFalse(writeoff.approved_digest)
        writeoff.with_user(self.approver).action_approve()
        self.assertRegex(writeoff.approved_digest, "^[0-9a-f]{64}$")
        self.assertEqual(
            writeoff._get_content_digest()[writeoff], writeoff.approved_digest
        )
        self.assertEqual(writeoff.value_approved, 120.0)
        self._press_post(writeoff)
        self.assertEqual(writeoff.state, "posted")
        self.assertRegex(writeoff.approved_digest, "^[0-9a-f]{64}$")

    def test_forgotten_with_the_approval(self):
        writeoff = self._approve_one()
        writeoff.action_draft()
        self.assertFalse(writeoff.approved_digest)
        self.assertFalse(writeoff.approved_content)
        self.assertFalse(writeoff.value_approved)
        copy = self._approve_one().copy()
        self.assertFalse(copy.approved_digest or copy.approved_content)

    def test_each_part(self):
        """Whatever is changed past the buttons is found and named."""
        line_changes = {
            "quantity": (10, "Item Vase: quantity 12 → 10"),
            "product_id": (self.other_product.id, "Item Vase: product Vase → Bowl"),
            "owner_id": (
                self.env.user.partner_id.id,
                f"Item Vase: owner - → {self.env.user.partner_id.display_name}",
            ),
            "product_uom_id": (
                self.env.ref("uom.product_uom_dozen").id,
                "Item Vase: unit Units → Dozens",
            ),
            "reason_id": (
                self.other_reason.id,
                r"Item Vase: reason \[TEST\] Broken in a test → \[OTHER\] Other",
            ),
            "disposal_method_id": (
                self.env.ref("inventory_writeoff.disposal_method_landfill").id,
                "Item Vase: disposal method Destroy → Landfill",
            ),
            "value_estimated": (1, "Item Vase: estimated value 120 → 1"),
            "analytic_distribution": (
                json.dumps({"1": 100}),
                "Item Vase: “Analytic Distribution” changed",
            ),
        }
        document_changes = {
            "requester_id": (
                self.senior.id,
                "requester wo_requester .*→ wo_senior",
            ),
            "accounting_date": (
                fields.Date.today() - timedelta(days=1),
                "accounting date - → 20",
            ),
            "note": ("It was nobody", "“What Happened” changed"),
        }
        for name, (value, pattern) in line_changes.items():
            with self.subTest(name):
                writeoff = self._approve_one()
                self._tamper(writeoff.line_ids, **{name: value})
                self._assert_void(writeoff, f"(?i){pattern}")
        for name, (value, pattern) in document_changes.items():
            with self.subTest(name):
                writeoff = self._approve_one(note="It fell")
                self._tamper(writeoff, **{name: value})
                self._assert_void(writeoff.sudo(), f"(?i){pattern}")

    def test_lot(self):
        writeoff = self._approve((self.tracked, 2, {"lot_id": self.lots[0].id}))
        self._tamper(writeoff.line_ids, lot_id=self.lots[1].id)
        self._assert_void(writeoff, r"Item Paint \(P-1\): lot/serial number P-1 → P-2")

    def test_items_added_and_removed(self):
        writeoff = self._approve((self.product, 2), (self.other_product, 3))
        other = self._approve_one(1)
        self._tamper(other.line_ids, writeoff_id=writeoff.id)
        self._assert_void(other, "Item Vase: removed, quantity 1")
        self._assert_void(writeoff, "Item Vase: added, quantity 1")

    def test_loss_account(self):
        writeoff = self._approve_one()
        self.reason.loss_account_id = self.other_account
        self._assert_void(writeoff, "loss account .*Inventory losses → .*Other losses")

    def test_the_record_of_the_approval(self):
        """Changing what is compared with does not help either."""
        writeoff = self._approve_one()
        content = {**writeoff.approved_content, "note": "x"}
        self._tamper(writeoff, approved_content=json.dumps(content))
        self._assert_void(writeoff, "recorded of the approval does not fit")
        writeoff = self._approve_one()
        self._tamper(writeoff, approved_digest=None, approved_content=None)
        self._assert_void(writeoff, "recorded of the approval does not fit")

    def test_names_void_nothing(self):
        writeoff = self._approve((self.tracked, 2, {"lot_id": self.lots[0].id}))
        self.tracked.name = "Old Paint"
        self.lots[0].name = "P-1 bis"
        self.reason.write({"name": "Broken", "code": "BRK"})
        self.loss_account.name = "Losses"
        self.requester.name = "Somebody"
        self._press_post(writeoff)
        self.assertEqual(writeoff.state, "posted")

    def test_moving_the_goods_voids_nothing(self):
        quarantine = self.env["stock.location"].create(
            {"name": "Quarantine", "location_id": self.stock_location.location_id.id}
        )
        writeoff = self._approve_one()
        relocation = self.env["inventory.writeoff.relocation"]
        relocation._relocate(writeoff.line_ids, quarantine)
        self._press_post(writeoff)
        self.assertEqual(writeoff.state, "posted")

    def test_finance_dates_what_was_approved(self):
        """Its own right, recorded as such; the decision keeps its digest."""
        writeoff = self._approve_one()
        digest = writeoff.approved_digest
        writeoff.with_user(self.finance).accounting_date = fields.Date.today()
        self.assertEqual(writeoff.approved_digest, digest)
        self._press_post(writeoff)
        self.assertEqual(writeoff.state, "posted")

    def test_approved_again(self):
        writeoff = self._approve_one()
        self._tamper(writeoff, note="It was nobody")
        self._assert_void(writeoff, "What Happened")
        writeoff.with_user(self.approver).action_approve()
        self.assertFalse(writeoff.void_reason)
        self._press_post(writeoff)
        self.assertEqual(writeoff.state, "posted")

    def test_nothing_of_the_call_is_posted(self):
        good, bad, worse = (self._approve_one(2) for _ in range(3))
        self._tamper(bad | worse, note="It was nobody")
        action = self._press_post(good | bad | worse)
        message = action["params"]["message"]
        self.assertIn(bad.name, message)
        self.assertIn(worse.name, message)
        self.assertNotIn(good.name, message)
        self.assertEqual(good.state, "approved")
        self.assertEqual((bad | worse).mapped("state"), ["to_approve"] * 2)

    def test_voiding_survives_the_call(self):
        """Over RPC: an answer, not an error that would undo the voiding."""
        writeoff = self._approve_one()
        self._tamper(writeoff.line_ids, quantity=10)
        answer = self._rpc_on(self.finance, writeoff, "action_post")
        self.assertIn("quantity 12 → 10", answer["params"]["message"])
        self.assertEqual(writeoff.state, "to_approve")

    def test_code_only(self):
        writeoff = self._approve_one()
        for name in ("approved_digest", "approved_content", "approved_exceptions"):
            with self.assertRaisesRegex(AccessError, "recorded by its buttons"):
                writeoff.with_user(self.finance).write({name: False})

    def test_queries(self):
        """As many queries for one item as for a hundred, and for many write-offs."""
        one = self._approve_one(1)
        many = self.env[one._name].concat(
            *(self._approve(*[(self.product, 0.1)] * 20) for _ in range(2))
        )
        counts = []
        for writeoffs in (one, one, many):
            counts.append(self._count_queries(writeoffs._get_content_digest))
            self.assertEqual(len(writeoffs._get_content_digest()), len(writeoffs))
        # Installed beside, the add-on for assets reads those of the goods.
        expected = 8 + ("inventory.writeoff.retirement" in self.env)
        self.assertEqual(counts[1:], [expected] * 2)  # the first fills caches
