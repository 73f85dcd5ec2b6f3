from odoo.tools import SQL


class BooksInvariants:
    """What holds after every step of the machine."""

    def _read_explained(self, shop):
        tie_out = self.books.tie_out(shop)
        items = tie_out.env["inventory.writeoff.tie.out.item"]
        items = items.search(tie_out._get_item_domain())
        return items.mapped(
            lambda i: (i.res_model, i.kind, i.product_id.name, i.value, i.reference)
        )

    def entries_are_balanced(self):
        rows = self.books.env.execute_query(
            SQL(
                """
                SELECT entry.name, SUM(item.balance), COUNT(DISTINCT item.company_id)
                  FROM account_move entry
                  JOIN account_move_line item ON item.move_id = entry.id
                 WHERE entry.writeoff_id IS NOT NULL
              GROUP BY entry.id
                HAVING SUM(item.balance) != 0 OR COUNT(DISTINCT item.company_id) > 1
                """
            )
        )
        assert not rows, rows

    def everything_ties_out(self):
        for shop in self.books.shops:
            tie_out = self.books.tie_out(shop)
            self._assert_register_ties_out(shop, tie_out)
            self._assert_stock_ties_out(shop, tie_out)

    def _assert_register_ties_out(self, shop, tie_out):
        """Register, stock moves and ledger agree, in the company's currency."""
        sides = [tie_out[name] for name in ("register", "moved", "booked")]
        assert len(set(sides)) == 1, sides
        assert tie_out.difference == 0.0, tie_out.difference
        posted = sum(
            line.value_posted
            for writeoff in self.posted
            if writeoff.company_id == shop.company
            for line in (writeoff | writeoff.reversal_ids).line_ids
        )
        assert shop.company.currency_id.is_zero(sides[0] - posted)

    def _assert_stock_ties_out(self, shop, tie_out):
        """All that makes stock and ledger differ is explained, to the cent."""
        assert tie_out.unexplained == 0.0, (
            shop.company.name,
            tie_out.stock_value,
            tie_out.stock_booked,
            tie_out.unexplained,
            self._read_explained(shop),
        )

    def stock_is_never_negative(self):
        quants = self.books.env["stock.quant"].search(
            [("location_id.usage", "=", "internal"), ("quantity", "<", 0)]
        )
        assert not quants, quants.mapped("display_name")

    def no_quantity_is_no_value(self):
        for shop in self.books.shops:
            valued = shop.env["inventory.valuation"]._get_stock(
                shop.company, self.books.products
            )
            assert not [v for quantity, v in valued.values() if not quantity and v]

    def held_is_reserved(self):
        """Nothing else reserves here: what quants say is what write-offs hold."""
        lines = self.books.env["stock.move.line"].search(
            [
                ("state", "in", ("assigned", "partially_available")),
                ("location_id.usage", "=", "internal"),
            ]
        )
        assert all(line.move_id.writeoff_id for line in lines)
        held = {}
        for line in lines:
            key = (line.location_id, line.product_id, line.lot_id)
            held[key] = held.get(key, 0.0) + line.quantity_product_uom
        asked = {}
        for writeoff in self.open:
            for line in writeoff.line_ids:
                key = (line.location_id, line.product_id, line.lot_id)
                asked[key] = asked.get(key, 0.0) + line.quantity_product_uom
        quants = self.books.env["stock.quant"].search(
            [("location_id.usage", "=", "internal"), ("reserved_quantity", "!=", 0)]
        )
        reserved = {
            (quant.location_id, quant.product_id, quant.lot_id): quant.reserved_quantity
            for quant in quants
        }
        assert held == reserved == asked, (held, reserved, asked)
