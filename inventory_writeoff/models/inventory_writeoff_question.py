from odoo import api, fields, models
from odoo.exceptions import UserError

QUESTION_ACTIVITY = "inventory_writeoff.mail_activity_type_question"


class InventoryWriteoff(models.Model):
    """Whoever is asked to decide may ask back; the write-off stays where it is."""

    _inherit = "inventory.writeoff"

    can_ask = fields.Boolean(compute="_compute_can_ask")

    @api.depends("state", "can_reject")
    @api.depends_context("uid")
    def _compute_can_ask(self):
        for writeoff in self:
            writeoff.can_ask = writeoff.can_reject and writeoff.state == "to_approve"

    def action_ask(self):
        """Ask for the question, which the requester gets as an activity."""
        self._check_can_ask()
        return {
            "name": self.env._("Ask the Requester"),
            "type": "ir.actions.act_window",
            "res_model": "inventory.writeoff.question",
            "view_mode": "form",
            "target": "new",
            "context": {"default_writeoff_ids": self.ids},
        }

    def ask(self, question):
        """Ask the requesters for information; nothing else changes."""
        question = (question or "").strip()
        if not question:
            raise UserError(
                self.env._(
                    "Write what you want to know about %(writeoffs)s.",
                    writeoffs=self._join_names(),
                )
            )
        self.check_access("write")
        self._check_can_ask()
        for requester, group in self.grouped("requester_id").items():
            group.activity_schedule(
                QUESTION_ACTIVITY, user_id=requester.id, note=question
            )
        self._say(
            lambda w: w.env._("Question: %(question)s", question=question),
            notify="requester_id",
        )
        events = self.env["inventory.writeoff.event"]
        events._log("question_asked", dict.fromkeys(self, {"question": question}))

    def _check_can_ask(self):
        decided = self.filtered(lambda w: w.state != "to_approve")
        if decided:
            raise UserError(decided[0]._get_wrong_state_reason())
        self._check_can("reject")

    def _set_state(self, state, **values):
        result = super()._set_state(state, **values)
        if state != "to_approve":
            # The activity is the requester's, whoever ends the step.
            self.sudo().activity_unlink([QUESTION_ACTIVITY])
        return result
