from odoo import fields, models
from odoo.tools import SQL


class InventoryWriteoffRemoval(models.Model):
    """Goods to take off the shelves: what warehouse staff see of write-offs.

    One row per write-off whose goods are held or posted, with its id, without values
    and reasons: whoever carries the goods need not be allowed to read write-offs.
    """

    _name = "inventory.writeoff.removal"
    _description = "Goods to Remove"
    _auto = False
    _order = "removed_at DESC, submitted_at, id"
    _rec_name = "name"

    name = fields.Char("Write-Off", readonly=True)
    state = fields.Selection(
        lambda self: (
            self.env["inventory.writeoff"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    requester_id = fields.Many2one("res.users", readonly=True)
    submitted_at = fields.Datetime("Held Since", readonly=True)
    item_count = fields.Integer("Items", readonly=True)
    locations = fields.Char(readonly=True)
    removed_by_id = fields.Many2one("res.users", readonly=True)
    removed_at = fields.Datetime("Removed On", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT writeoff.id, writeoff.name, writeoff.state, writeoff.company_id,
                   writeoff.requester_id, writeoff.submitted_at,
                   writeoff.line_count AS item_count,
                   writeoff.removed_by_id, writeoff.removed_at,
                   (
                       SELECT STRING_AGG(DISTINCT location.complete_name, ', ')
                         FROM inventory_writeoff_line line
                         JOIN stock_location location ON location.id = line.location_id
                        WHERE line.writeoff_id = writeoff.id
                   ) AS locations
              FROM inventory_writeoff writeoff
             WHERE writeoff.state IN (
                       'to_approve', 'approved', 'posting', 'posted', 'partly_posted',
                       'partly_reversed'
                   )
               AND writeoff.reversal_of_id IS NULL
               AND writeoff.is_catch_up IS NOT TRUE
            """
        )

    def action_confirm_removed(self):
        """Record that the user has taken the goods off their shelves."""
        self._get_writeoffs_sudo()._confirm_removed()

    def action_relocate(self):
        """Ask which held goods go to which location."""
        return self._get_writeoffs_sudo().action_relocate()

    def action_print_pick_list(self):
        report = "inventory_writeoff.report_removal_action"
        return self.env.ref(report).report_action(self)

    def _get_writeoffs_sudo(self):
        """Return the write-offs of these rows, which the user may see as rows only."""
        self.check_access("read")
        return self.env["inventory.writeoff"].sudo().browse(self.ids)
