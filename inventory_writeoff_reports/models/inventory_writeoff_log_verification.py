from odoo import fields, models

from odoo.addons.inventory_writeoff.models.inventory_writeoff_append_only import IdOnly


class InventoryWriteoffLogVerification(models.Model):
    """When the log of a company was verified, and what was found."""

    _name = "inventory.writeoff.log.verification"
    _description = "Verification of the Write-Off Log Done"
    _order = "verified_at desc, id desc"
    _rec_name = "verified_at"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    verified_at = fields.Datetime("Verified", required=True, readonly=True)
    user_id = IdOnly("res.users", "By", readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    problem_count = fields.Integer("Problems", readonly=True)
    head = fields.Char("Head of the Chain", readonly=True)

    _company_idx = models.Index("(company_id, verified_at DESC)")

    def _get_last(self, companies):
        """Return the last verification of each company, in one query."""
        last = self._read_group(
            [("company_id", "in", companies.ids)], ["company_id"], ["id:max"]
        )
        return self.browse([verification_id for _company, verification_id in last])


class InventoryWriteoffVerification(models.AbstractModel):
    _inherit = "inventory.writeoff.verification"

    def _verify(self, company, heads=()):
        result = super()._verify(company, heads)
        # Whoever may verify the log leaves the trace of it; nobody writes it by hand.
        self.env["inventory.writeoff.log.verification"].sudo().create(
            {
                "company_id": company.id,
                "verified_at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "event_count": result["events"],
                "problem_count": len(result["problems"]),
                "head": result["head"],
            }
        )
        self.env["inventory.writeoff.kpi"]._tell_dashboards(company.ids)
        return result
