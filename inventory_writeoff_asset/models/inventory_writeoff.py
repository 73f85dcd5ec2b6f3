from collections import defaultdict

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
        names = defaultdict(set)
        for line, assets in found.items():
            names[line.writeoff_id].update(assets.mapped("display_name"))
        for writeoff in self:
            writeoff.asset_hint = writeoff in names and self.env._(
                "These goods are assets, which posting will retire: %(assets)s.",
                assets=", ".join(sorted(names[writeoff])),
            )

    def _set_state(self, state, **values):
        result = super()._set_state(state, **values)
        retirements = self.env["inventory.writeoff.retirement"]
        if state == "to_approve":
            retirements._plan(self)
        elif state in ("draft", "partly_posted"):
            as_writer(retirements.sudo())._forget_plans(self)
        return result

    def _read_part(self, **ids):
        # Each chunk of a large write-off is logged with the assets that went with it.
        done = self.sudo().retirement_ids.filtered(lambda r: r.state == "done")
        rows = {done._name: done.ids, done.line_ids._name: done.line_ids.ids}
        return super()._read_part(**ids, **(rows if done else {}))

    def _get_submitted_message(self):
        message = super()._get_submitted_message()
        return self._add_assets(message, self.env._("Assets to retire"))

    def _get_posted_message(self):
        message = super()._get_posted_message()
        return self._add_assets(message, self.env._("Assets retired"))

    def _add_assets(self, message, what):
        """Return the message and the assets of a write-off, or of a reversal."""
        # They are named to everyone who may read the write-off.
        retirements = self.sudo().retirement_ids.filtered(lambda r: not r.is_part)
        if not retirements:
            return message
        names = {
            "message": message,
            "what": self.env._("Assets restored") if self.reversal_of_id else what,
            "assets": ", ".join(retirements.mapped("asset_id.display_name")),
            "value": self.currency_id.format(sum(retirements.mapped("value_loss"))),
        }
        return self.env._(
            "%(message)s %(what)s: %(assets)s, residual value %(value)s.", **names
        )
