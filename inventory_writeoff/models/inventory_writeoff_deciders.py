from odoo import api, fields, models
from odoo.fields import Domain

from ..writer import as_writer
from .inventory_writeoff import APPROVER
from .inventory_writeoff_finding import SENIOR


class InventoryWriteoff(models.Model):
    """Who may decide on a write-off now, who must not, and what they decided.

    | who                               | approves             | rejects          |
    |-----------------------------------|----------------------|------------------|
    | asked in the present step         | yes                  | yes              |
    | asked in another step             | no                   | yes              |
    | requester, or who submitted       | no                   | no               |
    | who approved an earlier step      | no                   | yes              |
    | who changed the policy since then | no                   | no               |
    """

    _inherit = "inventory.writeoff"

    is_for_me = fields.Boolean(
        "Asked Me",
        compute="_compute_is_for_me",
        search="_search_is_for_me",
        help="The user is asked to decide, or has decided.",
    )

    is_to_decide = fields.Boolean(
        "To Decide",
        compute="_compute_is_to_decide",
        search="_search_is_to_decide",
        help="The user can approve it now.",
    )

    @api.depends("approval_ids.is_mine")
    @api.depends_context("uid")
    def _compute_is_for_me(self):
        for writeoff in self:
            writeoff.is_for_me = any(writeoff.sudo().approval_ids.mapped("is_mine"))

    def _search_is_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.env["inventory.writeoff.approval"]._get_mine_domain()
        asked = Domain("approval_ids", "any!", mine)
        return asked if True in value else ~asked

    @api.depends("state", "approval_ids.is_mine")
    @api.depends_context("uid")
    def _compute_is_to_decide(self):
        for writeoff in self:
            writeoff.is_to_decide = writeoff.can_approve

    def _search_is_to_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        asked = self.env["inventory.writeoff.approval"]._get_asked_domain()
        asked &= Domain("state", "=", "asked")
        found = self.search(
            Domain("state", "=", "to_approve") & Domain("approval_ids", "any!", asked)
        )
        reasons = found._get_cannot_reasons("approve")
        found = found.filtered(lambda writeoff: not reasons[writeoff])
        return Domain("id", "in" if True in value else "not in", found.ids)

    def _get_requesters(self):
        return self.requester_id | self.submitted_by_id

    def _demands(self, switch):
        """Tell whether different people have to act, by the rules of submission."""
        company = self.company_id.sudo()
        return (self.approval_switches or company._get_switches())[switch]

    def _is_decider(self):
        """Tell whether the user has a role that decides at all."""
        return any(self.env.user.has_group(role) for role in (APPROVER, SENIOR))

    def _get_four_eyes_reasons(self):
        """Tell why this user, who has the role, must not decide: {write-off: reason}"""
        if not self._is_decider():
            return dict.fromkeys(self, False)
        changed = self._get_policy_changes()
        return {
            writeoff: writeoff.state == "to_approve"
            and writeoff._get_barred_reason("approve", changed[writeoff.company_id])
            for writeoff in self
        }

    def _get_policy_changes(self):
        """Return {company: when this user last changed what decides there}."""
        changes = self.env["inventory.writeoff.policy.change"]
        return changes._get_last_dates(self.env.user, self.company_id)

    def _get_cannot_decide_reasons(self, action):
        """Tell why the user cannot approve or reject: {write-off: sentence or False}.

        Of write-offs in the right state, for a user with a role that decides.
        """
        changed = self._get_policy_changes()
        deputies = self._get_deputies()
        return {
            writeoff: writeoff._get_barred_reason(action, changed[writeoff.company_id])
            or writeoff._get_not_asked_reason(action, deputies)
            for writeoff in self
        }

    def _get_deputies(self):
        """Return who stands in for whom today, as the delegations tell it."""
        delegations = self.env["inventory.writeoff.delegation"]
        return delegations._get_deputies(self.sudo().company_id)

    def _get_barred_reason(self, action, changed_at):
        """Return what keeps this user from deciding, even when asked, or False."""
        names = {"writeoff": self.display_name}
        is_requester = self.env.user in self._get_requesters()
        if action == "approve" and is_requester and self._demands("four_eyes"):
            return self.env._(
                "You asked for %(writeoff)s, so someone else must approve it.", **names
            )
        if action == "approve" and self._has_decided():
            return self.env._(
                "You have approved %(writeoff)s already, so someone else must decide "
                "on the next step.",
                **names,
            )
        is_late = changed_at and self.submitted_at and changed_at >= self.submitted_at
        if is_late and self._demands("policy_lock"):
            return self.env._(
                "You have changed the approval policy, a delegation or somebody's role "
                "since %(writeoff)s was submitted, so someone else must decide on it.",
                **names,
            )
        return False

    def _has_decided(self):
        """Tell whether the user has given an approval that rules out another one."""
        return self.env.user in self.sudo()._get_spent_users()

    def _get_spent_users(self):
        """Return who has approved in this round and approves no more of it."""
        steps = self._get_round_steps()
        if not self._demands("one_step"):
            present = steps._get_present_number()
            steps = steps.filtered(lambda step: step.step == present)
        return steps._get_people()

    def _get_not_asked_reason(self, action, deputies):
        steps = self.sudo()._get_round_steps()
        asked = self.sudo()._get_asked_steps()
        # Whoever is asked at any step may stop the write-off; without steps, anyone.
        allowed = asked if action == "approve" else steps
        if self._get_authorities(allowed, deputies):
            return False
        if action == "reject" and not steps:
            return False
        if asked[:1].is_default and not self.env.user.has_group(APPROVER):
            return self._get_no_role_reason(APPROVER)
        return self.env._(
            "%(writeoff)s was submitted for the decision of others than you. Step "
            "%(step)s can be decided by: %(users)s.",
            writeoff=self.display_name,
            step=(asked or steps)[-1:].name or "-",
            users=", ".join(self.sudo()._get_approvers(deputies).mapped("name")) or "-",
        )

    def _get_authorities(self, steps, deputies):
        """Return whose decision the user's would be: their own, or an absent one's."""
        writeoff, user = self.sudo(), self.env.user.sudo()
        if user in steps.user_ids:
            return user
        absent = deputies.get(writeoff.company_id, {})
        people = steps.user_ids - writeoff._get_spent_users()
        return people.filtered(lambda person: user in absent.get(person, ()))

    def _get_approvers(self, deputies=None):
        """Return who may decide on the write-off now, those standing in included."""
        self.ensure_one()
        # Requesters may not read the members of a group.
        writeoff = self.sudo()
        deputies = self._get_deputies() if deputies is None else deputies
        absent = deputies.get(writeoff.company_id, {})
        spent = writeoff._get_spent_users()
        asked = writeoff._get_asked_steps().user_ids.filtered("active") - spent
        users = asked.union(*(absent[user] for user in asked if user in absent))
        if writeoff._demands("four_eyes"):
            users -= writeoff._get_requesters()
        return (users - spent).with_env(self.env)

    def _decide(self, decision, comment=None):
        """Record the user's decision on the present step of each write-off."""
        steps = self.env["inventory.writeoff.approval"].sudo()
        deputies = self._get_deputies()
        digests = self._get_content_digest()
        for writeoff in self.sudo():
            asked = writeoff._get_asked_steps() or writeoff._add_withdrawal()
            steps |= asked[:1]
        for step in as_writer(steps):
            whose = step.writeoff_id._get_authorities(step, deputies)[:1]
            values = step._prepare_decision_vals(decision, comment, whose)
            step.write({**values, "digest": digests[step.writeoff_id]})
        self.env["inventory.writeoff.event"]._log(
            f"step_{decision}",
            {step.writeoff_id: step._prepare_decision_payload() for step in steps},
        )

    def _add_withdrawal(self):
        """Return a step to record that what was approved is rejected after all."""
        last = self._get_round_steps()[-1:]
        values = {
            "writeoff_id": self.id,
            "name": self.env._("Approval withdrawn"),
            "step": last.step + 1,
            "user_ids": self.env.user.ids,
            "needed": 1,
            "amount_tested": self.amount_tested,
        }
        return self._create_steps([values])

    def _get_poster_reason(self):
        """Return why the user must not post the write-off, or False."""
        if not self._demands("separate_poster"):
            return False
        names = {"writeoff": self.display_name}
        if self.env.user in self._get_requesters():
            return self.env._(
                "You asked for %(writeoff)s, so someone else must post it.", **names
            )
        if self.env.user in self.sudo()._get_round_steps()._get_people():
            return self.env._(
                "You approved %(writeoff)s, so someone else must post it.", **names
            )
        return False
