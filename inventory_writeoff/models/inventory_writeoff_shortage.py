from collections import defaultdict

from odoo import models


class InventoryWriteoffShortage(models.AbstractModel):
    """Says what is missing where the goods of an item are not free, and where some are.

    People often look in the wrong place: the goods lie in a bin below the location,
    or in a package.
    """

    _name = "inventory.writeoff.shortage"
    _description = "Shortages of Write-Offs"

    _PLACE_FIELDS = ["location_id", "lot_id", "package_id", "owner_id"]

    def _get_messages(self, free_by_line):
        """Return a sentence per line.

        :param free_by_line: {line: what is free of what it asks for}
        """
        lines = self.env["inventory.writeoff.line"].concat(*free_by_line)
        places = self._read_places(lines)
        claims = self._read_claims(lines)
        return [
            " ".join(
                [
                    self._get_message(line, free, self._describe_places(line, places)),
                    *self._describe_claims(claims[line._get_stock_key()]),
                ]
            )
            for line, free in free_by_line.items()
        ]

    def _read_claims(self, lines):
        """Return {stock key: stock moves of others that have reserved these goods}."""
        moves = self.env["stock.move"].sudo()
        claims = defaultdict(lambda: moves)
        if not lines:
            return claims
        domain = [
            ("product_id", "in", lines.product_id.ids),
            ("location_id", "in", lines.location_id.ids),
            ("state", "not in", ["done", "cancel"]),
            ("quantity_product_uom", ">", 0),
            ("move_id.writeoff_id", "not in", lines.writeoff_id.ids),
        ]
        # Who asks is told whose goods they are, without any right in Inventory.
        for *goods, found in (
            self.env["stock.move.line"]
            .sudo()
            ._read_group(
                domain, ["product_id", *self._PLACE_FIELDS], ["move_id:recordset"]
            )
        ):
            product, location, lot, package, owner = (record.id for record in goods)
            key = (product, location, lot or 0, package or 0, owner or 0)
            claims[key] = found
        return claims

    def _describe_claims(self, moves):
        holds = moves.filtered("writeoff_id")
        sentences = []
        if holds:
            numbers = ", ".join(sorted(set(holds.writeoff_id.mapped("name"))))
            sentences.append(
                self.env._("Held by write-off %(numbers)s.", numbers=numbers)
            )
        if others := moves - holds:
            numbers = ", ".join(sorted(set(others.mapped("reference"))))
            sentences.append(self.env._("Reserved for %(numbers)s.", numbers=numbers))
        return sentences

    def _get_message(self, line, free, elsewhere):
        unit = line.product_id.uom_id
        names = {
            "line": line._describe(),
            "wanted": unit.round(line.quantity_product_uom),
            "free": unit.round(free),
            "unit": unit.name,
            "location": line.location_id.display_name,
        }
        if elsewhere:
            return self.env._(
                "%(line)s: %(wanted)s %(unit)s asked for, but only %(free)s are free "
                "in %(location)s. Free elsewhere: %(elsewhere)s. Choose where the "
                "goods are, or lower the quantity.",
                elsewhere=", ".join(elsewhere),
                **names,
            )
        return self.env._(
            "%(line)s: %(wanted)s %(unit)s asked for, but only %(free)s are free in "
            "%(location)s. Lower the quantity, or choose the location, lot, package or "
            "owner that has the goods.",
            **names,
        )

    def _read_places(self, lines):
        """Return {(company, product): [(free, place)]} of the lines' products."""
        places = defaultdict(list)
        if not lines:
            return places
        domain = [
            ("product_id", "in", lines.product_id.ids),
            ("company_id", "in", lines.company_id.ids),
            ("location_id.usage", "in", ["internal", "transit"]),
        ]
        # Only places of the write-off's own company are named.
        for company, product, *place, on_hand, taken in (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                domain,
                ["company_id", "product_id", *self._PLACE_FIELDS],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        ):
            if product.uom_id.compare(on_hand, taken) > 0:
                places[company, product].append((on_hand - taken, place))
        return places

    def _describe_places(self, line, places):
        """Return up to three places with free goods, the own warehouse first."""
        own_place = [line[field] for field in self._PLACE_FIELDS]
        warehouse = line.location_id.warehouse_id
        found = []
        for free, place in places[line.company_id, line.product_id]:
            location, lot, *_package_owner = place
            if lot == line.lot_id and place != own_place:
                found.append((location.warehouse_id != warehouse, -free, place))
        found.sort(key=lambda item: item[:2])
        return [
            self._describe_place(line, -free, place) for _far, free, place in found[:3]
        ]

    def _describe_place(self, line, free, place):
        location, _lot, package, owner = place
        names = [record.display_name for record in (location, package, owner) if record]
        unit = line.product_id.uom_id
        return f"{unit.round(free)} {unit.name} ({', '.join(names)})"
