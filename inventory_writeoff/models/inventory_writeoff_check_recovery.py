import functools
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, format_date

# So many documents are named; the sentence says how many more there are.
NAMED_DOCUMENTS = 5


class InventoryWriteoffCheck(models.Model):
    """Goods that could still be sold, used or sent back."""

    _inherit = "inventory.writeoff.check"

    def _find_not_expired(self, lines):
        limit = fields.Datetime.now() + timedelta(days=self.days)
        for line in lines:
            lot, reason = line.lot_id, line.reason_id
            expires_at = lot.expiration_date
            if (
                not lot
                or reason.kind != "expiry"
                or (expires_at and expires_at <= limit)
            ):
                continue
            if expires_at:
                message = self.env._(
                    "The reason is %(reason)s, but %(lot)s expires on %(date)s.",
                    reason=reason.name,
                    lot=lot.name,
                    date=format_date(self.env, expires_at),
                )
            else:
                message = self.env._(
                    "The reason is %(reason)s, but %(lot)s has no expiration date.",
                    reason=reason.name,
                    lot=lot.name,
                )
            remedy = self.env._(
                "Choose the reason that applies, or correct the lot's expiration date."
            )
            yield line, message, remedy, expires_at

    def _find_still_moving(self, lines):
        lines = lines.filtered(lambda line: line.reason_id.kind == "obsolescence")
        if not lines:
            return
        since = fields.Datetime.now() - timedelta(days=self.days)
        last_uses = self._read_last_deliveries(lines, since)
        for product_id, use in self._read_last_sales(lines, since).items():
            last_uses.setdefault(product_id, use)
        for line in lines.filtered(lambda line: line.product_id.id in last_uses):
            document, date = last_uses[line.product_id.id]
            yield (
                line,
                self.env._(
                    "The reason is %(reason)s, but the product was still asked for on "
                    "%(date)s (%(document)s).",
                    reason=line.reason_id.name,
                    date=format_date(self.env, date),
                    document=document or "-",
                ),
                self.env._(
                    "Choose another reason, or sell the goods at a lower price."
                ),
                document,
            )

    def _read_last_deliveries(self, lines, since):
        """Return {product id: (document, date)} of goods that left for good."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (move.product_id)
                       move.product_id, COALESCE(move.reference, move.origin), move.date
                  FROM stock_move move
                  JOIN stock_location origin ON origin.id = move.location_id
                  JOIN stock_location target ON target.id = move.location_dest_id
                 WHERE move.product_id IN %(products)s
                   AND move.company_id = %(company)s
                   AND move.state = 'done' AND move.date >= %(since)s
                   AND move.writeoff_id IS NULL
                   AND origin.usage IN ('internal', 'transit')
                   AND target.usage IN ('customer', 'production')
              ORDER BY move.product_id, move.date DESC, move.id DESC
                """,
                products=tuple(lines.product_id.ids),
                company=self.env.company.id,
                since=since,
            )
        )
        return {product_id: (document, date) for product_id, document, date in rows}

    def _read_last_sales(self, lines, since):
        """Return {product id: (order, date)} of confirmed sales."""
        if "sale.order.line" not in self.env:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (line.product_id)
                       line.product_id, sale.name, sale.date_order
                  FROM sale_order_line line
                  JOIN sale_order sale ON sale.id = line.order_id
                 WHERE line.product_id IN %(products)s
                   AND sale.company_id = %(company)s
                   AND sale.state = 'sale' AND sale.date_order >= %(since)s
              ORDER BY line.product_id, sale.date_order DESC, sale.id DESC
                """,
                products=tuple(lines.product_id.ids),
                company=self.env.company.id,
                since=since,
            )
        )
        return {product_id: (order, date) for product_id, order, date in rows}

    def _find_in_demand(self, lines):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.product_id, SUM(move.product_qty),
                       ARRAY_AGG(DISTINCT COALESCE(move.reference, move.origin, '-'))
                  FROM stock_move move
                  JOIN stock_location origin ON origin.id = move.location_id
                  JOIN stock_location target
                    ON target.id
                     = COALESCE(move.location_final_id, move.location_dest_id)
                 WHERE move.product_id IN %(products)s
                   AND move.company_id = %(company)s
                   AND move.state IN (
                       'waiting', 'confirmed', 'partially_available', 'assigned'
                   )
                   AND move.writeoff_id IS NULL
                   AND origin.usage IN ('internal', 'transit')
                   AND target.usage IN ('customer', 'production')
              GROUP BY move.product_id
                """,
                products=tuple(lines.product_id.ids),
                company=self.env.company.id,
            )
        )
        demands = {product: (quantity, names) for product, quantity, names in rows}
        for line in lines.filtered(lambda line: line.product_id.id in demands):
            quantity, names = demands[line.product_id.id]
            unit = line.product_id.uom_id
            yield (
                line,
                self.env._(
                    "%(quantity)s %(unit)s of the product are still asked for: "
                    "%(documents)s.",
                    quantity=f"{unit.round(float(quantity)):.10g}",
                    unit=unit.name,
                    documents=self._join_documents(names),
                ),
                self.env._("Make sure that these goods could not serve the demand."),
                names,
            )

    def _join_documents(self, names):
        named, more = names[:NAMED_DOCUMENTS], len(names) - NAMED_DOCUMENTS
        if more <= 0:
            return ", ".join(named)
        return self.env._(
            "%(documents)s and %(count)s more", documents=", ".join(named), count=more
        )

    def _find_returnable(self, lines):
        receipts = self._read_last_receipts(lines)
        # Many lines came on the same receipt.
        format_day = functools.cache(functools.partial(format_date, self.env))
        for line in lines:
            receipt = receipts.get((line.product_id.id, line.lot_id.id or None))
            if not receipt:
                continue
            document, vendor, date = receipt
            yield (
                line,
                self.env._(
                    "Received on %(date)s from %(vendor)s (%(document)s).",
                    date=format_day(date),
                    vendor=vendor or self.env._("a vendor"),
                    document=document or "-",
                ),
                self.env._("Ask the vendor to take the goods back or to credit them."),
                document,
            )

    def _read_last_receipts(self, lines):
        """Return {(product id, lot id or None): (document, vendor, date)}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (done.product_id, done.lot_id)
                       done.product_id, done.lot_id, move.reference, vendor.name,
                       move.date
                  FROM stock_move_line done
                  JOIN stock_move move ON move.id = done.move_id
                  JOIN stock_location origin ON origin.id = done.location_id
             LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             LEFT JOIN res_partner vendor ON vendor.id = picking.partner_id
                 WHERE done.product_id IN %(products)s
                   AND move.company_id = %(company)s
                   AND move.state = 'done' AND move.date >= %(since)s
                   AND origin.usage = 'supplier'
              ORDER BY done.product_id, done.lot_id, move.date DESC, move.id DESC
                """,
                products=tuple(lines.product_id.ids),
                company=self.env.company.id,
                since=fields.Datetime.now() - timedelta(days=self.days),
            )
        )
        return {tuple(row[:2]): tuple(row[2:]) for row in rows}
