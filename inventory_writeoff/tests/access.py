from collections import namedtuple

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .evidence import EvidenceCommon, make_image
from .rpc import Refused

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
DECIDERS = {"approver", "senior", "finance"}
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
    "reverse own": {"requester"},
    "reverse": set(),
    "check own": {"requester", "senior", "finance"},
    "check submitted": DECIDERS,
    "read log": READERS,
    "write log": set(),
    "read own evidence": READERS | {"requester"},
    "read evidence to decide": READERS | {"approver"},
    "read evidence": READERS,
    "read file": READERS,
    "read theft evidence": {"senior", "auditor"},
    "read theft file": {"senior", "auditor"},
    "read own theft evidence": {"requester", "senior", "auditor"},
    "add own evidence": {"requester", "senior", "finance"},
    "add evidence to decide": DECIDERS,
    "supersede own evidence": {"requester", "senior", "finance"},
    "describe own evidence": {"requester"},
    "remove own evidence": {"requester"},
    "remove evidence": set(),
    "replace file": set(),
    "delete file": set(),
    "accept evidence": DECIDERS,
    "accept theft evidence": {"senior"},
    "read disposal": READERS,
    "record own disposal": {"requester", "finance"},
    "record disposal": {"finance"},
    "close disposal": {"finance"},
    "read evidence type": READERS | {"requester", "approver"},
    "edit evidence type": {"manager"},
    "ask for evidence": {"manager"},
    "edit reason": {"manager"},
    "create reason": {"manager"},
    "edit method": {"manager"},
    "configure settings": {"manager"},
}


# What people press a button for: done over RPC as well, as the web client does it.
BUTTONS = [
    "submit own",
    "take own back",
    "cancel own",
    "submit",
    "approve",
    "reject",
    "take back",
    "cancel",
    "post",
    "reverse own",
    "reverse",
    "check own",
    "check submitted",
    "remove own evidence",
    "remove evidence",
    "accept evidence",
    "accept theft evidence",
    "close disposal",
]


class Call(namedtuple("Call", ["records", "method", "args", "kwargs"])):
    """A method of records, called in an environment as its user."""

    def __call__(self, env):
        getattr(self.records.with_env(env), self.method)(*self.args, **self.kwargs)


class Done(Exception):
    """Ends an allowed action, so that it leaves nothing behind."""


class AccessCommon(EvidenceCommon):
    """Write-offs of a colleague and one's own, and what one might do with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.internal_user = cls._create_user("internal", "base.group_user")
        cls.portal = new_test_user(cls.env, "wo_portal", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.colleague = cls._create_role_user("colleague", "user")
        cls.decider = cls._create_role_user("decider", "approver")

    def _prepare_once(self):
        super()._prepare_once()
        line = (self.product, 1)
        self.own_draft = self._create_writeoff(line)
        self.own_submitted = self._submit(line)
        self.draft = self._create_writeoff(line, user=self.colleague)
        self.submitted = self._submit(line, user=self.colleague)
        self.approved = self._decide(user=self.colleague)
        self.posted = self._decide(user=self.colleague)
        self.own_posted = self._decide()
        stolen = {"reason_id": self.theft.id, "disposal_method_id": self.nothing.id}
        self.stolen = self._decide(user=self.colleague, **stolen)
        self.own_stolen = self._create_writeoff(line, **stolen)
        posted = self.posted | self.own_posted | self.stolen
        posted.with_user(self.finance).action_post()
        self._add_files()

    def _add_files(self):
        """Evidence of each write-off, uploaded by who asked for it."""
        landfill = self.env.ref("inventory_writeoff.disposal_method_landfill")
        for writeoff in self.posted | self.own_posted:
            # It asks for no evidence.
            writeoff.sudo().disposal_ids.disposal_method_id = landfill
            writeoff.sudo().disposal_ids.write(
                {"disposed_on": "2026-01-01", "witness_id": self.decider.id}
            )
        self.own_photo = self._add(self.own_draft)
        self.own_proof = self._add(self.own_stolen)
        self.photo_to_decide, self.posted_photo, self.proof = (
            self._add(writeoff, user=self.colleague)
            for writeoff in (self.submitted, self.posted, self.stolen)
        )

    def _decide(self, **values):
        writeoff = self._submit((self.product, 1), **values)
        writeoff.with_user(self.decider).action_approve()
        return writeoff

    def _get_actions(self):
        """Return {action: function of an environment that does it as its user}."""

        def on(records, method, *args, **kwargs):
            return Call(records, method, args, kwargs)

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
            **self._get_evidence_actions(on),
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

    def _get_evidence_actions(self, on):
        new = make_image(colour="blue")
        values = {"note": "Mine now"}
        own, mine = self.own_photo, self._evidence_vals(self.own_draft, new)
        disposal, done = self.posted.sudo().disposal_ids, self.own_posted.sudo()
        file, secret = self._get_file(self.posted_photo), self._get_file(self.proof)
        event = self.posted.sudo().event_ids[:1]
        witness = {"witness_id": self.internal_user.id}
        requirement = {
            "reason_id": self.reason.id,
            "evidence_type_id": self.photo.id,
        }
        return {
            "reverse own": on(self.own_posted, "reverse", "Not broken"),
            "reverse": on(self.posted, "reverse", "Not broken"),
            "check own": on(self.own_draft, "action_check"),
            "check submitted": on(self.submitted, "action_check"),
            "read log": on(event, "read", ["payload"]),
            "write log": on(event, "write", {"payload": "{}"}),
            "read own evidence": on(own, "read", ["file"]),
            "read evidence to decide": on(self.photo_to_decide, "read", ["file"]),
            "read evidence": on(self.posted_photo, "read", ["file"]),
            "read file": on(file, "read", ["raw"]),
            "read theft evidence": on(self.proof, "read", ["name"]),
            "read theft file": on(secret, "read", ["raw"]),
            "read own theft evidence": on(self.own_proof, "read", ["file"]),
            "add own evidence": on(own, "create", mine),
            "add evidence to decide": on(
                own, "create", self._evidence_vals(self.submitted, new)
            ),
            "supersede own evidence": on(
                own, "create", {**mine, "supersedes_id": own.id}
            ),
            "describe own evidence": on(own, "write", values),
            "remove own evidence": on(own, "action_remove"),
            "remove evidence": on(self.photo_to_decide, "action_remove"),
            "replace file": on(file, "write", {"raw": new}),
            "delete file": on(file, "unlink"),
            "accept evidence": on(self.photo_to_decide, "action_accept"),
            "accept theft evidence": on(self.proof, "action_accept"),
            "read disposal": on(disposal, "read", ["value", "witness_id"]),
            "record own disposal": on(done.disposal_ids, "write", witness),
            "record disposal": on(disposal, "write", witness),
            "close disposal": on(disposal, "action_close"),
            "read evidence type": on(self.photo, "read", ["name"]),
            "edit evidence type": on(self.photo, "write", {"due": "posting"}),
            "ask for evidence": on(
                self.reason.evidence_requirement_ids, "create", requirement
            ),
        }

    def _is_allowed_over_rpc(self, user, call):
        """Tell the same of a call as the web client makes it."""
        try:
            with self.env.cr.savepoint():
                self._rpc_on(user, call.records, call.method, *call.args, **call.kwargs)
                raise Done
        except Done:
            return True
        except Refused:
            return False
        finally:
            self.env.invalidate_all()

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
