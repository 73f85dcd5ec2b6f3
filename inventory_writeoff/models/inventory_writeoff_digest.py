from odoo import fields, models

from ..writer import as_writer
from .inventory_writeoff import POSTED_STATES

# What of a content may still be set after the approval, by whom it is allowed to.
SET_AFTER_APPROVAL = ("accounting_date",)
# What was signed counts in these states.
SIGNED_STATES = ("approved", "posting", *POSTED_STATES)


class InventoryWriteoff(models.Model):
    """An approval is bound to the content: what you saw is what you signed.

    The digest of the content is stored with the approval and computed again at
    posting. If it is another one, whatever way the content was changed, the approval
    is void and the write-off goes back to be approved. The content itself is kept
    beside its digest, to say what has changed.
    """

    _inherit = "inventory.writeoff"

    approved_digest = fields.Char(
        "Digest of the Approved Content",
        readonly=True,
        copy=False,
        help="SHA-256 of the content that was approved: items, quantities, values, "
        "reasons, accounts, evidence.",
    )
    approved_content = fields.Json(readonly=True, copy=False, prefetch=False)
    # What finance has set since then and may set: the accounting date.
    approved_exceptions = fields.Json(readonly=True, copy=False)
    value_approved = fields.Monetary("Approved Value", readonly=True, copy=False)
    void_reason = fields.Text("Why the Approval Is Void", readonly=True, copy=False)

    _FORGOTTEN_APPROVAL = {
        "approved_digest": False,
        "approved_content": False,
        "approved_exceptions": False,
        "value_approved": 0.0,
        "void_reason": False,
    }

    def write(self, vals):
        result = super().write(vals)
        settable = [name for name in SET_AFTER_APPROVAL if name in vals]
        approved = self.filtered(lambda w: w.state == "approved")
        if settable and approved:
            # The guard has let finance through; nothing else comes here.
            approved._allow_exceptions(settable)
        return result

    def _allow_exceptions(self, names):
        contents = self._get_content()
        for writeoff in self:
            values = {name: contents[writeoff][name] for name in names}
            allowed = {**(writeoff.approved_exceptions or {}), **values}
            as_writer(writeoff).approved_exceptions = allowed

    def _set_state(self, state, **values):
        if state not in SIGNED_STATES:
            values = {**self._FORGOTTEN_APPROVAL, **values}
        # Whose posting is called off was signed before, and by others.
        signed = self.filtered(lambda w: w.state != "posting")
        result = super()._set_state(state, **values)
        if state == "approved":
            signed._sign_content()
        return result

    def _sign_content(self):
        contents = self._get_content()
        digests = self._get_content_digest(contents)
        for writeoff in self:
            as_writer(writeoff).write(
                {
                    **self._FORGOTTEN_APPROVAL,
                    "approved_digest": digests[writeoff],
                    "approved_content": contents[writeoff],
                    "value_approved": writeoff.value_estimated,
                }
            )

    def _get_content(self):
        """Return {write-off: content}, as a digest is made of it."""
        return self.env["inventory.writeoff.content"]._read(self)

    def _get_content_digest(self, contents=None):
        """Return {write-off: hex SHA-256 of its content as it is now}."""
        contents = contents or self._get_content()
        digest = self.env["inventory.writeoff.content"]._hash
        return {writeoff: digest(contents[writeoff]) for writeoff in self}

    def _get_content_changes(self):
        """Return {write-off: sentences} of those that are not what was approved."""
        content = self.env["inventory.writeoff.content"]
        changes = {}
        for writeoff, found in self._get_content().items():
            approved = writeoff.approved_content
            if not approved or content._hash(approved) != writeoff.approved_digest:
                changes[writeoff] = [
                    self.env._("What is recorded of the approval does not fit it.")
                ]
                continue
            expected = {**approved, **(writeoff.approved_exceptions or {})}
            found = self._leave_out_later_evidence(found, approved)
            if content._hash(expected) != content._hash(found):
                changes[writeoff] = content._describe_changes(expected, found)
        return changes

    def _leave_out_later_evidence(self, content, approved):
        """Return the content without files that came after the approval.

        A certificate may be due only before posting.
        """
        known = approved["evidence"].keys()
        evidence = {k: v for k, v in content["evidence"].items() if k in known}
        return {**content, "evidence": evidence}

    def _void_changed(self):
        """Void the approvals that no longer fit, and return what to tell the user.

        A refusal would be rolled back together with the voiding: so nothing is
        posted, and an action says so.
        """
        messages = self._get_void_messages()
        for writeoff, message in messages.items():
            writeoff._void_approval(message)
        return messages and self._get_void_action(messages)

    def _get_void_messages(self):
        """Return {write-off: why its approval is void}."""
        return {
            writeoff: writeoff._get_changed_message(sentences)
            for writeoff, sentences in self._get_content_changes().items()
        }

    def _get_changed_message(self, sentences):
        return self.env._(
            "%(writeoff)s is not what was approved, so it must be approved again. "
            "%(changes)s",
            writeoff=self.name,
            changes=" ".join(sentences),
        )

    def _void_approval(self, message):
        payloads = self._prepare_void_payloads(message)
        result = super()._void_approval(message)
        as_writer(self).write({"void_reason": message})
        self.env["inventory.writeoff.event"]._log("approval_voided", payloads)
        return result

    def _prepare_void_payloads(self, message):
        digests = self._get_content_digest()
        return {
            writeoff: {
                "reason": message,
                "approved_digest": writeoff.approved_digest or None,
                "approved_value": writeoff.value_approved,
                "digest": digests[writeoff],
            }
            for writeoff in self
        }

    def _get_void_action(self, messages):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "title": self.env._("Nothing Was Posted"),
                "message": "\n".join(messages.values()),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
