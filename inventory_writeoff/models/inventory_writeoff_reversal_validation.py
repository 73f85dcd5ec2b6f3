from odoo import models
from odoo.tools import format_date

# Reversals that are to be posted, besides those that are.
SUBMITTED = ("to_approve", "approved", "posting")


class InventoryWriteoffValidation(models.AbstractModel):
    """What must be true of a reversal, at submission and again at posting.

    The goods must still lie where the write-off has put them, and be able to come
    back to where they were.
    """

    _inherit = "inventory.writeoff.validation"

    def _get_problems(self, writeoffs):
        reversals = writeoffs.filtered("reversal_of_id").sudo()
        return [
            *super()._get_problems(writeoffs.filtered(lambda w: not w.reversal_of_id)),
            *self._get_reversal_problems(reversals),
        ]

    def _get_reversal_problems(self, reversals, lines=None):
        if not reversals:
            return []
        lines = reversals.line_ids if lines is None else lines
        # Catch-ups have moved no goods, so none come back.
        moved = lines.filtered(lambda line: not line.origin_line_id.adopted_move_id)
        return [
            *self._check_not_empty(reversals),
            *self._check_reversal_reasons(reversals),
            *self.env["inventory.writeoff.dates"]._get_problems(reversals),
            *self._check_after_original(reversals),
            *self._check_quantities(lines),
            *self._check_left(lines),
            *self._check_reversed_products(moved),
            *self._check_reversed_places(moved),
            *self._check_serials_gone(moved),
            *self._check_in_loss_location(moved),
            *self._check_given_up(lines - moved),
            *self._check_reversed_accounts(reversals),
        ]

    def _check_reversal_reasons(self, reversals):
        for reversal in reversals:
            if not (reversal.reversal_reason or "").strip():
                yield self.env._(
                    "%(reversal)s: the reason is missing. Say why the write-off is "
                    "reversed.",
                    reversal=reversal.display_name,
                )

    def _check_after_original(self, reversals):
        for reversal in reversals:
            date = reversal.reversal_of_id.accounting_date
            if reversal._get_accounting_date() < date:
                yield self.env._(
                    "%(reversal)s: the accounting date is before %(date)s, the date of "
                    "the write-off that it reverses. Choose that or a later one.",
                    reversal=reversal.display_name,
                    date=format_date(self.env, date),
                )

    def _check_left(self, lines):
        """Check that no more comes back than was written off, all reversals counted."""
        left = lines.origin_line_id._get_left_to_reverse(
            SUBMITTED, apart_from=lines.writeoff_id
        )
        for line in lines:
            origin = line.origin_line_id
            yield from self._get_excess({origin: line.quantity}, left)
            left[origin] -= line.quantity

    def _get_excess(self, quantities, left):
        """Return a sentence for each item of which too much is asked back."""
        return [
            self.env._(
                "%(line)s: %(wanted)s %(unit)s are to come back, but only %(left)s are "
                "left to reverse. Lower the quantity, or look at the other reversals.",
                line=line._describe(),
                wanted=quantity,
                unit=line.product_uom_id.name,
                left=line.product_uom_id.round(max(left[line], 0.0)),
            )
            for line, quantity in quantities.items()
            if line.product_uom_id.compare(quantity, left[line]) > 0
        ]

    def _check_reversed_products(self, lines):
        for line in lines:
            if reason := self._get_cannot_stock_reason(line):
                yield self.env._(
                    "%(line)s: %(reason)s", line=line._describe(), reason=reason
                )

    def _get_cannot_stock_reason(self, line):
        """Return why the product cannot be in stock as it was, or False."""
        product = line.product_id
        if not product.active:
            return self.env._("the product is archived. Reactivate it first.")
        if not product.is_storable:
            return self.env._(
                "the product is no longer tracked in stock. Track it again first."
            )
        if bool(line.lot_id) != (product.tracking != "none"):
            return self.env._(
                "the tracking of the product by lot or serial number was changed. Set "
                "it back first, or receive the goods with an inventory count."
            )
        moved = line.origin_line_id.stock_move_ids.move_line_ids
        was = sum(moved.mapped("quantity_product_uom"))
        if product.uom_id.compare(line.origin_line_id.quantity_product_uom, was):
            return self.env._(
                "the unit of the product was changed to %(unit)s. Receive the goods "
                "with an inventory count instead.",
                unit=product.uom_id.name,
            )
        return False

    def _check_reversed_places(self, lines):
        for line in lines:
            location, package, owner = line.location_id, line.package_id, line.owner_id
            names = {"line": line._describe(), "location": location.display_name}
            if not location.active:
                yield self.env._(
                    "%(line)s: the goods were in %(location)s, which is archived. "
                    "Reactivate that location first.",
                    **names,
                )
            elif location.usage not in ("internal", "transit"):
                yield self.env._(
                    "%(line)s: the goods were in %(location)s, which does not hold "
                    "stock any more. Set its type back first.",
                    **names,
                )
            if package.location_id not in (location, package.location_id.browse()):
                yield self.env._(
                    "%(line)s: the goods were in package %(package)s in %(location)s, "
                    "which is in %(place)s now. Bring the package back first.",
                    package=package.display_name,
                    place=package.location_id.display_name,
                    **names,
                )
            if owner and not owner.active:
                yield self.env._(
                    "%(line)s: the owner %(owner)s is archived. Reactivate the contact "
                    "first.",
                    owner=owner.display_name,
                    **names,
                )

    def _check_serials_gone(self, lines):
        """Refuse serial numbers that have come back another way."""
        serials = lines.filtered(lambda line: line.tracking == "serial").lot_id
        groups = lines.env["stock.quant"]._read_group(
            [
                ("lot_id", "in", serials.ids),
                ("location_id.usage", "in", ("internal", "transit", "customer")),
                ("quantity", ">", 0),
            ],
            ["lot_id"],
            ["location_id:recordset"],
        )
        places = dict(groups)
        for line in lines:
            if line.lot_id in places:
                yield self.env._(
                    "%(line)s: the serial number is already back, in %(places)s. "
                    "Remove the item from the reversal.",
                    line=line._describe(),
                    places=", ".join(places[line.lot_id].mapped("display_name")),
                )

    def _check_in_loss_location(self, lines):
        """Check that the goods still lie where the write-off has put them."""
        reversal = self.env["inventory.writeoff.reversal"]
        moves = {line: reversal._get_original_move(line) for line in lines}
        places = self.env["stock.location"].union(
            *(move.location_dest_id for move in moves.values())
        )
        keys = ["product_id", "location_id", "lot_id", "owner_id"]
        groups = lines.env["stock.quant"]._read_group(
            [
                ("product_id", "in", lines.product_id.ids),
                ("location_id", "in", places.ids),
                ("package_id", "=", False),
            ],
            keys,
            ["quantity:sum"],
        )
        there = {tuple(key): quantity for *key, quantity in groups}
        for line, move in moves.items():
            place = move.location_dest_id
            key = (line.product_id, place, line.lot_id, line.owner_id)
            quantity = there.get(key, 0.0)
            there[key] = quantity - line.quantity_product_uom
            if line.product_id.uom_id.compare(quantity, line.quantity_product_uom) < 0:
                yield self.env._(
                    "%(line)s: the goods are no longer in %(location)s, where the "
                    "write-off has put them: the lot was changed or merged, or the "
                    "stock was corrected. Receive them with an inventory count.",
                    line=line._describe(),
                    location=place.display_name,
                )

    def _check_given_up(self, lines):
        """Check catch-ups: a stock move is given up as a whole, or not at all."""
        return []

    def _check_reversed_accounts(self, reversals):
        """Check that the entry can be mirrored."""
        for reversal in reversals:
            entries = reversal.reversal_of_id._get_posting_entries()
            closed = entries.line_ids.account_id.filtered(lambda a: not a.active)
            closed_names = closed.mapped("display_name")
            journals = entries.journal_id.filtered(lambda j: not j.active)
            closed_names += journals.mapped("display_name")
            if closed_names:
                yield self.env._(
                    "%(reversal)s: the entry to mirror uses %(names)s, which is "
                    "archived. Have accounting reactivate it first.",
                    reversal=reversal.display_name,
                    names=", ".join(closed_names),
                )
