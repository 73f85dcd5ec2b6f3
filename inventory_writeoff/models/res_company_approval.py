from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Which people have to be different; what is submitted keeps them as they were.
SWITCHES = ("four_eyes", "one_step", "separate_poster", "policy_lock")
POLICY_FIELDS = {
    *(f"writeoff_{name}" for name in SWITCHES),
    "writeoff_split_days",
    "writeoff_escalation_id",
    "writeoff_escalate_days",
}


class ResCompany(models.Model):
    """How strictly different people have to decide on write-offs."""

    _inherit = "res.company"

    writeoff_four_eyes = fields.Boolean(
        "Requester Never Approves",
        default=True,
        help="Neither who asks for a write-off nor who submits it approves it.",
    )
    writeoff_one_step = fields.Boolean(
        "One Step per Person",
        default=True,
        help="Nobody decides on two steps of the same write-off.",
    )
    writeoff_separate_poster = fields.Boolean(
        "Separate Poster",
        default=True,
        help="Who posts a write-off has neither asked for it nor approved it.",
    )
    writeoff_policy_lock = fields.Boolean(
        "Policy Changes Bar from Deciding",
        default=True,
        help="Whoever changed approval rules, delegations, roles or these settings "
        "does not decide on write-offs that were submitted before.",
    )
    writeoff_split_days = fields.Integer(
        "Days of the Amount Tested",
        default=30,
        help="Limits of approval rules count what the same requester, and what anyone "
        "for the same product and location, submitted within this many days.",
    )

    writeoff_remind_days = fields.Integer(
        "Days before a Reminder",
        default=3,
        help="Who is asked for an approval is reminded every so many days. 0: never.",
    )
    writeoff_escalate_days = fields.Integer(
        "Days before an Escalation",
        help="After so many days without a decision somebody else is asked as well. 0: "
        "never.",
    )
    writeoff_escalation_id = fields.Many2one(
        "res.users",
        "Asked on Escalation",
        ondelete="restrict",
        domain=lambda self: self._get_decider_domain(),
        help="Decides like those who were asked first; never on what they asked for.",
    )

    _writeoff_approval_days_not_negative = models.Constraint(
        "CHECK (writeoff_split_days >= 0 AND writeoff_remind_days >= 0 "
        "AND writeoff_escalate_days >= 0)",
        "The days of reminders, escalations and of the amount tested are 0 or more.",
    )

    def _get_decider_domain(self):
        return self.env["inventory.writeoff.approval.rule"]._get_user_domain()

    @api.constrains("writeoff_escalation_id")
    def _check_writeoff_escalation(self):
        allowed = self._get_decider_domain()
        for company in self.filtered("writeoff_escalation_id"):
            user = company.writeoff_escalation_id.sudo()
            if company not in user.company_ids or not user.filtered_domain(allowed):
                raise ValidationError(
                    self.env._(
                        "%(user)s could not decide on write-offs of %(company)s: "
                        "choose an active user of that company with the role Approver "
                        "or Senior Finance.",
                        user=user.name,
                        company=company.display_name,
                    )
                )

    def write(self, vals):
        changed = self._get_policy_fields() & vals.keys()
        before = {company: company._read_policy(changed) for company in self}
        result = super().write(vals)
        for company in self:
            after = company._read_policy(changed)
            if after != before[company]:
                changes = self.env["inventory.writeoff.policy.change"]
                names = [name for name in after if after[name] != before[company][name]]
                changes._record("settings_changed", company, company.name, names)
        return result

    def _get_policy_fields(self):
        return POLICY_FIELDS

    def _get_switches(self):
        """Return which people have to be different, as a write-off keeps it."""
        return {name: self[f"writeoff_{name}"] for name in SWITCHES}

    def _read_policy(self, names):
        return {name: self[name] for name in sorted(names)}
