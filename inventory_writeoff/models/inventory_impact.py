from collections import defaultdict

from odoo import models
from odoo.tools import SQL

# What a figure is made of: account types, and the sign of their balance in it.
FIGURES = {
    "current_assets": (
        1,
        ("asset_receivable", "asset_cash", "asset_current", "asset_prepayments"),
    ),
    "current_liabilities": (
        -1,
        ("liability_payable", "liability_credit_card", "liability_current"),
    ),
    "gross_margin": (-1, ("income", "expense_direct_cost")),
    "result": (
        -1,
        (
            "income",
            "income_other",
            "expense",
            "expense_other",
            "expense_depreciation",
            "expense_direct_cost",
        ),
    ),
}
# These count from the start of the fiscal year, the others from the beginning.
YEARLY_TYPES = FIGURES["result"][1]
BALANCE_TYPES = FIGURES["current_assets"][1] + FIGURES["current_liabilities"][1]


class InventoryImpact(models.AbstractModel):
    """What write-offs do to the books and to the stock they take from.

    The books are the posted journal items of the company up to the accounting date;
    gross margin and result start with the fiscal year of that date. A loss account
    of type Cost of Revenue lowers gross margin and result, another one the result.
    """

    _name = "inventory.impact"
    _description = "Impact of Write-Offs"

    def _estimate(self, writeoffs):
        """Return {write-off: {"before": figures, "change": figures}} before posting."""
        impacts = {}
        for writeoff, balances in self._get_balances(writeoffs).items():
            changes = self._estimate_changes(writeoff)
            balances = {**balances, "change": changes}
            impacts[writeoff] = self._prepare_impact(writeoff, balances)
        return impacts

    def _measure(self, writeoffs):
        """Return the same for write-offs just posted, from their journal items.

        Each stands on those that come before it in the recordset.
        """
        return {
            writeoff: self._prepare_impact(writeoff, balances)
            for writeoff, balances in self._get_balances(writeoffs).items()
        }

    def _estimate_changes(self, writeoff):
        """Return {account type: balance} of the entry as it would be posted now."""
        items = writeoff.sudo().entry_items or []
        accounts = self.env["account.account"].sudo()
        changes = defaultdict(float)
        for item in items:
            account = accounts.browse(item["account_id"])
            # Accounts that are not set yet; posting asks for them.
            default = "expense" if item["balance"] > 0 else "asset_current"
            changes[account.account_type or default] += item["balance"]
        return changes

    def _prepare_impact(self, writeoff, balances):
        """Return {"before": {figure: amount}, "change": {…}} of balances by type."""
        round_amount = writeoff.company_id.currency_id.round
        return {
            when: {
                # Adding 0.0 turns a negative zero into a plain one.
                figure: round_amount(sign * sum(by_type.get(t, 0.0) for t in types))
                + 0.0
                for figure, (sign, types) in self._get_figures().items()
            }
            for when, by_type in balances.items()
        }

    def _get_figures(self):
        """Return {figure: (sign, account types that it is made of)}."""
        return FIGURES

    def _get_balance_types(self):
        """Return the account types that count from the beginning."""
        return BALANCE_TYPES

    def _get_sql_writeoff_of(self):
        """Return the SQL expression for the write-off that an entry is part of."""
        return SQL("move.writeoff_id")

    def _get_balances(self, writeoffs):
        """Return {write-off: {"before": {account type: balance}, "change": {…}}}.

        All of it in one query. "change" is what the write-off itself has posted;
        "before" has neither that nor what write-offs after it in the set posted.
        """
        balances = {w: {"before": {}, "change": {}} for w in writeoffs}
        if not writeoffs:
            return balances
        query = self._get_sql_balances(writeoffs)
        for position, kind, before, change in self.env.execute_query(query):
            writeoff = writeoffs[position - 1]
            balances[writeoff]["before"][kind] = float(before)
            balances[writeoff]["change"][kind] = float(change)
        return balances

    def _get_sql_balances(self, writeoffs):
        self.env["account.account"].flush_model(["account_type"])
        self.env["account.move"].flush_model(["writeoff_id"])
        # All of what was just posted at once, not these columns now and others later.
        self.env["account.move.line"].flush_model()
        dates = [w._get_accounting_date() for w in writeoffs]
        years = [
            # Requesters' companies are readable, their fiscal years to accountants.
            writeoff.company_id.sudo().compute_fiscalyear_dates(date)["date_from"]
            for writeoff, date in zip(writeoffs, dates, strict=True)
        ]
        return SQL(
            """
            WITH document AS (
                SELECT *
                  FROM UNNEST(
                    %(ids)s::int[], %(companies)s::int[], %(years)s::date[],
                    %(dates)s::date[]
                  ) WITH ORDINALITY AS d(id, company_id, date_from, date, position)
            )
            SELECT document.position, account.account_type,
                   COALESCE(SUM(item.balance) FILTER (
                     WHERE other.id IS NULL OR other.position < document.position
                   ), 0),
                   COALESCE(SUM(item.balance) FILTER (
                     WHERE other.position = document.position
                   ), 0)
              FROM document
              JOIN account_move_line item
                ON item.company_id = document.company_id
               AND item.parent_state = 'posted'
               AND item.date <= document.date
              JOIN account_account account ON account.id = item.account_id
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN document other ON other.id = %(writeoff_of)s
             WHERE account.account_type IN %(balance_types)s
                OR (account.account_type IN %(yearly_types)s
                    AND item.date >= document.date_from)
          GROUP BY document.position, account.account_type
            """,
            ids=[writeoff._origin.id or 0 for writeoff in writeoffs],
            companies=[writeoff.company_id._origin.id or 0 for writeoff in writeoffs],
            years=years,
            dates=dates,
            writeoff_of=self._get_sql_writeoff_of(),
            balance_types=self._get_balance_types(),
            yearly_types=YEARLY_TYPES,
        )

    def _get_stock_values(self, lines):
        """Return {stock of a line: its value now}, in one query per company."""
        values = defaultdict(float)
        for company, group in lines.grouped("company_id").items():
            products = group.product_id._origin
            if company and products:
                found = self.env["inventory.valuation"]._get_values(company, products)
                for (product_id, lot_id), value in found.items():
                    values[company.id, product_id, lot_id] = value
        return values

    def _get_stock_key(self, line):
        """Return what tells the valued stock: company, product and, by lot, the lot."""
        product = line.product_id._origin
        # By lot only where the cost is the lot's; a lot's number is no cost elsewhere.
        lot_id = product.sudo().lot_valuated and line.lot_id._origin.id
        return line.company_id._origin.id, product.id, lot_id or 0
