from odoo import api, models
from odoo.exceptions import AccessError

from ..writer import is_writer


class InventoryWriteoffRecorded(models.AbstractModel):
    """Records that only the add-on's own code makes, changes and removes."""

    _name = "inventory.writeoff.recorded"
    _description = "Recorded by Write-Offs"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_writer()
        return super().create(vals_list)

    def write(self, vals):
        self._check_writer()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_by_writer_only(self):
        self._check_writer()

    def _check_writer(self):
        if not is_writer(self.env):
            raise AccessError(self._get_recorded_reason())

    def _get_recorded_reason(self):
        """Return, in a sentence, how these records come about."""
        raise NotImplementedError
