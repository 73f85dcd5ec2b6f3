from odoo import Command
from odoo.tests import tagged

from .rpc import Refused, WriteoffRpcCommon

# What only the buttons write, with what an attacker would like to see there.
CODE_ONLY = {
    "state": "approved",
    "name": "WO/FAKE",
    "state_since": "2020-01-01 00:00:00",
    "requester_id": 2,
    "submitted_by_id": 2,
    "submitted_at": "2020-01-01 00:00:00",
    "approver_id": 2,
    "decided_at": "2020-01-01 00:00:00",
    "rejection_reason": "None",
    "poster_id": 2,
    "posted_at": "2020-01-01 00:00:00",
    "value_posted": 999.0,
    "value_estimated": 1.0,
    "posted_value_before": 999.0,
    "line_count": 7,
    "stock_move_ids": [[5]],
    "account_move_ids": [[5]],
}
LINE_CODE_ONLY = {
    "value_posted": 999.0,
    "value_estimated": 1.0,
    "company_id": 1,
    "product_category_id": 1,
    "stock_move_ids": [[5]],
}


@tagged("post_install", "-at_install")
class TestTampering(WriteoffRpcCommon):
    """Going round the buttons, over RPC, as everyone who may write at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.writers = cls.requester, cls.approver, cls.senior, cls.finance

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 20, 10.0)
        self.draft = self._create_writeoff((self.product, 1))
        self.submitted = self._submit((self.product, 1))
        self.approved = self._approve((self.product, 1))
        self.posted = self._post((self.product, 1))
        self.model = self.draft._name

    def _call(self, user, records, method, *args, **kwargs):
        return self._rpc_on(user, records, method, *args, **kwargs)

    def test_write(self):
        """Each field, in a draft of one's own and in what finance may date."""
        for field, value in CODE_ONLY.items():
            for user, writeoff in (
                (self.requester, self.draft),
                (self.approver, self.submitted),
                (self.finance, self.approved),
            ):
                with self.subTest(field=field, user=user.login):
                    self.assertRefused(
                        f"recorded by its buttons. Use the buttons on {writeoff.name}",
                        self._call,
                        user,
                        writeoff,
                        "write",
                        {field: value},
                    )
        for field, value in LINE_CODE_ONLY.items():
            with self.subTest(field):
                self.assertRefused(
                    r"item 1 \(Vase\): values, links and totals are recorded",
                    self._call,
                    self.requester,
                    self.draft.line_ids,
                    "write",
                    {field: value},
                )

    def _assert_fresh(self, writeoff):
        """Nothing of what was sent along has arrived."""
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "draft",
                    "name": "New",
                    "requester_id": self.requester.id,
                    "submitted_by_id": False,
                    "submitted_at": False,
                    "approver_id": False,
                    "decided_at": False,
                    "poster_id": False,
                    "posted_at": False,
                    "value_posted": 0.0,
                    "posted_value_before": 0.0,
                    "line_count": len(writeoff.line_ids),
                }
            ],
        )
        self.assertFalse(writeoff.stock_move_ids | writeoff.line_ids.stock_move_ids)
        self.assertEqual(set(writeoff.line_ids.mapped("value_posted")), {0.0})
        self.assertEqual(writeoff.value_estimated, 10.0)
        self.assertEqual(writeoff.line_ids.company_id, self.company)

    def test_create(self):
        """By create, web_save, copy, import, and through defaults in the context."""
        line = {**self._line_vals(self.product, 1), **LINE_CODE_ONLY}
        plain = {"line_ids": [Command.create(self._line_vals(self.product, 1))]}
        full = {**CODE_ONLY, "line_ids": [Command.create(line)]}
        defaults = {
            f"default_{field}": value
            for field, value in {**LINE_CODE_ONLY, **CODE_ONLY}.items()
            if not isinstance(value, list) and field != "company_id"
        }
        ways = {
            "create": lambda: self._rpc(self.requester, self.model, "create", [full]),
            "web_save": lambda: [
                values["id"]
                for values in self._rpc(
                    self.requester, self.model, "web_save", [], full, {}
                )
            ],
            "context": lambda: self._rpc(
                self.requester, self.model, "create", [plain], context=defaults
            ),
            "copy": lambda: self._call(
                self.requester, self.posted, "copy", {**CODE_ONLY}
            ),
            "import": lambda: self._rpc(
                self.requester,
                self.model,
                "load",
                [
                    "state",
                    "value_posted",
                    "approver_id/.id",
                    "line_ids/product_id/.id",
                    "line_ids/location_id/.id",
                    "line_ids/value_posted",
                ],
                [["posted", 999, 2, self.product.id, self.stock_location.id, 999]],
            )["ids"],
        }
        for way, create in ways.items():
            with self.subTest(way):
                result = create()
                ids = result if isinstance(result, list) else [result]
                self._assert_fresh(self.draft.sudo().browse(ids))

    def test_items_by_commands(self):
        for values in LINE_CODE_ONLY.items():
            command = Command.update(self.draft.line_ids.id, dict([values]))
            self.assertRefused(
                "are recorded when the",
                self._call,
                self.requester,
                self.draft,
                "write",
                {"line_ids": [command]},
            )

    def test_content_is_frozen(self):
        """After submission nobody changes what was submitted, by whatever way."""
        line_vals = self._line_vals(self.product, 1)
        for writeoff in (self.submitted, self.approved, self.posted):
            line = writeoff.line_ids
            header = {"note": "x"}, {"reason_id": False}, {"location_id": False}
            attempts = [
                *((writeoff, "write", vals) for vals in header),
                (writeoff, "write", {"line_ids": [Command.update(line.id, header[0])]}),
                (writeoff, "write", {"line_ids": [Command.delete(line.id)]}),
                (writeoff, "write", {"line_ids": [Command.create(line_vals)]}),
                (writeoff, "web_save", {"note": "x"}, {}),
                (line, "write", {"quantity": 2}),
                (line, "write", {"analytic_distribution": {}}),
                (line, "write", {"writeoff_id": self.draft.id}),
                (line, "unlink"),
                (self.draft.line_ids, "write", {"writeoff_id": writeoff.id}),
            ]
            for records, method, *args in attempts:
                with self.subTest(state=writeoff.state, method=method, args=args):
                    self.assertRefused(
                        f"{writeoff.name} can only be changed in draft. Ask",
                        self._call,
                        self.requester,
                        records,
                        method,
                        *args,
                    )
            with self.assertRaisesRegex(Refused, "can only be changed in draft"):
                vals = {**line_vals, "writeoff_id": writeoff.id}
                self._rpc(self.requester, line._name, "create", [vals])
            for user in (self.approver, self.senior, self.finance, self.manager):
                for records, method, *args in attempts[:5]:
                    with self.assertRaises(Refused):
                        self._call(user, records, method, *args)

    def test_delete(self):
        for writeoff in (self.submitted, self.approved, self.posted):
            self.assertRefused(
                f"{writeoff.name} has been submitted .* Cancel it",
                self._call,
                self.requester,
                writeoff,
                "unlink",
            )
        self.submitted.action_draft()
        self.assertRefused(
            "has been submitted", self._call, self.requester, self.submitted, "unlink"
        )
        self._call(self.requester, self.draft, "unlink")

    def test_items_of_others(self):
        """An item neither goes into a colleague's draft nor comes out of it."""
        colleague = self._create_role_user("colleague", "user")
        theirs = self._create_writeoff((self.product, 1), user=colleague)
        for records, method, *args in (
            (self.draft.line_ids, "write", {"writeoff_id": theirs.id}),
            (theirs.line_ids, "write", {"writeoff_id": self.draft.id}),
            (self.draft, "write", {"line_ids": [Command.link(theirs.line_ids.id)]}),
            (theirs, "write", {"note": "x"}),
            (theirs, "action_submit"),
        ):
            with self.assertRaises(Refused):
                self._call(self.requester, records, method, *args)
        self.assertEqual(len(theirs.line_ids), 1)
        self.assertEqual(len(self.draft.line_ids), 1)

    def test_wrong_state(self):
        """A second click, a stale page: what it says is where the write-off stands."""
        cancelled = self._create_writeoff((self.product, 1))
        cancelled.action_cancel()
        for user, method, records in (
            (self.requester, "action_submit", self.submitted),
            (self.requester, "action_submit", cancelled),
            (self.requester, "action_draft", self.draft),
            (self.approver, "action_approve", self.approved),
            (self.requester, "action_cancel", cancelled),
            (self.requester, "action_cancel", self.posted),
            (self.requester, "action_draft", self.posted),
            (self.finance, "action_post", self.draft),
            (self.finance, "action_post", self.submitted),
            (self.finance, "action_post", self.posted),
        ):
            with self.subTest(method=method, state=records.state):
                states = dict(records._fields["state"].selection)
                self.assertRefused(
                    f"{records.name} is {states[records.state]}, so .* Reload",
                    self._call,
                    user,
                    records,
                    method,
                )
        self.assertRefused(
            "is Posted", self._call, self.approver, self.posted, "reject", "No"
        )

    def test_all_or_nothing(self):
        """One bad record of a batch, and nothing happens to any."""
        empty = self._create_writeoff()
        other = self._submit((self.product, 1))
        for user, method, records, bad in (
            (self.requester, "action_submit", self.draft | empty, empty),
            (self.approver, "action_approve", other | self.approved, self.approved),
            (self.finance, "action_post", self.approved | other, other),
            (self.requester, "action_cancel", self.draft | self.posted, self.posted),
            (self.requester, "unlink", self.draft | self.submitted, self.submitted),
        ):
            self.assertRefused(bad.name, self._call, user, records, method)

    def test_reject_without_a_reason(self):
        for reason in ("", "  ", False):
            self.assertRefused(
                f"Say why {self.submitted.name} is rejected",
                self._call,
                self.approver,
                self.submitted,
                "reject",
                reason,
            )
