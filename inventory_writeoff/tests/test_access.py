from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .rpc import Refused, WriteoffRpcCommon

ROLES = [
    "requester",
    "approver",
    "senior",
    "finance",
    "manager",
    "auditor",
    "internal_user",
    "stock_user",
    "invoicing_user",
    "portal",
    "public",
]
READERS = {"senior", "finance", "manager", "auditor"}
# Action: the roles that may do it. "Own" is the requester's; the others were asked for
# by a colleague of the requester and decided by a colleague of the approver.
ALLOWED = {
    "create": {"requester"},
    "read own": READERS | {"requester"},
    "edit own draft": {"requester"},
    "submit own": {"requester"},
    "take own back": {"requester"},
    "cancel own": {"requester"},
    "delete own draft": {"requester"},
    "read draft": READERS,
    "read submitted": READERS | {"approver"},
    "read approved": READERS,
    "read posted": READERS,
    "read items": READERS,
    "read chatter": READERS,
    "read stock moves": READERS | {"stock_user", "invoicing_user"},
    "read entry": READERS - {"manager"} | {"invoicing_user"},
    "edit draft": set(),
    "edit item": set(),
    "add item": set(),
    "remove item": set(),
    "edit submitted": set(),
    "date draft": {"finance"},
    "date approved": {"finance"},
    "submit": set(),
    "approve": {"approver"},
    "reject": {"approver"},
    "take back": set(),
    "cancel": set(),
    "post": {"finance"},
    "delete": set(),
    "say in chatter": {"approver", "senior", "finance"},
    "follow": {"approver", "senior", "finance"},
    "plan activity": {"approver", "senior", "finance"},
    "attach": {"approver", "senior", "finance"},
    "read reason": READERS | {"requester", "approver", "stock_user"},
    "edit reason": {"manager"},
    "create reason": {"manager"},
    "edit method": {"manager"},
    "configure settings": {"manager"},
}


class Done(Exception):
    """Ends an allowed action, so that it leaves nothing behind."""


@tagged("post_install", "-at_install")
class TestAccess(WriteoffRpcCommon):
    """Who may do what: no role has the power of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.internal_user = cls._create_user("internal", "base.group_user")
        cls.portal = new_test_user(cls.env, "wo_portal", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.colleague = cls._create_role_user("colleague", "user")
        cls.decider = cls._create_role_user("decider", "approver")

    def setUp(self):
        super().setUp()
        self._make_in_move(self.product, 100, 10.0)
        line = (self.product, 1)
        self.own_draft = self._create_writeoff(line)
        self.own_submitted = self._submit(line)
        self.draft = self._create_writeoff(line, user=self.colleague)
        self.submitted = self._submit(line, user=self.colleague)
        self.approved = self._decide(user=self.colleague)
        self.posted = self._decide(user=self.colleague)
        self.posted.with_user(self.finance).action_post()

    def _decide(self, **values):
        writeoff = self._submit((self.product, 1), **values)
        writeoff.with_user(self.decider).action_approve()
        return writeoff

    def _get_actions(self):
        """Return {action: function of an environment that does it as its user}."""

        def on(records, method, *args, **kwargs):
            def act(env):
                getattr(records.with_env(env), method)(*args, **kwargs)

            return act

        note = {"note": "Mine now"}
        line_vals = self._line_vals(self.product, 1)
        entry = self.posted.sudo().account_move_ids
        item = self.draft.line_ids
        return {
            "create": on(
                self.draft, "create", {"line_ids": [Command.create(line_vals)]}
            ),
            "read own": on(self.own_draft, "read", ["name", "note"]),
            "edit own draft": on(self.own_draft, "write", note),
            "submit own": on(self.own_draft, "action_submit"),
            "take own back": on(self.own_submitted, "action_draft"),
            "cancel own": on(self.own_submitted, "action_cancel"),
            "delete own draft": on(self.own_draft, "unlink"),
            "read draft": on(self.draft, "read", ["name", "value_estimated"]),
            "read submitted": on(self.submitted, "read", ["name"]),
            "read approved": on(self.approved, "read", ["name"]),
            "read posted": on(self.posted, "read", ["name", "value_posted"]),
            "read items": on(self.posted.line_ids, "read", ["quantity"]),
            "read chatter": on(self.posted.message_ids, "read", ["body"]),
            "read stock moves": on(
                self.posted.sudo().stock_move_ids, "read", ["value"]
            ),
            "read entry": on(entry, "web_read", {"name": {}, "line_ids": {}}),
            "edit draft": on(self.draft, "write", note),
            "edit item": on(item, "write", {"quantity": 2}),
            "add item": on(item, "create", {"writeoff_id": self.draft.id, **line_vals}),
            "remove item": on(item, "unlink"),
            "edit submitted": on(self.submitted, "write", note),
            "date draft": on(self.draft, "write", {"accounting_date": "2020-01-01"}),
            "date approved": on(self.approved, "write", {"accounting_date": False}),
            "submit": on(self.draft, "action_submit"),
            "approve": on(self.submitted, "action_approve"),
            "reject": on(self.submitted, "reject", "Not broken"),
            "take back": on(self.submitted, "action_draft"),
            "cancel": on(self.submitted, "action_cancel"),
            "post": on(self.approved, "action_post"),
            "delete": on(self.draft, "unlink"),
            "say in chatter": on(self.submitted, "message_post", body="Hello"),
            "follow": lambda env: self.submitted.with_env(env).message_subscribe(
                env.user.partner_id.ids
            ),
            "plan activity": on(
                self.submitted, "activity_schedule", "mail.mail_activity_data_todo"
            ),
            "attach": on(
                self.env["ir.attachment"],
                "create",
                {
                    "name": "photo",
                    "raw": b"x",
                    "res_model": self.draft._name,
                    "res_id": self.submitted.id,
                },
            ),
            "read reason": on(self.reason, "read", ["name"]),
            "edit reason": on(self.reason, "write", {"name": "Lost"}),
            "create reason": on(self.reason, "create", {"code": "NEW", "name": "New"}),
            "edit method": on(self.disposal, "write", {"name": "Burn"}),
            "configure settings": lambda env: (
                env["inventory.writeoff.settings"]
                .create({"writeoff_entry_detail": "line"})
                .action_save()
            ),
        }

    def _is_allowed(self, user, act):
        """Tell whether the user may do it; afterwards nothing has been done."""
        try:
            with self.env.cr.savepoint():
                act(self.env(user=user, su=False))
                self.env.flush_all()
                raise Done
        except Done:
            return True
        except (AccessError, UserError):
            return False
        finally:
            self.env.invalidate_all()

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
