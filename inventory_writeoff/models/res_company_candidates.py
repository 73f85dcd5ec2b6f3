from odoo import api, fields, models
from odoo.exceptions import ValidationError

USER = "inventory_writeoff.group_writeoff_user"
# Source of a proposal: (field of the company, reason where it is empty).
SCAN_REASONS = {
    "expired": ("writeoff_expired_reason_id", "inventory_writeoff.reason_expired"),
    "aged": ("writeoff_aged_reason_id", "inventory_writeoff.reason_obsolete"),
    "quarantine": (
        "writeoff_quarantine_reason_id",
        "inventory_writeoff.reason_quality",
    ),
}


class ResCompany(models.Model):
    """What the nightly scan proposes as unsellable, and who its rules act for."""

    _inherit = "res.company"

    writeoff_expiry_days = fields.Integer(
        "Days before Expiration",
        help="Lots are proposed this many days before they expire. 0: once they have.",
    )
    writeoff_aged_days = fields.Integer(
        "Days without Moves",
        default=365,
        help="Stock is proposed when goods of the product have not left for this many "
        "days. A product category may have its own number. 0: never.",
    )
    writeoff_expired_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Expired Stock",
        ondelete="restrict",
        help="Empty: the delivered reason EXP.",
    )
    writeoff_aged_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Stock without Moves",
        ondelete="restrict",
        help="Empty: the delivered reason OBS.",
    )
    writeoff_quarantine_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Stock in Quarantine",
        ondelete="restrict",
        help="Empty: the delivered reason QLT.",
    )
    writeoff_rule_user_id = fields.Many2one(
        "res.users",
        "Responsible of Automatic Write-Offs",
        ondelete="restrict",
        domain=lambda self: [("all_group_ids", "in", self.env.ref(USER).ids)],
        help="Asks for the write-offs that rules make. Someone else approves them.",
    )
    writeoff_scanned_at = fields.Datetime("Unsellable Stock Scanned", readonly=True)

    _writeoff_days_not_negative = models.Constraint(
        "CHECK (writeoff_expiry_days >= 0 AND writeoff_aged_days >= 0)",
        "The number of days after which stock is proposed cannot be negative.",
    )

    @api.constrains("writeoff_rule_user_id")
    def _check_writeoff_rule_user(self):
        for company in self.filtered("writeoff_rule_user_id"):
            if not company._can_act_for_rules():
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot ask for write-offs of %(company)s: choose an "
                        "active user of that company with the role Requester.",
                        user=company.writeoff_rule_user_id.name,
                        company=company.display_name,
                    )
                )

    def _can_act_for_rules(self):
        """Tell whether the responsible may ask for write-offs of the company."""
        self.ensure_one()
        user = self.writeoff_rule_user_id.sudo()
        return user.active and self in user.company_ids and user.has_group(USER)

    def _get_writeoff_scan_reasons(self):
        """Return [(source, reason)]; a source whose reason is archived is off."""
        self.ensure_one()
        pairs = [
            (source, self[field] or self.env.ref(xmlid, raise_if_not_found=False))
            for source, (field, xmlid) in SCAN_REASONS.items()
        ]
        return [
            (source, reason) for source, reason in pairs if reason and reason.active
        ]
