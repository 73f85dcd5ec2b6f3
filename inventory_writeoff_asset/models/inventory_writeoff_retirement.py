from odoo import Command, api, fields, models

from odoo.addons.inventory_writeoff.writer import as_writer

from .account_asset import ACTIVE
from .inventory_writeoff_asset import IN_THE_BOOKS


class InventoryWriteoffRetirement(models.Model):
    """An asset that goes, or comes back, with a write-off.

    Planned from the submission on, done with the posting. The rows are written by the
    write-off's own code only: nobody has the right to.
    """

    _name = "inventory.writeoff.retirement"
    _description = "Retirement of an Asset"
    _order = "writeoff_id, id"
    _rec_name = "asset_id"

    writeoff_id = fields.Many2one(
        "inventory.writeoff", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "inventory.writeoff.line", "Item", index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="writeoff_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    asset_id = fields.Many2one(
        "account.asset", required=True, index=True, ondelete="restrict"
    )
    origin_id = fields.Many2one(
        "inventory.writeoff.retirement",
        "Takes Back",
        index="btree_not_null",
        ondelete="restrict",
    )
    restored_by_id = fields.Many2one("inventory.writeoff", "Taken Back By")
    is_part = fields.Boolean(
        "Part of the Goods",
        help="Some of the goods were posted before the others. The asset stays in the "
        "books until the last of them goes; what these took from stock is given back.",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done")], required=True, default="planned"
    )
    asset_state = fields.Char("Status of the Asset Before")
    date = fields.Date()
    value_before = fields.Monetary(
        "Carrying Amount", help="What the asset was worth in the books before."
    )
    value_last = fields.Monetary(
        "Last Depreciation", help="From the last one posted to the day before."
    )
    value_loss = fields.Monetary(
        "Residual Value", help="What goes to the loss account of the reason."
    )
    value_stock = fields.Monetary(
        "Counted in Stock",
        help="What of it the goods were worth in stock: the asset was capitalised out "
        "of stock, so the loss that the stock move has booked is taken back.",
    )
    move_ids = fields.One2many(
        "account.move", "writeoff_retirement_id", "Journal Entries"
    )
    entry_names = fields.Char("Entries", compute="_compute_entry_names")
    line_ids = fields.One2many(
        "inventory.writeoff.retirement.line", "retirement_id", "Schedule"
    )

    @api.depends("move_ids.name")
    def _compute_entry_names(self):
        # Entries are named to everyone who may read the write-off.
        for retirement in self.sudo():
            names = retirement.move_ids.sorted("date").mapped("name")
            retirement.entry_names = ", ".join(filter(None, names))

    @api.model
    def _plan(self, writeoffs, lines=None):
        """Write anew what posting does to assets, and return it.

        :param lines: items of the write-offs, all of them unless told
        """
        # Nobody writes these rows but the steps of a write-off.
        retirements = as_writer(self.sudo())
        retirements._forget_plans(writeoffs, lines)
        lines = writeoffs.sudo().line_ids if lines is None else lines
        return retirements.create(retirements._prepare(lines))

    def _prepare(self, lines):
        """Return the values of what posting these items would do to assets."""
        lines = lines.filtered("quantity")
        return [*self._prepare_retirements(lines), *self._prepare_restorations(lines)]

    def _forget_plans(self, writeoffs, lines=None):
        planned = [("writeoff_id", "in", writeoffs.ids), ("state", "=", "planned")]
        if lines is not None:
            planned.append(("line_id", "in", lines.ids))
        self.search(planned).unlink()

    def _prepare_retirements(self, lines):
        assets_of = self.env["inventory.writeoff.asset"]
        found = assets_of._get_assets(lines)
        shares = assets_of._get_stock_shares(found, assets_of._get_values(found))
        groups = assets_of._group_by_goods(found)
        return [
            self._prepare_retirement_vals(
                items[0], asset, assets_of._sum_shares(shares, items, asset)
            )
            for items, assets in groups.values()
            for asset in assets
            if asset.state in IN_THE_BOOKS
        ]

    def _prepare_retirement_vals(self, line, asset, share):
        assets_of = self.env["inventory.writeoff.asset"]
        date = line.writeoff_id._get_accounting_date()
        cut, last = assets_of._get_last_depreciation(asset, date)
        before = assets_of._get_carrying_amount(asset)
        schedule = self.env["inventory.writeoff.retirement.line"]
        return {
            "writeoff_id": line.writeoff_id.id,
            "line_id": line.id,
            "asset_id": asset.id,
            "asset_state": asset.state,
            "date": date,
            "value_before": before,
            "value_last": last,
            "value_loss": before - last,
            "value_stock": share,
            "line_ids": [
                Command.create(vals)
                for vals in schedule._prepare_schedule(asset, date, cut, last)
            ],
        }

    def _prepare_restorations(self, lines):
        originals = lines.writeoff_id.reversal_of_id
        by_goods = lines.filtered("origin_line_id").grouped(self._get_goods_key)
        return [
            origin._prepare_restoration_vals(back[:1])
            for origin in self._get_active(originals)
            if (back := by_goods.get(self._get_goods_key(origin.line_id)))
            and (origin._comes_with_asset() or origin.line_id in back.origin_line_id)
        ]

    def _get_goods_key(self, line):
        """Return what tells the goods of an item, or of what a reversal takes back."""
        original = line.origin_line_id or line
        return original.writeoff_id, line.product_id, line.lot_id

    def _comes_with_asset(self):
        """Tell whether it is taken back with the last of the asset's goods."""
        return not self.is_part or self.asset_id.state not in IN_THE_BOOKS

    @api.model
    def _plan_parts(self, lines):
        """Create what is due for items posted now, whose asset stays as it is.

        What they take from stock is given back at once, so that their loss is booked
        with the asset only, whenever that goes, and whoever closes the posting before.
        """
        retirements = as_writer(self.sudo())
        assets_of = self.env["inventory.writeoff.asset"]
        found = assets_of._get_assets(lines)
        values = assets_of._get_values(found, "value_posted")
        by_origin = lines.filtered("origin_line_id").grouped("origin_line_id")
        back = self._get_active(lines.writeoff_id.reversal_of_id).filtered(
            lambda r: r.line_id in by_origin and not r._comes_with_asset()
        )
        return retirements.create(
            [
                *(
                    self._prepare_part_vals(line, asset, share)
                    for (line, asset), share in assets_of._get_stock_shares(
                        found, values
                    ).items()
                    if share
                ),
                *(r._prepare_restoration_vals(by_origin[r.line_id]) for r in back),
            ]
        )

    def _prepare_part_vals(self, line, asset, share):
        return {
            "writeoff_id": line.writeoff_id.id,
            "line_id": line.id,
            "asset_id": asset.id,
            "asset_state": asset.state,
            "is_part": True,
            "date": line.writeoff_id._get_accounting_date(),
            "value_last": 0.0,
            "value_loss": 0.0,
            "value_stock": share,
        }

    def _prepare_restoration_vals(self, line):
        schedule = self.line_ids._prepare_schedule_back()
        return {
            "writeoff_id": line.writeoff_id.id,
            "line_id": line.id,
            "asset_id": self.asset_id.id,
            "origin_id": self.id,
            "is_part": self.is_part,
            "asset_state": self.asset_id.state,
            "date": line.writeoff_id._get_accounting_date(),
            "value_last": -self.value_last,
            "value_loss": -self.value_loss,
            "value_stock": -self.value_stock,
            "line_ids": [Command.create(vals) for vals in schedule],
        }

    def _get_payload(self):
        """Return what the log tells of it."""
        return {
            "asset_id": self.asset_id.id,
            "asset": self.asset_id.display_name,
            "is_part": self.is_part,
            "date": fields.Date.to_string(self.date),
            "value_last": self.value_last,
            "value_loss": self.value_loss,
            "value_stock": self.value_stock,
            "entries": self.move_ids.sorted("id").mapped("name"),
        }

    def _get_active(self, writeoffs):
        """Return what these write-offs have retired, and nothing has taken back."""
        # Whoever brings goods back need not see what becomes of assets.
        return self.sudo().search(
            [("writeoff_id", "in", writeoffs.ids), *ACTIVE], order="id"
        )

    def _get_goods_lines(self):
        """Return the items that have to come back for this to be taken back."""
        line = self.line_id
        if not self._comes_with_asset():
            return line
        return self.writeoff_id.line_ids.filtered(
            lambda item: (
                item.quantity
                and item.product_id == line.product_id
                and item.lot_id == line.lot_id
            )
        )
