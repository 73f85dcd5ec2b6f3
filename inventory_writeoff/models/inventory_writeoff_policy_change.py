from odoo import api, fields, models

from ..writer import as_writer


class InventoryWriteoffPolicyChange(models.Model):
    """Who changed what decides on write-offs: rules, delegations, roles, settings.

    Whoever made a change does not decide on write-offs that were already submitted.
    """

    _name = "inventory.writeoff.policy.change"
    _inherit = ["inventory.writeoff.recorded"]
    _description = "Change of the Approval Policy"
    _order = "id desc"
    _rec_name = "what"

    kind = fields.Selection(
        [
            ("rule_created", "Rule created"),
            ("rule_changed", "Rule changed"),
            ("rule_deleted", "Rule deleted"),
            ("delegation_created", "Delegation created"),
            ("delegation_changed", "Delegation changed"),
            ("roles_changed", "Roles changed"),
            ("approver_changed", "Requester's approver changed"),
            ("settings_changed", "Settings changed"),
        ],
        required=True,
        readonly=True,
    )
    # Empty: the change counts in every company.
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", "Changed By", required=True, readonly=True, ondelete="restrict"
    )
    changed_at = fields.Datetime("Changed On", required=True, readonly=True)
    is_superuser = fields.Boolean(
        "With Superuser Rights", readonly=True, help="Record rules did not apply."
    )
    what = fields.Char(required=True, readonly=True)
    detail = fields.Char(readonly=True)

    _user_idx = models.Index("(user_id, changed_at)")

    def _get_recorded_reason(self):
        return self.env._(
            "Changes of the approval policy are recorded by the system, and "
            "stay as they are."
        )

    @api.model
    def _record(self, kind, company, what, detail=()):
        """Keep a change; `company` is empty where it counts in all of them."""
        # Nobody may write these records; the change itself was allowed.
        changes = as_writer(self.sudo())
        changes.create(
            {
                "kind": kind,
                "company_id": company.id,
                "user_id": self.env.uid,
                "changed_at": fields.Datetime.now(),
                "is_superuser": self.env.su,
                "what": what,
                "detail": ", ".join(detail),
            }
        )
        # In the log, what counts everywhere stands with every company.
        companies = company or self.env["res.company"].sudo().search([])
        payload = {"change": kind, "what": what, "detail": list(detail)}
        self.env["inventory.writeoff.event"]._log(
            "policy_changed", dict.fromkeys(companies, payload)
        )

    @api.model
    def _get_last_dates(self, user, companies):
        """Return {company: when the user last changed what decides there}."""
        groups = self.sudo()._read_group(
            [("user_id", "=", user.id), ("company_id", "in", [*companies.ids, False])],
            ["company_id"],
            ["changed_at:max"],
        )
        dates = dict(groups)
        everywhere = dates.get(self.env["res.company"])
        return {
            company: max(filter(None, (everywhere, dates.get(company))), default=None)
            for company in companies
        }
