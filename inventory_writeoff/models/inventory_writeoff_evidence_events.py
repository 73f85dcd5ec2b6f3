from odoo import models


class InventoryWriteoffEvidenceType(models.Model):
    _name = "inventory.writeoff.evidence.type"
    _inherit = [
        "inventory.writeoff.evidence.type",
        "inventory.writeoff.logged.settings",
    ]

    _LOGGED_FIELDS = ("code", "active", "due")


class InventoryWriteoffEvidenceRequirement(models.Model):
    """What evidence is asked for is a setting that matters."""

    _name = "inventory.writeoff.evidence.requirement"
    _inherit = [
        "inventory.writeoff.evidence.requirement",
        "inventory.writeoff.logged.settings",
    ]

    _LOGGED_FIELDS = ("reason_id", "disposal_method_id", "evidence_type_id", "due")
