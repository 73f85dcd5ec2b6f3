from odoo.tests import tagged

from .access import ALLOWED, BUTTONS, ROLES, AccessCommon
from .rpc import Refused


@tagged("post_install", "-at_install", "slow")
class TestAccess(AccessCommon):
    """Who may do what: no role has the power of another."""

    def test_table(self):
        actions = self._get_actions()
        allowed = {
            action: {
                role for role in ROLES if self._is_allowed(getattr(self, role), act)
            }
            for action, act in actions.items()
        }
        self.assertEqual(allowed.keys(), ALLOWED.keys())
        wrong = {
            action: (roles, ALLOWED[action])
            for action, roles in allowed.items()
            if roles != ALLOWED[action]
        }
        self.assertFalse(wrong, "(what is, what should be)")

    def test_buttons_over_rpc(self):
        """The same answers to who calls the server past the screens."""
        actions = self._get_actions()
        # The public user has no password to call with.
        roles = [role for role in ROLES if role != "public"]
        for button in BUTTONS:
            allowed = {
                role
                for role in roles
                if self._is_allowed_over_rpc(getattr(self, role), actions[button])
            }
            with self.subTest(button):
                self.assertEqual(allowed, ALLOWED[button])

    def test_four_eyes(self):
        """Neither who asked nor who submitted approves, whatever else they are."""
        roles = "user", "approver", "senior", "finance", "manager", "auditor"
        everything = self._create_user(
            "everything",
            ",".join(f"inventory_writeoff.group_writeoff_{role}" for role in roles),
        )
        own = self._submit((self.product, 1), user=everything)
        submitted = self.draft.with_user(everything)
        submitted.action_submit()
        self.assertEqual(submitted.requester_id, self.colleague)
        for writeoff in (own, submitted):
            self.assertRefused(
                f"You asked for {writeoff.name}, so someone else must approve it.",
                self._rpc_on,
                everything,
                writeoff,
                "action_approve",
            )
            self.assertNotIn(everything, writeoff.sudo().activity_ids.user_id)
        other = self._submit((self.product, 1), user=self.colleague)
        other.with_user(everything).action_approve()

    def test_requester_stays(self):
        """Over RPC, by whatever way, a write-off stays its requester's."""
        for role in ("requester", "approver", "finance", "manager", "auditor"):
            user = getattr(self, role)
            for writeoff in (self.own_draft, self.own_submitted):
                for method, args in (
                    ("write", [{"requester_id": user.id}]),
                    ("web_save", [{"requester_id": user.id}, {"requester_id": {}}]),
                ):
                    with self.assertRaises(Refused):
                        self._rpc_on(user, writeoff, method, *args)
        (writeoff_id,) = self._rpc(
            self.requester,
            self.draft._name,
            "create",
            [{"requester_id": self.finance.id}],
            context={"default_requester_id": self.finance.id},
        )
        writeoff = self.env[self.draft._name].browse(writeoff_id)
        self.assertEqual(writeoff.requester_id, self.requester)

    def test_refusals_over_rpc(self):
        """The button of a role, pressed by those who see the write-off without it."""
        buttons = {
            "action_submit": (self.draft, ["senior", "finance"], "role Requester"),
            "action_approve": (self.submitted, ["senior", "finance"], "role Approver"),
            "action_reject": (self.submitted, ["senior", "finance"], "role Approver"),
            "action_post": (self.approved, ["senior"], "role Finance"),
            "action_draft": (self.submitted, ["approver", "finance"], "role Requester"),
            "action_cancel": (
                self.submitted,
                ["approver", "finance"],
                "role Requester",
            ),
        }
        for method, (writeoff, roles, role_name) in buttons.items():
            for role in roles:
                self.assertRefused(
                    f"{writeoff.name}.*{role_name} .*Ask an",
                    self._rpc_on,
                    getattr(self, role),
                    writeoff,
                    method,
                )
        for role in ("requester", "auditor", "manager", "internal_user", "stock_user"):
            for method, (writeoff, _roles, _role_name) in buttons.items():
                with self.assertRaisesRegex(Refused, "allowed|access|role"):
                    self._rpc_on(getattr(self, role), writeoff, method)

    def test_pretending_to_uninstall(self):
        """Odoo's own mark of an uninstallation in a context opens nothing."""
        force = {"context": {"_force_unlink": True}}
        empty = self._create_writeoff((self.product, 1))
        empty.action_submit()
        empty.action_draft()
        for user, records, pattern in (
            (self.requester, empty, "is kept as a record"),
            (self.requester, self.own_posted, "is kept as a record"),
            (self.requester, self.own_submitted.line_ids, "only be changed in draft"),
            (self.manager, self.reason, "Archive it instead"),
        ):
            with self.subTest(records=records):
                self.assertRefused(
                    pattern, self._rpc_on, user, records, "unlink", **force
                )
