from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    """How strictly different people have to decide."""

    _inherit = "inventory.writeoff.settings"

    writeoff_four_eyes = fields.Boolean(
        "Requester Never Approves",
        help="Neither who asks for a write-off nor who submits it approves it.",
    )
    writeoff_one_step = fields.Boolean(
        "One Step per Person",
        help="Nobody decides on two steps of the same write-off.",
    )
    writeoff_separate_poster = fields.Boolean(
        "Separate Poster",
        help="Who posts a write-off has neither asked for it nor approved it.",
    )
    writeoff_policy_lock = fields.Boolean(
        "Policy Changes Bar from Deciding",
        help="Whoever changed approval rules, delegations, roles or these settings "
        "does not decide on write-offs that were submitted before.",
    )
    writeoff_split_days = fields.Integer(
        "Days of the Amount Tested",
        help="Limits of approval rules count what the same requester, and what anyone "
        "for the same product and location, submitted within this many days.",
    )

    writeoff_remind_days = fields.Integer(
        "Days before a Reminder",
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
        domain=lambda self: self.env["res.company"]._get_decider_domain(),
        help="Decides like those who were asked first; never on what they asked for.",
    )
