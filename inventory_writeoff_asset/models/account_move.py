from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.inventory_writeoff.models.account_move import AccountMove as Base
from odoo.addons.inventory_writeoff.writer import is_writer


class AccountMove(models.Model):
    """The entries that retire an asset with a write-off stay as they are."""

    _inherit = "account.move"

    writeoff_retirement_id = fields.Many2one(
        "inventory.writeoff.retirement",
        "Asset Retirement",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    _WRITEOFF_FIELDS = Base._WRITEOFF_FIELDS | {"writeoff_retirement_id"}

    @api.model_create_multi
    def create(self, vals_list):
        if not is_writer(self.env):
            # Explicit, so that no default of a context gets in.
            vals_list = [{"writeoff_retirement_id": False, **v} for v in vals_list]
        return super().create(vals_list)

    def _check_writeoff_guard(self):
        super()._check_writeoff_guard()
        if is_writer(self.env):
            return
        retirement = self.sudo().writeoff_retirement_id[:1]
        if retirement:
            raise UserError(
                self.env._(
                    "This retires asset %(asset)s with write-off %(writeoff)s, and "
                    "stays as it is. If it was wrong, reverse the write-off: goods and "
                    "asset come back together.",
                    asset=retirement.asset_id.display_name,
                    writeoff=retirement.writeoff_id.name,
                )
            )

    def _check_writeoff_links(self, vals_list):
        super()._check_writeoff_links(vals_list)
        if is_writer(self.env):
            return
        if any(vals.get("writeoff_retirement_id") for vals in vals_list):
            raise UserError(
                self.env._(
                    "The entries that retire an asset are made by posting the "
                    "write-off. Create or open the write-off instead."
                )
            )
