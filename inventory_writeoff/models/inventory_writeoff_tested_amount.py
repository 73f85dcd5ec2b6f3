from collections import defaultdict, namedtuple
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# `goods` is (product id, location id) where it is the goods that make the amount.
TestedAmount = namedtuple("TestedAmount", ["amount", "source", "goods"])


class InventoryWriteoffTestedAmount(models.AbstractModel):
    """The amount that the limits of approval rules are compared with.

    The largest of the write-off itself, of everything its requester has submitted in
    the company lately, and of everything that anyone has submitted lately of one of
    its products in the same location: cutting a write-off into pieces helps nobody.
    """

    _name = "inventory.writeoff.tested.amount"
    _description = "Amount Tested by Approval Rules"

    def _get(self, writeoffs):
        """Return {write-off: `TestedAmount`}."""
        self.env["inventory.writeoff"].flush_model()
        self.env["inventory.writeoff.line"].flush_model()
        result = {}
        for company, group in writeoffs.grouped("company_id").items():
            by_requester = self._sum_by_requester(company, group)
            by_goods = self._sum_by_goods(company, group)
            for writeoff in group:
                result[writeoff] = self._get_one(writeoff, by_requester, by_goods)
        return result

    def _get_one(self, writeoff, by_requester, by_goods):
        own = self._get_own_amounts(writeoff)
        document = sum(own.values())
        if writeoff.reversal_of_id:
            # What comes back is negative, and adds to nobody's losses.
            return TestedAmount(-document, "document", False)
        # What is submitted is among the sums already.
        is_new = writeoff.state not in self._get_counted_states()
        lately = by_requester[writeoff.requester_id.id] + is_new * document
        amounts = [
            TestedAmount(document, "document", False),
            TestedAmount(lately, "requester", False),
            *(
                TestedAmount(by_goods[goods] + is_new * amount, "goods", goods)
                for goods, amount in own.items()
            ),
        ]
        # The first of equals: the write-off itself explains itself best.
        return max(amounts, key=lambda tested: writeoff.currency_id.round(tested[0]))

    def _get_own_amounts(self, writeoff):
        """Return {(product id, location id): value in this write-off}."""
        amounts = defaultdict(float)
        for line in writeoff.line_ids:
            amounts[line.product_id.id, line.location_id.id] += line.value_estimated
        return amounts

    def _get_counted_states(self):
        states = self.env["inventory.writeoff"]._fields["state"].get_values(self.env)
        return set(states) - {"draft", "rejected", "cancelled"}

    def _sum_by_requester(self, company, writeoffs):
        rows = self._sum(
            company,
            SQL("writeoff.requester_id"),
            SQL("writeoff.requester_id IN %s", tuple(writeoffs.requester_id.ids)),
        )
        return defaultdict(float, rows)

    def _sum_by_goods(self, company, writeoffs):
        lines = writeoffs.line_ids
        if not lines:
            return defaultdict(float)
        rows = self._sum(
            company,
            SQL("line.product_id, line.location_id"),
            SQL(
                "line.product_id IN %s AND line.location_id IN %s",
                tuple(lines.product_id.ids),
                tuple(lines.location_id.ids),
            ),
        )
        return defaultdict(float, {tuple(goods): amount for *goods, amount in rows})

    def _sum(self, company, key, condition):
        days = company.writeoff_split_days
        return self.env.execute_query(
            SQL(
                """
                SELECT %(key)s, SUM(%(value)s)
                  FROM inventory_writeoff_line line
                  JOIN inventory_writeoff writeoff ON writeoff.id = line.writeoff_id
                 WHERE writeoff.company_id = %(company)s
                   AND writeoff.state IN %(states)s
                   AND writeoff.reversal_of_id IS NULL
                   AND writeoff.submitted_at > %(since)s
                   AND %(condition)s
              GROUP BY %(key)s
                """,
                key=key,
                value=self._get_sql_value(),
                company=company.id,
                states=tuple(self._get_counted_states()),
                since=fields.Datetime.now() - timedelta(days=days),
                condition=condition,
            )
        )

    def _get_sql_value(self):
        """Return what an item counts with: posted or else estimated, less reversed."""
        return SQL(
            "CASE WHEN writeoff.posted_at IS NULL THEN line.value_estimated "
            "ELSE line.value_posted - COALESCE(line.value_reversed, 0) END"
        )
