from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.inventory_writeoff.writer import is_writer

# Retirements that nothing has taken back.
ACTIVE = (
    ("state", "=", "done"),
    ("origin_id", "=", False),
    ("restored_by_id", "=", False),
)


class AccountAsset(models.Model):
    """An asset may be a thing in stock: a lot or serial number, or a product."""

    _inherit = "account.asset"

    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        check_company=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('product_id', '=?', product_id)]",
        help="The goods that are this asset. Writing them off retires the asset.",
    )
    product_id = fields.Many2one(
        "product.product",
        "Goods",
        compute="_compute_product_id",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('is_storable', '=', True)]",
        help="The product that this asset is. With a lot or serial number only that "
        "one is meant; without, all that there is of the product.",
    )

    # What stays as it is while a write-off has retired the asset.
    _RETIRED_FIELDS = {"date_remove", "lot_id", "product_id", "state"}

    @api.depends("lot_id")
    def _compute_product_id(self):
        for asset in self.filtered("lot_id"):
            asset.product_id = asset.lot_id.product_id

    @api.constrains("lot_id", "product_id")
    def _check_goods(self):
        # Accountants need not be allowed to read lots to be told.
        for asset in self.sudo():
            lot, product = asset.lot_id, asset.product_id
            names = {"asset": asset.display_name, "product": product.display_name}
            if lot and lot.product_id != product:
                raise ValidationError(
                    self.env._(
                        "Asset %(asset)s: lot %(lot)s is not of product %(product)s. "
                        "Choose a lot of that product.",
                        lot=lot.name,
                        **names,
                    )
                )
            if product and product.tracking != "none" and not lot:
                raise ValidationError(
                    self.env._(
                        "Asset %(asset)s: product %(product)s is tracked, so the asset "
                        "is one lot or serial number of it. Choose which.",
                        **names,
                    )
                )
            if product and not product.is_storable:
                raise ValidationError(
                    self.env._(
                        "Asset %(asset)s: product %(product)s is not tracked in stock. "
                        "Choose another one, or none.",
                        **names,
                    )
                )

    def write(self, vals):
        if self._RETIRED_FIELDS & vals.keys():
            self._check_retired_guard()
        return super().write(vals)

    def _check_retired_guard(self):
        """Refuse whoever brings back by hand what a write-off has retired."""
        if is_writer(self.env):
            return
        retirements = self.env["inventory.writeoff.retirement"].sudo()
        retired = retirements.search(
            [("asset_id", "in", self.ids), ("is_part", "=", False), *ACTIVE], limit=1
        )
        if retired:
            raise UserError(
                self.env._(
                    "Asset %(asset)s was retired by write-off %(writeoff)s. Reverse "
                    "the write-off: goods and asset come back together.",
                    asset=retired.asset_id.display_name,
                    writeoff=retired.writeoff_id.name,
                )
            )
