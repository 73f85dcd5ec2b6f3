from odoo import models
from odoo.tools import SQL

FIXED_ASSETS = ("asset_fixed",)


class InventoryImpact(models.AbstractModel):
    """What retiring assets does to the books counts as the write-off's doing."""

    _inherit = "inventory.impact"

    def _get_figures(self):
        return {**super()._get_figures(), "fixed_assets": (1, FIXED_ASSETS)}

    def _get_balance_types(self):
        return (*super()._get_balance_types(), *FIXED_ASSETS)

    def _estimate_changes(self, writeoff):
        changes = super()._estimate_changes(writeoff)
        preview = self.env["inventory.writeoff.preview"]
        for _date, _journal, items in preview._get_asset_entries(writeoff.sudo()):
            for item in items:
                account = self.env["account.account"].sudo().browse(item["account_id"])
                changes[account.account_type] += item["balance"]
        return changes

    def _get_sql_balances(self, writeoffs):
        self.env["account.move"].flush_model(["writeoff_retirement_id"])
        self.env["inventory.writeoff.retirement"].flush_model(["writeoff_id"])
        return super()._get_sql_balances(writeoffs)

    def _get_sql_writeoff_of(self):
        # Few entries have one: the others are not looked up.
        return SQL(
            """
            CASE WHEN move.writeoff_retirement_id IS NULL THEN %s
                 ELSE (SELECT retirement.writeoff_id
                         FROM inventory_writeoff_retirement retirement
                        WHERE retirement.id = move.writeoff_retirement_id)
             END
            """,
            super()._get_sql_writeoff_of(),
        )
