from odoo import api, fields, models
from odoo.exceptions import UserError

from ..writer import as_writer

# Write-offs whose items may still be written off.
UNDECIDED = ("draft", "to_approve", "approved", "posting", "rejected")


class InventoryWriteoff(models.Model):
    """The unsellable stock that a write-off was made from."""

    _inherit = "inventory.writeoff"

    candidate_ids = fields.One2many(
        "inventory.writeoff.candidate", "writeoff_id", "Unsellable Stock", readonly=True
    )
    automatic_on = fields.Date(
        "Made by Rule On",
        readonly=True,
        copy=False,
        help="The day on which rules made this write-off of proposals.",
    )

    is_submitted_by_rule = fields.Boolean(readonly=True, copy=False)

    _automatic_idx = models.Index(
        "(company_id, automatic_on) WHERE automatic_on IS NOT NULL"
    )

    def action_add_candidates(self):
        """Open the list of unsellable stock, to choose items for this draft."""
        self.ensure_one()
        self._check_can_add_candidates()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_candidate_action_add"
        )
        return {
            **action,
            "domain": [("company_id", "=", self.company_id.id), ("state", "=", "open")],
            "context": {
                "add_to_writeoff_id": self.id,
                "dialog_size": "extra-large",
            },
        }

    def _check_can_add_candidates(self, candidates=None):
        self.check_access("write")
        if not self:
            raise UserError(
                self.env._(
                    "Open a draft write-off and choose Add unsellable stock there."
                )
            )
        self._check_can("submit")
        self._refuse_other_content()
        company = self.company_id
        others = (candidates or []) and candidates.filtered(
            lambda item: item.company_id != company
        )
        if others:
            raise UserError(
                self.env._(
                    "%(items)s: not goods of %(company)s, so they cannot be part of "
                    "%(writeoff)s. Make a write-off of their own company.",
                    items=", ".join(others.mapped("display_name")),
                    company=company.display_name,
                    writeoff=self.display_name,
                )
            )

    def _action_open_drafts(self):
        if len(self) == 1:
            return self.get_formview_action()
        return self._action_open([("id", "in", self.ids)])

    def _set_state(self, state, **values):
        result = super()._set_state(state, **values)
        self._follow_candidates(state)
        return result

    def _follow_candidates(self, state):
        """Keep the list of unsellable stock in step with the write-offs.

        What a write-off holds is proposed no more; what it ends without is open again.
        """
        # Approvers and finance do not write candidates; the list follows by itself.
        candidates = self.env["inventory.writeoff.candidate"].sudo()
        if state not in UNDECIDED:
            linked = [("writeoff_id", "in", self.ids), ("state", "=", "in_writeoff")]
            candidates.search(linked)._give_back()
        elif state == "to_approve":
            goods = {line._get_stock_key() for line in self.line_ids}
            self.env["inventory.writeoff.candidate.facts"]._follow_goods(goods)

    @api.ondelete(at_uninstall=True)
    def _unlink_give_back_candidates(self):
        self.line_ids._unlink_give_back_candidates()

    def _submit_by_rule(self):
        """Submit what is clean; what is not stays a draft, and says why."""
        self.ensure_one()
        if not self._is_clean():
            self.message_post(
                body=self.env._(
                    "Made by a rule of unsellable stock, and not submitted by itself: "
                    "look at the findings, complete the items and submit it."
                )
            )
            return
        with self.env.cr.savepoint():
            self.action_submit()

    def _mark_automatic(self, date, submit):
        as_writer(self).write({"automatic_on": date, "is_submitted_by_rule": submit})
