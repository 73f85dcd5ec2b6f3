from odoo import api, fields, models

ROLES = ("user", "approver", "senior", "finance", "manager", "auditor")


class ResUsers(models.Model):
    """Who approves what a user asks for, and who gave users their roles."""

    _inherit = "res.users"

    writeoff_approver_id = fields.Many2one(
        "res.users",
        "Approver of Write-Offs",
        ondelete="restrict",
        help="Whom an approval rule asks that names the requester's approver.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        before = self._get_writeoff_members()
        users = super().create(vals_list)
        self._record_writeoff_members(before)
        return users

    def write(self, vals):
        is_roles = "group_ids" in vals
        before = is_roles and self._get_writeoff_members()
        result = super().write(vals)
        if is_roles:
            self._record_writeoff_members(before)
        if "writeoff_approver_id" in vals:
            names = ", ".join(self.sudo().mapped("name"))
            changes = self.env["inventory.writeoff.policy.change"]
            changes._record("approver_changed", self.env["res.company"], names)
        return result

    @api.model
    def _get_writeoff_groups(self):
        """Return the groups whose members decide on write-offs, or post them."""
        groups = self.env["res.groups"].sudo()
        for role in ROLES:
            name = f"inventory_writeoff.group_writeoff_{role}"
            groups |= self.env.ref(name, raise_if_not_found=False) or groups
        rules = self.env["inventory.writeoff.approval.rule"].sudo()
        return groups | rules.with_context(active_test=False).search([]).group_id

    @api.model
    def _get_writeoff_members(self):
        """Return {group: ids of its members, those of implying groups included}."""
        groups = self._get_writeoff_groups()
        return {group: frozenset(group.all_user_ids._ids) for group in groups}

    @api.model
    def _record_writeoff_members(self, before):
        """Keep who changed the members of which group."""
        after = self._get_writeoff_members()
        changed = [group for group in after if after[group] != before.get(group)]
        if not changed:
            return
        user_ids = set().union(
            *(after[group] ^ before.get(group, frozenset()) for group in changed)
        )
        users = self.sudo().browse(sorted(user_ids)).exists()
        self.env["inventory.writeoff.policy.change"]._record(
            "roles_changed",
            self.env["res.company"],
            ", ".join(users.mapped("name")),
            [group.full_name for group in changed],
        )
