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
    "group_tax_id",
    "writeoff_is_tax",
)
# What only an item of which the tax still counts takes from it.
MIRRORED_TAX_FIELDS = ("tax_ids", "tax_tag_ids")


class InventoryWriteoffReversal(models.AbstractModel):
    """Brings written-off goods back to their shelves, at what they cost when they left.

    The stock move is the return of the original one (`origin_returned_move_id`), and
    the entry mirrors the items of the original entry.
    """

    _name = "inventory.writeoff.reversal"
    _description = "Posting of Reversals"

    def _create_moves(self, lines):
        """Return the moves that bring the goods back, ready to be done."""
        lines = self._prepare_lines(lines)
        moves = as_writer(self.env["stock.move"].sudo())
        moves = moves.create([self._prepare_move_vals(line) for line in lines])
        moves._action_confirm(merge=False)
        return moves

    def _prepare_lines(self, lines):
        """Keep on the lines what they take of the original entry, and return them."""
        # Finance has no rights in Inventory, and does not edit items.
        lines = as_writer(lines.sudo().filtered("quantity"))
        # Others may have been posted since this one was submitted.
        lines._refresh_estimate()
        for line in lines:
            line.posted_items = self._get_shares(line)
        return lines

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
        done = self._get_reversed(line.origin_line_id)
        posted = line.origin_line_id.posted_items or {}
        return {
            item: -line._get_share(balance, done[item])
            for item, balance in posted.items()
        }

    def _get_reversed(self, original):
        """Return {id of an item: what posted reversals took of the line's share}."""
        done = defaultdict(float)
        for other in original.sudo().reversal_line_ids:
            posted = other.writeoff_id.posted_at and other.posted_items
            for item, balance in (posted or {}).items():
                done[item] -= balance
        return done

    def _get_items(self, reversal, lines=None):
        """Return the items of a reversal's entry, as the posting's `_get_items`.

        :param lines: those that are booked now, all of them unless told
        """
        groups = defaultdict(dict)
        lines = reversal.line_ids if lines is None else lines
        for line in lines.filtered("quantity"):
            # Taken back already: the goods come back without their tax.
            is_taxed = not line.origin_line_id.tax_entry_id
            for item_id, balance in self._get_shares(line).items():
                groups[int(item_id), is_taxed][line] = balance
        # Requesters see a preview of items that they may not read.
        items = self.env["account.move.line"].sudo()
        items = items.browse(sorted({item_id for item_id, _is_taxed in groups}))
        return [
            (self._mirror(reversal, item, groups[item.id, is_taxed], is_taxed), shares)
            for item in items
            for is_taxed in (True, False)
            if (shares := groups.get((item.id, is_taxed)))
            and not reversal.currency_id.is_zero(sum(shares.values()))
        ]

    def _mirror(self, reversal, item, shares, is_taxed=True):
        names = MIRRORED_FIELDS + (MIRRORED_TAX_FIELDS if is_taxed else ())
        vals = {name: self._get_value(item, name) for name in names}
        if item.product_id:
            vals["quantity"] = sum(line.quantity for line in shares)
        if item.tax_base_amount:
            share = sum(shares.values()) / item.balance
            vals["tax_base_amount"] = item.tax_base_amount * share
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
