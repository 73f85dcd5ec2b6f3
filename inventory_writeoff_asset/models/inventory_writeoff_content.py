from odoo import models
from odoo.tools import SQL


class InventoryWriteoffContent(models.AbstractModel):
    """An approval is given for the assets that go with the goods, too."""

    _inherit = "inventory.writeoff.content"

    def _read(self, writeoffs):
        contents = super()._read(writeoffs)
        by_id = {writeoff.id: content for writeoff, content in contents.items()}
        for document_id, line_id, asset_id, value in self._read_assets(writeoffs):
            # Only where there are any: other contents keep their digest.
            line = by_id[document_id]["lines"][str(line_id)]
            assets = line.setdefault("assets", {})
            assets[str(asset_id)] = self._format_number(float(value))
        return contents

    def _read_assets(self, writeoffs):
        """Return (write-off, item, asset, its purchase value), in one query."""
        if not writeoffs:
            return []
        self.env["account.asset"].flush_model(
            ["lot_id", "product_id", "company_id", "purchase_value"]
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT line.writeoff_id, line.id, asset.id, asset.purchase_value
                  FROM inventory_writeoff_line line
                  JOIN account_asset asset ON asset.lot_id = line.lot_id
                 WHERE line.writeoff_id IN %(ids)s AND line.origin_line_id IS NULL
             UNION ALL
                SELECT line.writeoff_id, line.id, asset.id, asset.purchase_value
                  FROM inventory_writeoff_line line
                  JOIN account_asset asset ON asset.product_id = line.product_id
                 WHERE line.writeoff_id IN %(ids)s AND line.origin_line_id IS NULL
                   AND line.lot_id IS NULL AND asset.lot_id IS NULL
                """,
                ids=tuple(writeoffs.ids),
            )
        )

    def _get_changes(self, model, before, after, names):
        plain = [
            {name: value for name, value in content.items() if name != "assets"}
            for content in (before, after)
        ]
        changes = super()._get_changes(model, *plain, names)
        was, found = before.get("assets", {}), after.get("assets", {})
        if was != found:
            change = self.env._(
                "assets %(before)s → %(after)s",
                before=self._name_assets(was),
                after=self._name_assets(found),
            )
            changes.append(change)
        return changes

    def _name_assets(self, assets):
        # Whoever posts need not see assets to be told.
        records = self.env["account.asset"].sudo().browse(map(int, assets)).exists()
        return (
            ", ".join(
                f"{asset.display_name} ({asset.currency_id.format(float(value))})"
                for asset in records
                if (value := assets[str(asset.id)])
            )
            or "-"
        )
