from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _limit_to_writeoffs(self, model_name, domain):
        """Return what roles in write-offs let this user read of another app's model.

        Rules of groups add up, and a group without a rule adds nothing. So a rule that
        limits our roles would also limit what another role opens as a whole: for
        whoever has such a role, the domain must give way.

        :param domain: what our role alone may read
        """
        groups = self._get_groups_beyond_writeoffs()
        readable = [("model_id.model", "=", model_name), ("perm_read", "=", True)]
        # Nobody but administrators may read the access rights themselves.
        accesses, rules = self.env["ir.model.access"].sudo(), self.env["ir.rule"].sudo()
        is_open = accesses.search_count(
            [*readable, ("group_id", "in", groups.ids)], limit=1
        )
        is_limited = rules.search_count(
            [*readable, ("groups", "in", groups.ids)], limit=1
        )
        return [(1, "=", 1)] if is_open and not is_limited else domain

    def _get_groups_beyond_writeoffs(self):
        """Return the user's groups, those of this add-on apart."""
        data = self.env["ir.model.data"].sudo()
        ours = data.search(
            [("module", "=", "inventory_writeoff"), ("model", "=", "res.groups")]
        )
        groups = self.sudo().all_group_ids
        return groups.filtered(lambda group: group.id not in set(ours.mapped("res_id")))
