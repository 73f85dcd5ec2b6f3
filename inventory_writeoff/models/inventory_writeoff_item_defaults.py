from odoo import api, fields, models


class InventoryWriteoff(models.Model):
    """Items that have the reason of the document keep having it when it is changed.

    The same goes for the disposal method. Items with another one of their own keep it.
    """

    _inherit = "inventory.writeoff"

    # What a form showed before the change; never stored.
    previous_reason_id = fields.Many2one("inventory.writeoff.reason", store=False)
    previous_disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method", store=False
    )

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        self._change_items("reason_id")

    @api.onchange("disposal_method_id")
    def _onchange_disposal_method_id(self):
        self._change_items("disposal_method_id")

    def _change_items(self, name):
        previous = self[f"previous_{name}"] or self._origin[name]
        if not self[name]:
            return
        if previous:
            same = self.line_ids.filtered(lambda line: line[name] == previous)
            same[name] = self[name]
        self[f"previous_{name}"] = self[name]
