import functools
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# A median of fewer documents says nothing about a person.
MIN_DOCUMENTS = 5
# The period over which small documents are added up.
SPLIT_DAYS = 30


class InventoryWriteoffCheck(models.Model):
    """Quantities, values and unit costs out of the ordinary."""

    _inherit = "inventory.writeoff.check"

    def _find_large_share(self, lines):
        # One piece is always all of its serial number.
        lines = lines.filtered(lambda line: line.tracking != "serial")
        on_hand = self._read_on_hand(lines)
        by_product = lines.grouped(lambda line: (line.writeoff_id, line.product_id))
        for (_writeoff, product), group in by_product.items():
            quantity = sum(group.mapped("quantity_product_uom"))
            total = on_hand.get(product, 0.0)
            share = total > 0 and 100.0 * quantity / total
            if share and share > self.percent:
                unit = product.uom_id
                yield (
                    next(iter(group)),
                    self.env._(
                        "%(quantity)s of the %(total)s %(unit)s on hand would be "
                        "written off (%(share)s %%).",
                        quantity=f"{unit.round(quantity):.10g}",
                        total=f"{unit.round(total):.10g}",
                        unit=unit.name,
                        share=f"{share:.0f}",
                    ),
                    self.env._("Check the quantity and its unit."),
                    [quantity, total],
                )

    def _read_on_hand(self, lines):
        """Return {product: quantity of the company, wherever it is}."""
        domain = [
            ("product_id", "in", lines.product_id.ids),
            ("company_id", "=", self.env.company.id),
            ("location_id.usage", "in", ["internal", "transit"]),
        ]
        quants = self.env["stock.quant"]
        return dict(quants._read_group(domain, ["product_id"], ["quantity:sum"]))

    def _find_unusual_value(self, lines):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY other.value)
                  FROM inventory_writeoff mine
                  JOIN inventory_writeoff other
                    ON other.requester_id = mine.requester_id
                   AND other.company_id = mine.company_id
                   AND other.id != mine.id
                   AND other.state NOT IN ('draft', 'rejected', 'cancelled', 'reversed')
                   AND other.reversal_of_id IS NULL
                   AND (mine.state = 'draft' OR other.submitted_at < mine.submitted_at)
                 WHERE mine.id IN %(writeoffs)s
              GROUP BY mine.id
                HAVING COUNT(*) >= %(least)s
                """,
                writeoffs=tuple(lines.writeoff_id.ids),
                least=MIN_DOCUMENTS,
            )
        )
        medians = dict(rows)
        for writeoff in lines.writeoff_id:
            median = float(medians.get(writeoff.id) or 0.0)
            if median and self.factor and writeoff.value > self.factor * median:
                currency = writeoff.currency_id
                yield (
                    writeoff,
                    self.env._(
                        "The value of %(value)s is %(factor)s times what "
                        "%(requester)s usually writes off (%(median)s).",
                        value=currency.format(writeoff.value),
                        factor=f"{writeoff.value / median:.1f}",
                        requester=writeoff.requester_id.name,
                        median=currency.format(median),
                    ),
                    self.env._("Check quantities and units, and ask what happened."),
                    [currency.round(writeoff.value), currency.round(median)],
                )

    def _find_unit_cost(self, lines):
        lines = lines.filtered(lambda line: line.quantity and line._is_company_owned())
        last_costs = self._read_last_costs(lines)
        remedy = self.env._("Have accounting check the cost of the product.")
        # Many lines cost the same.
        format_cost = functools.cache(lambda currency, cost: currency.format(cost))
        for line in lines:
            cost = line.value_estimated / (line.quantity_product_uom or 1.0)
            last_cost = last_costs.get(line.product_id.id)
            currency = line.currency_id
            if currency.is_zero(line.value_estimated):
                message = self.env._(
                    "The goods have no value in the books, so no loss would be booked."
                )
                yield line, message, remedy, 0.0
            elif last_cost and abs(cost - last_cost) > self.percent / 100.0 * last_cost:
                yield (
                    line,
                    self.env._(
                        "A unit is written off at %(cost)s, but the last receipt cost "
                        "%(last_cost)s.",
                        cost=format_cost(currency, cost),
                        last_cost=format_cost(currency, last_cost),
                    ),
                    remedy,
                    [currency.round(cost), currency.round(last_cost)],
                )

    def _read_last_costs(self, lines):
        """Return {product id: cost of a unit at the last receipt from a vendor}."""
        if not lines:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (move.product_id) move.product_id,
                       move.value / (move.quantity * unit.factor / own_unit.factor)
                  FROM stock_move move
                  JOIN stock_location origin ON origin.id = move.location_id
                  JOIN uom_uom unit ON unit.id = move.product_uom
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  JOIN uom_uom own_unit ON own_unit.id = template.uom_id
                 WHERE move.product_id IN %(products)s
                   AND move.company_id = %(company)s
                   AND move.state = 'done' AND move.is_in
                   AND origin.usage = 'supplier'
                   AND move.quantity > 0
              ORDER BY move.product_id, move.date DESC, move.id DESC
                """,
                products=tuple(lines.product_id.ids),
                company=self.env.company.id,
            )
        )
        return {product_id: float(cost) for product_id, cost in rows if cost}

    def _find_near_limit(self, lines):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id, ARRAY_AGG(other.id ORDER BY other.id)
                  FROM inventory_writeoff mine
                  JOIN inventory_writeoff other
                    ON other.requester_id = mine.requester_id
                   AND other.company_id = mine.company_id
                 WHERE mine.id IN %(writeoffs)s
                   AND %(near_mine)s AND %(near_other)s
                   AND (other.id = mine.id
                        OR other.state NOT IN (
                               'draft', 'rejected', 'cancelled', 'reversed'
                           )
                           AND other.reversal_of_id IS NULL
                           AND other.submitted_at >= %(since)s
                           AND (mine.state = 'draft'
                                OR other.submitted_at < mine.submitted_at))
              GROUP BY mine.id
                HAVING COUNT(*) >= %(count)s
                """,
                writeoffs=tuple(lines.writeoff_id.ids),
                near_mine=self._get_sql_near_limit("mine"),
                near_other=self._get_sql_near_limit("other"),
                since=fields.Datetime.now() - timedelta(days=SPLIT_DAYS),
                count=max(self.factor, 2),
            )
        )
        by_id = {writeoff.id: writeoff for writeoff in lines.writeoff_id}
        all_ids = {other_id for _id, ids in rows for other_id in ids}
        names = {other.id: other.name for other in lines.writeoff_id.browse(all_ids)}
        for writeoff_id, other_ids in rows:
            writeoff = by_id[writeoff_id]
            others = [other_id for other_id in other_ids if other_id != writeoff_id]
            yield (
                writeoff,
                self.env._(
                    "%(requester)s has made %(count)s write-offs just under %(limit)s "
                    "in %(days)s days: this one and %(others)s.",
                    requester=writeoff.requester_id.name,
                    count=len(other_ids),
                    limit=writeoff.currency_id.format(self.amount),
                    days=SPLIT_DAYS,
                    others=", ".join(names[other_id] for other_id in others),
                ),
                self.env._(
                    "Make sure that one loss was not split to stay under a limit."
                ),
                [self.amount, others],
            )

    def _get_sql_near_limit(self, alias):
        return SQL(
            "%(value)s < %(limit)s AND %(value)s >= %(limit)s * (1 - %(near)s / 100)",
            value=SQL.identifier(alias, "value"),
            limit=self.amount,
            near=self.percent,
        )
