from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .inventory_writeoff import APPROVER
from .inventory_writeoff_finding import SENIOR

MANAGER = "inventory_writeoff.group_writeoff_manager"


class InventoryWriteoffDelegation(models.Model):
    """Who decides on write-offs while somebody is away.

    The other one decides what the absent person is asked for, and never on what they
    asked for themselves. A delegation is ended, not deleted.
    """

    _name = "inventory.writeoff.delegation"
    _description = "Delegation of Write-Off Approvals"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    from_id = fields.Many2one(
        "res.users",
        "Absent",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=lambda self: self._get_user_domain(),
    )
    to_id = fields.Many2one(
        "res.users",
        "Decides Instead",
        required=True,
        index=True,
        ondelete="restrict",
        domain=lambda self: self._get_user_domain(),
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date("Until", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    note = fields.Char()
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _dates_are_a_period = models.Constraint(
        "CHECK (date_to >= date_from)",
        "A delegation ends on or after the day on which it begins.",
    )
    _people_are_different = models.Constraint(
        "CHECK (from_id != to_id)", "Delegate to somebody else than yourself."
    )

    def _get_user_domain(self):
        groups = self.env.ref(APPROVER) | self.env.ref(SENIOR)
        return [("all_group_ids", "in", groups.ids)]

    @api.depends("from_id", "to_id")
    def _compute_display_name(self):
        for delegation in self:
            names = (delegation.from_id.name or "", delegation.to_id.name or "")
            delegation.display_name = " → ".join(names)

    @api.depends("from_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for delegation in self:
            delegation.is_mine = delegation.from_id == self.env.user

    @api.constrains("to_id", "company_id")
    def _check_to(self):
        allowed = self._get_user_domain()
        for delegation in self.sudo():
            user = delegation.to_id
            if (
                not user.filtered_domain(allowed)
                or delegation.company_id not in user.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s has neither the role Approver nor Senior Finance in "
                        "%(company)s, and could not decide. Choose somebody who has.",
                        user=user.name,
                        company=delegation.company_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._check_own()
        delegations._log_change("delegation_created")
        return delegations

    def write(self, vals):
        if {"from_id", "to_id", "company_id"} & vals.keys():
            raise UserError(
                self.env._(
                    "The people of a delegation stay as they are: end this one with "
                    "its last day, and make another one."
                )
            )
        result = super().write(vals)
        self._check_own()
        self._log_change("delegation_changed", sorted(vals))
        return result

    def _check_own(self):
        """Everybody delegates for themselves; administrators for those away."""
        is_manager = self.env.su or self.env.user.has_group(MANAGER)
        if not is_manager and self.from_id != self.env.user:
            raise AccessError(
                self.env._(
                    "You can delegate your own decisions only. Ask an administrator of "
                    "write-offs to do it for somebody who is away."
                )
            )

    def _log_change(self, kind, detail=()):
        changes = self.env["inventory.writeoff.policy.change"]
        for delegation in self:
            period = f"{delegation.date_from} – {delegation.date_to}"
            what = f"{delegation.display_name}, {period}"
            changes._record(kind, delegation.company_id, what, list(detail))

    @api.model
    def _get_current_domain(self):
        today = fields.Date.context_today(self)
        return Domain("date_from", "<=", today) & Domain("date_to", ">=", today)

    @api.model
    def _get_principals(self, user):
        """Return {company: users whom this one stands in for today}."""
        # Who is delegated to need not be able to read all delegations.
        groups = self.sudo()._read_group(
            self._get_current_domain() & Domain("to_id", "=", user.id),
            ["company_id"],
            ["from_id:recordset"],
        )
        return dict(groups)

    @api.model
    def _get_deputies(self, companies):
        """Return {company: {user who is away: users who stand in today}}."""
        domain = self._get_current_domain() & Domain("company_id", "in", companies.ids)
        # Who is asked need not be able to read everybody's delegations.
        deputies = {}
        for delegation in self.sudo().search(domain):
            if delegation.to_id.active:
                of_company = deputies.setdefault(delegation.company_id, {})
                known = of_company.get(delegation.from_id, delegation.to_id)
                of_company[delegation.from_id] = known | delegation.to_id
        return deputies
