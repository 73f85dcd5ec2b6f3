from odoo import models


class InventoryWriteoffStatement(models.AbstractModel):
    """The assets that went, or came back, with their schedules and entries."""

    _inherit = "report.inventory_writeoff_reports.report_statement"

    def _get_facts(self, writeoffs):
        facts = super()._get_facts(writeoffs)
        # Who reads a write-off is told of its assets, as on its own page.
        retirements = self.env["inventory.writeoff.retirement"].sudo()
        found = retirements.search([("writeoff_id", "in", writeoffs.ids)], order="id")
        by_id = found.grouped(lambda retirement: retirement.writeoff_id.id)
        for writeoff, fact in facts.items():
            rows = by_id.get(writeoff.id, retirements)
            fact["assets"] = [self._get_asset_row(r) for r in rows if not r.is_part]
            fact["asset_parts"] = rows.filtered("is_part")
        return facts

    def _get_asset_row(self, retirement):
        asset = retirement.asset_id
        line = retirement.line_id
        account = (line.origin_line_id or line).loss_account_id
        return {
            "retirement": retirement,
            "asset": asset,
            "purchase_value": asset.purchase_value,
            "depreciated": asset.purchase_value - abs(retirement.value_loss),
            "account": account or line.reason_id._get_loss_account(asset.company_id),
            "schedule": self._get_schedule(retirement),
        }

    def _get_schedule(self, retirement):
        """Return the schedule in few rows, each with its last date and its sum."""
        groups = retirement.line_ids.grouped(self._get_step)
        return [
            {
                "name": self._get_step_name(step, lines),
                "date_before": max(
                    filter(None, lines.mapped("date_before")), default=0
                ),
                "amount_before": sum(lines.mapped("amount_before")),
                "date_after": max(filter(None, lines.mapped("date_after")), default=0),
                "amount_after": sum(lines.mapped("amount_after")),
            }
            for step, lines in groups.items()
        ]

    def _get_step(self, line):
        """Return what tells the rows that stand together."""
        if line.kind == "remove" or line.is_posted:
            return line.kind, line.is_posted
        if line.date_before and line.date_after:
            return line.id
        return bool(line.date_before), bool(line.date_after)

    def _get_step_name(self, step, lines):
        names = {
            ("depreciate", True): self.env._("Posted before"),
            (True, False): self.env._("Not depreciated any more"),
            (False, True): self.env._("To be depreciated again"),
        }
        if step not in names:
            return lines.name
        return self.env._("%(what)s: %(count)s", what=names[step], count=len(lines))

    def _get_entries(self, writeoffs):
        entries = super()._get_entries(writeoffs)
        more = self.env["account.move"].sudo()
        more = more.search(self._get_retirement_domain(writeoffs), order="id")
        for entry in more:
            writeoff = entry.writeoff_retirement_id.writeoff_id.with_env(self.env)
            entries[writeoff] = entries.get(writeoff, more.browse()) | entry
        return entries

    def _get_entry_items(self, writeoffs):
        items = super()._get_entry_items(writeoffs)
        more = self.env["account.move.line"]
        if not more.has_access("read"):
            return items
        domain = self._get_retirement_domain(writeoffs, "move_id.")
        for item in more.search(domain, order="move_id, id"):
            # The link is told to everyone who may read the write-off.
            writeoff = item.move_id.sudo().writeoff_retirement_id.writeoff_id
            writeoff = writeoff.with_env(self.env)
            items[writeoff] = items.get(writeoff, more.browse()) | item
        return items

    def _get_retirement_domain(self, writeoffs, prefix=""):
        name = f"{prefix}writeoff_retirement_id.writeoff_id"
        return [(name, "in", writeoffs.ids)]
