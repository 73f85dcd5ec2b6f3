from odoo import fields, models
from odoo.tools import SQL


class InventoryWriteoffAnalysisAnalytic(models.Model):
    """The analysis by analytic account: a row for each account of an item.

    Quantities and values are the account's share. An item that is distributed over two
    plans has its full value in each of them, so they only add up within one plan.
    """

    _name = "inventory.writeoff.analysis.analytic"
    _inherit = "inventory.writeoff.analysis"
    _description = "Write-Off Analysis by Analytic Account"
    _auto = False
    _depends = {
        "account.analytic.account": ["plan_id"],
        "inventory.writeoff.line": ["analytic_distribution"],
    }

    plan_id = fields.Many2one("account.analytic.plan", readonly=True)
    account_id = fields.Many2one(
        "account.analytic.account", "Analytic Account", readonly=True
    )
    percentage = fields.Float(readonly=True, aggregator="avg")

    def _select(self):
        return SQL(
            """
            SELECT row.id * 1000 + share.number * 20 + part.number AS id,
                   analytic.plan_id, analytic.id AS account_id,
                   share.percentage::float AS percentage, %s
            """,
            SQL(", ").join(self._select_field(name) for name in self._get_kept()),
        )

    def _get_kept(self):
        own = {"plan_id", "account_id", "percentage", "id"}
        return [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in own
        ]

    def _select_field(self, name):
        column = SQL.identifier("row", name)
        shared = ("quantity", "value_estimated", *self._get_value_names())
        if name not in shared:
            return column
        return SQL(
            "%s * share.percentage::numeric / 100 AS %s", column, SQL.identifier(name)
        )

    def _get_value_names(self):
        return ("value_posted", "value_reversed", "value_net")

    def _from(self):
        return SQL(
            """
              FROM (%s) row
              JOIN inventory_writeoff_line distributed ON distributed.id = row.id
        CROSS JOIN LATERAL jsonb_each_text(distributed.analytic_distribution)
                   WITH ORDINALITY share(account_ids, percentage, number)
        CROSS JOIN LATERAL unnest(string_to_array(share.account_ids, ','))
                   WITH ORDINALITY part(account_id, number)
              JOIN account_analytic_account analytic
                ON analytic.id = part.account_id::integer
            """,
            self.env["inventory.writeoff.analysis"]._table_query,
        )
