from odoo import api, models


class InventoryWriteoffEvent(models.Model):
    """The kinds of events that posting in the background adds."""

    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "posting_started": self.env._("Posting in the background began"),
            "chunk_posted": self.env._("Items posted"),
            "posting_stopped": self.env._("Posting stopped"),
            "posting_resumed": self.env._("Posting went on"),
            "posting_withdrawn": self.env._("Posting called off"),
            "partly_posted": self.env._("Closed as partly posted"),
            "rest_split_off": self.env._("Rest released"),
            "rest_taken": self.env._("Taken over from another write-off"),
        }
