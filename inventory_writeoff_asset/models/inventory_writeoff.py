from odoo import fields, models

from odoo.addons.inventory_writeoff.writer import as_writer


class InventoryWriteoff(models.Model):
    """The assets that go with a write-off, on the document."""

    _inherit = "inventory.writeoff"

    retirement_ids = fields.One2many(
        "inventory.writeoff.retirement", "writeoff_id", "Assets", readonly=True
    )
    retirement_line_ids = fields.One2many(
        "inventory.writeoff.retirement.line",
        "writeoff_id",
        "Depreciation Schedule",
        readonly=True,
    )
    asset_hint = fields.Char(compute="_compute_asset_hint")

    def _compute_asset_hint(self):
        drafts = self.filtered(lambda w: w.state == "draft")
        found = self.env["inventory.writeoff.asset"]._get_assets(drafts.line_ids)
        for writeoff in self:
            lines = [line for line in found if line.writeoff_id == writeoff]
            names = {asset.display_name for line in lines for asset in found[line]}
            writeoff.asset_hint = names and self.env._(
                "These goods are assets, which posting will retire: %(assets)s.",
                assets=", ".join(sorted(names)),
            )

    def _set_state(self, state, **values):
        result = super()._set_state(state, **values)
        retirements = self.env["inventory.writeoff.retirement"]
        if state == "to_approve":
            retirements._plan(self)
        elif state == "draft":
            as_writer(retirements.sudo())._forget_plans(self)
        return result

    def _get_posted_message(self):
        message = super()._get_posted_message()
        # The message names assets to everyone who may read the write-off.
        done = self.sudo().retirement_ids.filtered(lambda r: r.state == "done")
        if not done:
            return message
        names = {
            "message": message,
            "assets": ", ".join(done.mapped("asset_id.display_name")),
            "value": self.currency_id.format(sum(done.mapped("value_loss"))),
        }
        if self.reversal_of_id:
            return self.env._("%(message)s Assets restored: %(assets)s.", **names)
        return self.env._(
            "%(message)s Assets retired: %(assets)s, residual value %(value)s.", **names
        )
