from odoo import api, fields, models


class InventoryWriteoffTieOut(models.TransientModel):
    """Assets in the books whose goods are gone, beside the tie-out of stock."""

    _inherit = "inventory.writeoff.tie.out"

    moved = fields.Monetary("Stock Moves and Assets")
    count_gone_assets = fields.Integer(compute="_compute_gone_assets")
    value_gone_assets = fields.Monetary(compute="_compute_gone_assets")

    @api.depends("company_id")
    def _compute_gone_assets(self):
        for tie_out in self:
            tie_out._get_company()
            ((count, value),) = self.env["inventory.writeoff.gone.asset"]._read_group(
                tie_out._get_gone_domain(), [], ["__count", "value:sum"]
            )
            tie_out.count_gone_assets = count
            tie_out.value_gone_assets = value

    def action_open_gone_assets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff_asset.inventory_writeoff_gone_asset_action"
        )
        return {**action, "domain": self._get_gone_domain()}

    def _get_gone_domain(self):
        return [("company_id", "=", self.company_id.id)]
