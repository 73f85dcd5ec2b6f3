from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockQuant(models.Model):
    """Marks held goods in the stock lists."""

    _inherit = "stock.quant"

    writeoff_held_by = fields.Char(
        "Held by",
        compute="_compute_writeoff_held",
        search="_search_writeoff_held_by",
        help="The write-offs that these goods are set aside for.",
    )
    writeoff_held_quantity = fields.Float(
        "Held Quantity", digits="Product Unit", compute="_compute_writeoff_held"
    )

    @api.depends("product_id", "location_id", "lot_id", "package_id", "owner_id")
    def _compute_writeoff_held(self):
        held_goods = self.env["inventory.writeoff.held"]
        held = self._read_writeoff_held()
        for quant in self:
            key = (
                quant.product_id.id,
                quant.location_id.id,
                quant.lot_id.id or 0,
                quant.package_id.id or 0,
                quant.owner_id.id or 0,
            )
            parts = held.get(key, [])
            quant.writeoff_held_by = held_goods._join_numbers(parts)
            quant.writeoff_held_quantity = sum(part[0] for part in parts)

    def _read_writeoff_held(self):
        products, locations = self.product_id, self.location_id
        if not products.ids or not locations.ids:
            return {}
        return self.env["inventory.writeoff.held"]._read(
            SQL(
                "line.product_id, line.location_id, COALESCE(line.lot_id, 0), "
                "COALESCE(line.package_id, 0), COALESCE(line.owner_id, 0)"
            ),
            SQL(
                "move.product_id IN %s AND move.location_id IN %s",
                tuple(products.ids),
                tuple(locations.ids),
            ),
        )

    def _search_writeoff_held_by(self, operator, value):
        """Find held goods: by a part of the number, or all that are (not) held."""
        if operator == "in" and set(value) == {False}:
            return Domain("id", "not in", self._get_sql_held_quants(SQL("TRUE")))
        if operator == "in" and False not in value:
            condition = SQL("writeoff.name IN %s", tuple(value))
        elif operator in ("ilike", "=ilike"):
            pattern = f"%{value}%" if operator == "ilike" else value
            condition = SQL("writeoff.name ILIKE %s", pattern)
        else:
            return NotImplemented
        return Domain("id", "in", self._get_sql_held_quants(condition))

    def _get_sql_held_quants(self, condition):
        self.env["inventory.writeoff.held"]._flush()
        return SQL(
            """(
            SELECT quant.id
              FROM stock_move move
              JOIN inventory_writeoff writeoff ON writeoff.id = move.writeoff_id
              JOIN stock_move_line line ON line.move_id = move.id
              JOIN stock_quant quant
                ON quant.product_id = line.product_id
               AND quant.location_id = line.location_id
               AND quant.lot_id IS NOT DISTINCT FROM line.lot_id
               AND quant.package_id IS NOT DISTINCT FROM line.package_id
               AND quant.owner_id IS NOT DISTINCT FROM line.owner_id
             WHERE move.writeoff_id IS NOT NULL
               AND move.state NOT IN ('done', 'cancel')
               AND %s)""",
            condition,
        )
