import logging

from odoo import models
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50


class InventoryWriteoffDaily(models.AbstractModel):
    """A daily job over write-offs, batch by batch.

    What is done stays done if the job is stopped, and trouble with one write-off does
    not stop the others.
    """

    _name = "inventory.writeoff.daily"
    _description = "Daily Job over Write-Offs"

    def _run_daily(self):
        """Handle all that are overdue, as long as the scheduler gives time."""
        pending = self._get_overdue_ids()
        done = 0
        for batch in split_every(BATCH_SIZE, pending):
            for writeoff in self.env["inventory.writeoff"].browse(batch):
                self._try_handle(writeoff)
            done += len(batch)
            seconds_left = self.env["ir.cron"]._commit_progress(
                len(batch), remaining=len(pending) - done
            )
            if not seconds_left:
                return

    def _try_handle(self, writeoff):
        try:
            with self.env.cr.savepoint():
                # Whoever works on it now has it in mind; tomorrow is another run.
                if writeoff.try_lock_for_update() and self._is_overdue(writeoff):
                    self._handle(writeoff)
        except Exception:
            self.env.invalidate_all()
            _logger.exception("%s failed on write-off %s", self._name, writeoff.id)

    def _get_overdue_ids(self):
        """Return the ids of the write-offs to handle, the oldest first."""
        raise NotImplementedError

    def _is_overdue(self, writeoff):
        """Tell whether the write-off, now locked, is still to be handled."""
        return True

    def _handle(self, writeoff):
        raise NotImplementedError
