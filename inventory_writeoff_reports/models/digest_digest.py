from odoo import fields, models
from odoo.exceptions import AccessError

from ..wizards.inventory_writeoff_audit_pack import READERS

ACTION = "inventory_writeoff_reports.inventory_writeoff_analysis_action"
WAITING_ACTION = "inventory_writeoff.inventory_writeoff_action"
MENU = "inventory_writeoff.inventory_writeoff_menu_root"


class DigestDigest(models.Model):
    """What was written off in the period, and what waits, in the digest e-mail."""

    _inherit = "digest.digest"

    kpi_writeoff_value = fields.Boolean("Written Off")
    kpi_writeoff_value_value = fields.Monetary(compute="_compute_kpi_writeoff_value")
    kpi_writeoff_submitted = fields.Boolean("Write-Offs Submitted")
    kpi_writeoff_submitted_value = fields.Integer(
        compute="_compute_kpi_writeoff_submitted"
    )

    def _compute_kpi_writeoff_value(self):
        self._check_writeoff_reader()
        self._calculate_company_based_kpi(
            "inventory.writeoff.analysis",
            "kpi_writeoff_value_value",
            date_field="posted_at",
            sum_field="value_net",
        )

    def _compute_kpi_writeoff_submitted(self):
        self._check_writeoff_reader()
        self._calculate_company_based_kpi(
            "inventory.writeoff",
            "kpi_writeoff_submitted_value",
            date_field="submitted_at",
        )

    def _check_writeoff_reader(self):
        """Odoo's digest leaves out what a reader has no right to."""
        if not self.env.user.has_groups(READERS):
            raise AccessError(
                self.env._("Only who reads all write-offs gets them in the digest.")
            )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref(MENU).id
        actions["kpi_writeoff_value"] = f"{ACTION}?menu_id={menu}"
        actions["kpi_writeoff_submitted"] = f"{WAITING_ACTION}?menu_id={menu}"
        return actions
