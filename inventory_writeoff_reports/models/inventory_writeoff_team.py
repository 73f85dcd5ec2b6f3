from odoo import api, fields, models
from odoo.exceptions import ValidationError


class InventoryWriteoffTeam(models.Model):
    """People whose write-offs are counted together: a department."""

    _name = "inventory.writeoff.team"
    _description = "Write-Off Team"
    _order = "name, id"

    name = fields.Char("Department", required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    member_ids = fields.Many2many(
        "res.users", string="Members", domain="[('share', '=', False)]"
    )

    @api.constrains("member_ids", "company_id")
    def _check_members(self):
        domain = [
            ("company_id", "in", self.company_id.ids),
            ("member_ids", "in", self.member_ids.ids),
        ]
        seen = {}
        for team in self.search(domain):
            for member in team.member_ids:
                other = seen.setdefault((team.company_id, member), team)
                if other != team:
                    raise ValidationError(
                        self.env._(
                            "%(user)s would be in two teams, %(team)s and %(other)s. "
                            "A person's write-offs count for one department of a "
                            "company: take them off one of the two.",
                            user=member.name,
                            team=other.name,
                            other=team.name,
                        )
                    )
