from odoo import models

from odoo.addons.inventory_writeoff_reports.report.inventory_writeoff_register_table import (  # noqa: E501
    Column,
)


class InventoryWriteoffRegisterTable(models.AbstractModel):
    """The loss on assets, and in all, beside the net value of an item in stock."""

    _inherit = "inventory.writeoff.register.table"

    def _get_columns(self):
        columns = super()._get_columns()
        names = [column.name for column in columns]
        position = names.index("value_net") + 1
        columns[position:position] = [
            Column("asset_loss", self.env._("Loss on Assets"), "money", 15),
            Column("total_loss", self.env._("Total Loss"), "money", 15),
        ]
        return columns

    def _get_total_names(self):
        return [*super()._get_total_names(), "asset_loss", "total_loss"]

    def _get_values(self, row):
        loss = row.asset_loss if row.date else row.asset_loss_estimated
        value = row.value_net if row.date else row.value_estimated
        return {
            **super()._get_values(row),
            "asset_loss": loss,
            "total_loss": value + loss,
        }

    def _get_entry_names(self, writeoffs):
        """Return the names with those of the entries that retired assets."""
        names = super()._get_entry_names(writeoffs)
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    ("writeoff_retirement_id.writeoff_id", "in", writeoffs.ids),
                    ("state", "=", "posted"),
                ],
                ["writeoff_retirement_id"],
                ["name:array_agg"],
            )
        )
        for retirement, found in groups:
            writeoff_id = retirement.writeoff_id.id
            names[writeoff_id] = ", ".join(
                filter(None, [names.get(writeoff_id), *sorted(found)])
            )
        return names
