from odoo import api, fields, models


class BaseModuleUninstall(models.TransientModel):
    """Says what goes with the log of write-offs, and offers to take it along."""

    _inherit = "base.module.uninstall"

    writeoff_loss = fields.Text("What Is Lost", compute="_compute_writeoff_loss")

    @api.depends("module_ids")
    def _compute_writeoff_loss(self):
        for wizard in self:
            names = wizard._get_modules().mapped("name")
            is_concerned = "inventory_writeoff" in names
            wizard.writeoff_loss = is_concerned and self._get_writeoff_loss()

    def _get_writeoff_loss(self):
        # Who uninstalls is told of all companies, whatever they may read of them.
        writeoffs = self.env["inventory.writeoff"].sudo()
        events = self.env["inventory.writeoff.event"].sudo()
        return self.env._(
            "Uninstalling deletes %(writeoffs)s write-offs with their approvals and "
            "files, and their log of %(events)s events: nobody can prove afterwards "
            "who decided what. Held goods are set free. Stock moves and journal "
            "entries stay. Export the log first.",
            writeoffs=writeoffs.search_count([]),
            events=events.search_count([]),
        )

    def action_export_writeoff_log(self):
        return {
            "type": "ir.actions.act_url",
            "url": "/inventory_writeoff/log/all",
            "target": "download",
        }
