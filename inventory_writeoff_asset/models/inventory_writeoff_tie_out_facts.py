from odoo import models
from odoo.tools import SQL

from odoo.addons.inventory_writeoff.models.inventory_impact import YEARLY_TYPES


class InventoryWriteoffTieOutFacts(models.AbstractModel):
    """Assets that went, or came back, on all sides: the ledger has their loss as well.

    Register and moved have what the write-off says of them, booked what their entries
    have on profit and loss accounts. The last depreciation is no loss of a write-off.
    """

    _inherit = "inventory.writeoff.tie.out.facts"

    def _get_sql(self, companies, date_from=None, date_to=None):
        period = (date_from, date_to)
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            super()._get_sql(companies, *period),
            self._get_sql_retired(companies, *period),
            self._get_sql_retired_booked(companies, *period),
        )

    def _get_sql_retired(self, companies, date_from, date_to):
        return SQL(
            """
            SELECT retirement.company_id, line.loss_account_id, retirement.date,
                   retirement.writeoff_id,
                   retirement.value_loss - retirement.value_stock,
                   retirement.value_loss - retirement.value_stock, 0
              FROM inventory_writeoff_retirement retirement
              JOIN inventory_writeoff_line line ON line.id = retirement.line_id
             WHERE retirement.company_id IN %s AND retirement.state = 'done' AND %s
            """,
            tuple(companies.ids),
            self._get_sql_within(SQL("retirement.date"), date_from, date_to),
        )

    def _get_sql_retired_booked(self, companies, date_from, date_to):
        """Return the losses in the entries of the removal, and in what reverses it."""
        return SQL(
            """
            SELECT item.company_id, item.account_id, item.date, retirement.writeoff_id,
                   0, 0, item.balance
              FROM inventory_writeoff_retirement retirement
              JOIN inventory_writeoff_retirement origin
                ON origin.id = COALESCE(retirement.origin_id, retirement.id)
              JOIN account_move entry ON entry.writeoff_retirement_id = retirement.id
         LEFT JOIN account_move original ON original.id = entry.reversed_entry_id
              JOIN account_move_line item ON item.move_id = entry.id
              JOIN account_account account ON account.id = item.account_id
             WHERE retirement.company_id IN %(companies)s
               AND item.parent_state = 'posted'
               AND account.account_type IN %(types)s
               AND COALESCE(original.date, entry.date) = origin.date
               AND %(within)s
            """,
            companies=tuple(companies.ids),
            types=YEARLY_TYPES,
            within=self._get_sql_within(SQL("item.date"), date_from, date_to),
        )

    def _get_sql_within(self, date, date_from, date_to):
        if date_from is None:
            return SQL("TRUE")
        return SQL("%s BETWEEN %s AND %s", date, date_from, date_to)

    def _flush(self):
        self.env["inventory.writeoff.retirement"].flush_model()
        return super()._flush()
