from collections import defaultdict

from odoo import Command, models

from ..writer import as_writer

# What an item of the entry takes from the item that it mirrors.
MIRRORED_FIELDS = (
    "account_id",
    "partner_id",
    "product_id",
    "product_uom_id",
    "analytic_distribution",
    "tax_repartition_line_id",
    "tax_tag_ids",
)


class InventoryWriteoffReversal(models.AbstractModel):
    """Brings written-off goods back to their shelves, at what they cost when they left.

    The stock move is the return of the original one (`origin_returned_move_id`), and
    the entry mirrors the items of the original entry.
    """

    _name = "inventory.writeoff.reversal"
    _description = "Posting of Reversals"

    def _create_moves(self, reversals):
        """Return the moves that bring the goods back, ready to be done."""
        # Finance has no rights in Inventory, and does not edit items.
        lines = as_writer(reversals.sudo().line_ids.filtered("quantity"))
        # Others may have been posted since this one was submitted.
        lines._refresh_estimate()
        for line in lines:
            line.posted_items = self._get_shares(line)
        moves = as_writer(self.env["stock.move"].sudo())
        moves = moves.create([self._prepare_move_vals(line) for line in lines])
        moves._action_confirm(merge=False)
        return moves

    def _prepare_move_vals(self, line):
        original = self._get_original_move(line)
        vals = self.env["inventory.writeoff.hold"]._prepare_move_vals(line)
        return {
            **vals,
            "origin_returned_move_id": original.id,
            "location_id": original.location_dest_id.id,
            "location_dest_id": line.location_id.id,
            "move_line_ids": [
                Command.create(self._prepare_move_line_vals(line, original))
            ],
        }

    def _prepare_move_line_vals(self, line, original):
        vals = self.env["inventory.writeoff.hold"]._prepare_move_line_vals(
            line, line.location_id
        )
        return {
            **vals,
            "location_id": original.location_dest_id.id,
            # In the loss location goods lie unpacked.
            "package_id": False,
            "result_package_id": line.package_id.id,
        }

    def _get_original_move(self, line):
        return line.origin_line_id.stock_move_ids.filtered(
            lambda move: move.state == "done"
        )[:1]

    def _get_shares(self, line):
        """Return {id of an item of the original entry: balance to book against it}."""
        done = defaultdict(float)
        for other in line.origin_line_id.sudo().reversal_line_ids:
            posted = other.writeoff_id.posted_at and other.posted_items
            for item, balance in (posted or {}).items():
                done[item] -= balance
        posted = line.origin_line_id.posted_items or {}
        return {
            item: -line._get_share(balance, done[item])
            for item, balance in posted.items()
        }

    def _get_items(self, reversal):
        """Return the items of a reversal's entry, as the posting's `_get_items`."""
        shares = defaultdict(dict)
        for line in reversal.line_ids.filtered("quantity"):
            for item_id, balance in self._get_shares(line).items():
                shares[int(item_id)][line] = balance
        # Requesters see a preview of items that they may not read.
        originals = self.env["account.move.line"].sudo().browse(sorted(shares))
        return [
            (self._mirror(reversal, item, shares[item.id]), shares[item.id])
            for item in originals
            if not reversal.currency_id.is_zero(sum(shares[item.id].values()))
        ]

    def _mirror(self, reversal, item, shares):
        vals = {name: self._get_value(item, name) for name in MIRRORED_FIELDS}
        if item.product_id:
            vals["quantity"] = sum(line.quantity for line in shares)
        return {
            **vals,
            "name": f"{reversal.name} - {item.name}",
            "balance": reversal.currency_id.round(sum(shares.values())),
            "analytic_distribution": item.analytic_distribution or {},
        }

    def _get_value(self, item, name):
        field = item._fields[name]
        if field.type == "many2many":
            return [Command.set(item[name].ids)]
        return item[name].id if field.relational else item[name]
