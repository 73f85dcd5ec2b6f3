from odoo import models

from .inventory_writeoff_kpi_scope import FULL_READERS

CHANNEL = "inventory_writeoff_dashboard"
CHANGED = "inventory_writeoff_reports/changed"


class InventoryWriteoffKpi(models.AbstractModel):
    """Tells open dashboards that figures of a company have changed, and no more.

    Each reads them again with the rights of its own user.
    """

    _inherit = "inventory.writeoff.kpi"

    def _tell_dashboards(self, company_ids):
        """Send one message per company when the transaction is committed."""
        told = self.env.cr.precommit.data.setdefault(CHANNEL, set())
        companies = self.env["res.company"].browse(set(company_ids) - told)
        for company in companies:
            self.env["bus.bus"]._sendone(
                (company, CHANNEL), CHANGED, {"company_id": company.id}
            )
        told.update(company_ids)


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let those who see all of a company listen to its changes."""
        channels = list(channels)
        if CHANNEL in channels:
            channels.remove(CHANNEL)
            if self.env.user.has_groups(FULL_READERS):
                companies = self.env.user.company_ids
                channels += [(company, CHANNEL) for company in companies]
        return super()._build_bus_channel_list(channels)
