from odoo import models

from .inventory_writeoff import APPROVER


class InventoryWriteoff(models.Model):
    """Who is asked to decide on a write-off, and who must not decide.

    One step for now: any approver of the company but the requester. A policy replaces
    `_get_approvers` and `_get_four_eyes_reason`.
    """

    _inherit = "inventory.writeoff"

    def _get_four_eyes_reason(self):
        """Return why this user must not decide on the write-off, or False."""
        if self.state != "to_approve" or not self.env.user.has_group(APPROVER):
            return False
        if self.env.user not in (self.requester_id | self.submitted_by_id):
            return False
        return self.env._(
            "You asked for %(writeoff)s, so someone else must approve it.",
            writeoff=self.display_name,
        )

    def _void_approval(self, message):
        """Send approved write-offs back for approval, because they have changed."""
        self.filtered(lambda w: w.state == "approved")._set_state(
            "to_approve", approver_id=False, decided_at=False
        )
        self._close_activities()
        self._ask_for_approval(message)

    def _get_approvers(self):
        """Return who may decide on the write-off."""
        self.ensure_one()
        # Requesters may not read the members of a group.
        members = self.env.ref(APPROVER).sudo().all_user_ids
        concerned = self.requester_id | self.submitted_by_id
        return members.filtered(
            lambda user: self.company_id in user.company_ids and user not in concerned
        )

    def _ask_for_approval(self, message=None):
        activity_type = "inventory_writeoff.mail_activity_type_approve"
        for writeoff in self:
            note = message or writeoff._get_submitted_message()
            for approver in writeoff._get_approvers():
                writeoff.activity_schedule(activity_type, user_id=approver.id)
            writeoff.message_post(body=note)

    def _close_activities(self, feedback=None):
        activity_types = ["inventory_writeoff.mail_activity_type_approve"]
        # The activities belong to all approvers, and one of them has decided.
        if feedback:
            self.sudo().activity_feedback(activity_types, feedback=feedback)
        else:
            self.sudo().activity_unlink(activity_types)
