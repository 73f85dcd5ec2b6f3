from odoo import fields, models


class InventoryWriteoffRegister(models.TransientModel):
    """The register counts what the ledger has: goods in stock, and assets."""

    _inherit = "inventory.writeoff.register"

    asset_loss = fields.Monetary("Loss on Assets", compute="_compute_totals")
    total_loss = fields.Monetary(
        compute="_compute_totals",
        help="Value of the goods in stock and loss on assets: what the ledger has.",
    )

    def _compute_totals(self):
        result = super()._compute_totals()
        for register in self:
            is_posted = register.scope == "posted"
            measure = "asset_loss" if is_posted else "asset_loss_estimated"
            rows = register._get_analysis()
            ((loss,),) = rows._read_group(
                register._get_domain(), [], [f"{measure}:sum"]
            )
            value = register.value_net if is_posted else register.value_estimated
            register.asset_loss = loss
            register.total_loss = register.currency_id.round(value + loss)
        return result
