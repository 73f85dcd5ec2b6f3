from odoo import api, models


class ResGroups(models.Model):
    """Groups that decide on write-offs: who changed their members is kept."""

    _inherit = "res.groups"

    _MEMBER_FIELDS = {"user_ids", "all_user_ids", "implied_ids", "implied_by_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        users = self.env["res.users"]
        before = users._get_writeoff_members()
        groups = super().create(vals_list)
        users._record_writeoff_members(before)
        return groups

    def write(self, vals):
        if not self._MEMBER_FIELDS & vals.keys():
            return super().write(vals)
        users = self.env["res.users"]
        before = users._get_writeoff_members()
        result = super().write(vals)
        users._record_writeoff_members(before)
        return result
