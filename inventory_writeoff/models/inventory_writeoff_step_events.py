from odoo import api, models


class InventoryWriteoffEvent(models.Model):
    """The kinds of events that steps in the background add."""

    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "step_asked": self.env._("Asked for, in the background"),
            "step_called_off": self.env._("Called off in the background"),
            "step_stopped": self.env._("Stopped in the background"),
        }
