from odoo import models
from odoo.tools import SQL, format_list


class InventoryWriteoffHeld(models.AbstractModel):
    """Tells the screens of Inventory which goods are held, and by which write-offs.

    Read from the open move lines of holds, in one query for a whole page of records.
    The numbers are shown to everyone who may see the stock itself, also to people who
    cannot open a write-off: whoever wants to take the goods must know whom to ask.
    """

    _name = "inventory.writeoff.held"
    _description = "Held Goods"

    def _read(self, key, condition, sources=None):
        """Return {key: [(quantity, unit id, numbers)]} of the held goods, one query.

        :param key: the SQL columns to group by
        :param condition: SQL on `move` and `line`
        :param sources: further SQL tables for the condition
        """
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(key)s, SUM(line.quantity_product_uom), template.uom_id,
                       ARRAY_AGG(DISTINCT writeoff.name)
                  FROM stock_move move
                  JOIN stock_move_line line ON line.move_id = move.id
                  JOIN inventory_writeoff writeoff ON writeoff.id = move.writeoff_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  %(sources)s
                 WHERE move.writeoff_id IS NOT NULL
                   AND move.state NOT IN ('done', 'cancel')
                   AND move.company_id IN %(companies)s
                   AND %(condition)s
              GROUP BY %(key)s, template.uom_id
                """,
                key=key,
                sources=sources or SQL(""),
                companies=tuple(self.env.companies.ids),
                condition=condition,
            )
        )
        result = {}
        for *parts, quantity, unit_id, numbers in rows:
            result.setdefault(tuple(parts), []).append((quantity, unit_id, numbers))
        return result

    def _flush(self):
        self.env["stock.move"].flush_model(
            ["writeoff_id", "state", "company_id", "product_id"]
        )
        self.env["stock.move.line"].flush_model()
        self.env["inventory.writeoff"].flush_model(["name"])

    def _join_numbers(self, parts):
        numbers = {number for _quantity, _unit_id, names in parts for number in names}
        return ", ".join(sorted(numbers))

    def _describe(self, parts):
        """Return held quantities and numbers in words, or False: 5.0 kg by WO/1."""
        if not parts:
            return False
        per_unit = {}
        for quantity, unit_id, _names in parts:
            per_unit[unit_id] = per_unit.get(unit_id, 0.0) + quantity
        units = self.env["uom.uom"].browse(per_unit)
        amounts = [f"{unit.round(per_unit[unit.id]):g} {unit.name}" for unit in units]
        return self.env._(
            "%(amounts)s by %(writeoffs)s",
            amounts=format_list(self.env, amounts),
            writeoffs=self._join_numbers(parts),
        )
