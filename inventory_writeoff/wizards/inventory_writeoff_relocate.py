from odoo import api, fields, models
from odoo.exceptions import UserError


class InventoryWriteoffRelocate(models.TransientModel):
    """Chooses which held goods of a write-off go where.

    Also for warehouse staff who may not read write-offs: they see its number.
    """

    _name = "inventory.writeoff.relocate"
    _description = "Move Held Goods"

    writeoff_id = fields.Many2one(
        "inventory.writeoff", "Write-Off", required=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_writeoff", compute_sudo=True
    )
    source_ids = fields.Many2many(
        "stock.location", compute="_compute_writeoff", compute_sudo=True
    )
    item_count = fields.Integer("Items", compute="_compute_writeoff", compute_sudo=True)
    source_id = fields.Many2one(
        "stock.location",
        "Only From",
        domain="[('id', 'in', source_ids)]",
        help="Empty: from all locations of the write-off.",
    )
    line_ids = fields.Many2many(
        "inventory.writeoff.line",
        string="Only These Items",
        domain="[('writeoff_id', '=', writeoff_id)]",
        help="Empty: all items.",
    )
    destination_id = fields.Many2one(
        "stock.location",
        "To",
        required=True,
        compute="_compute_destination_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('usage', '=', 'internal'), ('company_id', '=', company_id)]",
    )

    @api.depends("writeoff_id")
    def _compute_writeoff(self):
        for wizard in self:
            lines = wizard.writeoff_id.line_ids
            wizard.company_id = wizard.writeoff_id.company_id
            wizard.source_ids = lines.location_id
            wizard.item_count = len(lines)

    @api.depends("writeoff_id")
    def _compute_destination_id(self):
        """Offer the quarantine of the company, if it has one."""
        locations = dict(
            self.env["stock.location"]._read_group(
                [
                    ("is_quarantine", "=", True),
                    ("usage", "=", "internal"),
                    ("company_id", "in", self.company_id.ids),
                ],
                ["company_id"],
                ["id:recordset"],
            )
        )
        for wizard in self:
            wizard.destination_id = locations.get(
                wizard.company_id, wizard.destination_id.browse()
            )[:1]

    def action_relocate(self):
        self.ensure_one()
        # Warehouse staff may not read write-offs; the check says who may do this.
        writeoff_sudo = self.writeoff_id.sudo()
        if writeoff_sudo.company_id not in self.env.companies:
            raise UserError(self.env._("Choose the company of the write-off first."))
        writeoff_sudo._check_can_relocate()
        lines = self.sudo().line_ids & writeoff_sudo.line_ids or writeoff_sudo.line_ids
        if self.source_id:
            lines = lines.filtered(lambda line: line.location_id == self.source_id)
        self.env["inventory.writeoff.relocation"]._relocate(lines, self.destination_id)
        return {"type": "ir.actions.act_window_close"}
