from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..writer import as_writer

# So many items are named in the chatter; the rest is counted.
NAMED_ITEMS = 10


class InventoryWriteoffRelocation(models.AbstractModel):
    """Moves held goods to another location, and the hold with them.

    The quants stay locked and everything is one transaction: for everyone else the
    goods are held here, then held there, and never free in between. Product, lot,
    owner, quantity and value stay as they are, so an approval stays valid; the
    move is written in the chatter.
    """

    _name = "inventory.writeoff.relocation"
    _description = "Moves of Held Goods"

    def _relocate(self, lines, destination):
        """Move the goods of these held lines of one write-off."""
        # Warehouse staff may not write write-offs; the write-off has said who may.
        writeoff, lines = lines.writeoff_id.sudo(), lines.sudo()
        writeoff.ensure_one()
        writeoff._lock()
        self._check_destination(writeoff, destination)
        lines = lines.filtered(
            lambda line: line.quantity and line.location_id != destination
        )
        self._check_lines(writeoff, lines, destination)
        sources = lines.location_id
        kept, opened = self._sort_packages(lines)
        self._get_hold_moves(lines)._action_cancel()
        self._move_goods(lines, destination, kept)
        self._set_places(lines, destination, opened)
        self.env["inventory.writeoff.hold"]._hold(lines)
        self._say(writeoff, lines, sources, destination, opened)

    def _check_destination(self, writeoff, destination):
        refusal = destination._get_cannot_take_held_goods_reason(writeoff.company_id)
        if refusal:
            raise UserError(refusal)

    def _check_lines(self, writeoff, lines, destination):
        if not lines:
            raise UserError(
                self.env._(
                    "%(writeoff)s: all of these goods are already in %(location)s.",
                    writeoff=writeoff.name,
                    location=destination.display_name,
                )
            )
        # This locks the quants as well.
        problems = self.env["inventory.writeoff.hold"]._get_problems(writeoff)
        if problems:
            raise UserError("\n".join(problems))

    def _get_hold_moves(self, lines):
        hold = self.env["inventory.writeoff.hold"]
        moves = hold._get_open_moves(lines.writeoff_id)
        return as_writer(moves.filtered(lambda move: move.writeoff_line_id in lines))

    def _sort_packages(self, lines):
        """Return the packages that move as they are, and those goods come out of.

        A package cannot be in two places: it moves only with all that is in it.
        """
        packages = lines.package_id
        left = self._get_left_in_packages(lines)
        kept = packages.filtered(
            lambda package: (
                not left & {package.id, *package.all_children_package_ids.ids}
            )
        )
        return kept, packages - kept

    def _get_left_in_packages(self, lines):
        """Return the ids of the packages in which something else is as well."""
        quantities = defaultdict(float)
        for quant in lines.package_id.contained_quant_ids:
            quantities[self._get_key(quant)] += quant.quantity
        for line in lines:
            quantities[line._get_stock_key()] -= line.quantity_product_uom
        products = self.env["product.product"]
        return {
            package_id
            for (
                product_id,
                _location,
                _lot,
                package_id,
                _owner,
            ), quantity in quantities.items()
            if not products.browse(product_id).uom_id.is_zero(quantity)
        }

    def _get_key(self, quant):
        return (
            quant.product_id.id,
            quant.location_id.id,
            quant.lot_id.id or 0,
            quant.package_id.id or 0,
            quant.owner_id.id or 0,
        )

    def _move_goods(self, lines, destination, kept_packages):
        moves = as_writer(self.env["stock.move"].sudo())
        for company, group in lines.grouped("company_id").items():
            done = moves.with_company(company).create(
                [
                    self._prepare_move_vals(line, destination, kept_packages)
                    for line in group
                ]
            )
            done._action_confirm(merge=False)
            done.move_line_ids.write({"picked": True})
            # Whole containers stay whole, as in Odoo's own transfers.
            kept_packages._apply_package_dest_for_entire_packs()
            done._action_done()
            self._check_done(done)

    def _check_done(self, moves):
        if any(move.state != "done" for move in moves):
            raise UserError(
                self.env._(
                    "Not all goods could be moved, so nothing was. Set the write-off "
                    "back to draft, look where the goods are and submit it again."
                )
            )

    def _prepare_move_vals(self, line, destination, kept_packages):
        package = line.package_id
        return {
            "writeoff_relocation_id": line.writeoff_id.id,
            "company_id": line.company_id.id,
            "origin": line.writeoff_id.name,
            "product_id": line.product_id.id,
            "product_uom": line.product_uom_id.id,
            "product_uom_qty": line.quantity,
            "location_id": line.location_id.id,
            "location_dest_id": destination.id,
            "restrict_partner_id": line.owner_id.id,
            "move_line_ids": [
                Command.create(
                    {
                        "company_id": line.company_id.id,
                        "product_id": line.product_id.id,
                        "product_uom_id": line.product_uom_id.id,
                        "quantity": line.quantity,
                        "lot_id": line.lot_id.id,
                        "owner_id": line.owner_id.id,
                        "package_id": package.id,
                        "result_package_id": (package & kept_packages).id,
                        "location_id": line.location_id.id,
                        "location_dest_id": destination.id,
                    }
                )
            ],
        }

    def _set_places(self, lines, destination, opened_packages):
        """Let the items follow their goods, with the value they were approved with."""
        values = [self.env["inventory.writeoff.line"]._fields["value_estimated"]]
        with self.env.protecting(values, lines):
            as_writer(lines).write({"location_id": destination.id})
            unpacked = lines.filtered(lambda line: line.package_id in opened_packages)
            if unpacked:
                as_writer(unpacked).write({"package_id": False})
            lines.flush_recordset()

    def _say(self, writeoff, lines, sources, destination, opened_packages):
        names = [
            f"{line.display_name} {line.quantity:g} {line.product_uom_id.name}"
            for line in lines[:NAMED_ITEMS]
        ]
        if len(lines) > NAMED_ITEMS:
            more = self.env._("%(count)s more", count=len(lines) - NAMED_ITEMS)
            names.append(more)
        message = self.env._(
            "Held goods moved from %(sources)s to %(destination)s: %(items)s. They "
            "stay held, and an approval stays valid: goods, quantities and values are "
            "the same.",
            sources=format_list(self.env, sources.mapped("display_name")),
            destination=destination.display_name,
            items=", ".join(names),
        )
        if opened_packages:
            packages = ", ".join(opened_packages.mapped("name"))
            message += " " + self.env._("Taken out of %(packages)s.", packages=packages)
        writeoff.message_post(body=message)
