from odoo import models


class InventoryWriteoffPosting(models.AbstractModel):
    """What is posted keeps what reports group by, chunk by chunk."""

    _inherit = "inventory.writeoff.posting"

    def _freeze_values(self, moves):
        result = super()._freeze_values(moves)
        self.env["inventory.writeoff.snapshot"]._take(moves.writeoff_line_id)
        return result


class InventoryWriteoffCatchUp(models.AbstractModel):
    _inherit = "inventory.writeoff.catch.up"

    def _post(self, catch_ups):
        result = super()._post(catch_ups)
        self.env["inventory.writeoff.snapshot"]._take(catch_ups.sudo().line_ids)
        return result
