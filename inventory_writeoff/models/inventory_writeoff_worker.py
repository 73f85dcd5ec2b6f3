import logging
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import retrying

from .inventory_writeoff_background import ApprovalVoid

_logger = logging.getLogger(__name__)

# What the scheduled actions run that post in the background. Odoo lets one worker run
# a scheduled action at a time: as many as there are of them work side by side.
CODE = "model._cron_post()"
PAUSE = timedelta(minutes=1)


class InventoryWriteoffWorker(models.AbstractModel):
    """Posts large write-offs, chunk after chunk, each in a transaction of its own.

    The row of the write-off is locked while a chunk of it is posted, so that it has one
    worker at a time, on whichever server; a worker that finds it locked takes another
    one. What is left to do is read from the database each time: whatever kills a worker
    leaves nothing behind but a chunk that was not begun.
    """

    _name = "inventory.writeoff.worker"
    _description = "Worker That Posts Write-Offs"

    @api.model
    def _wake(self, writeoffs):
        """Have these write-offs posted as soon as this transaction is committed."""
        for cron in self._get_crons():
            cron._trigger()

    def _get_crons(self):
        # Whoever posts has no right on scheduled actions.
        crons = self.env["ir.cron"].sudo()
        return crons.search([("model_id.model", "=", self._name), ("code", "=", CODE)])

    @api.model
    def _cron_post(self):
        """Post chunks until nothing is left that nobody else posts, or time is up."""
        commit = self.env["ir.cron"]._commit_progress
        seen = []
        while writeoff_id := self._get_next_id(seen):
            seen.append(writeoff_id)
            while self._post_chunk(writeoff_id):
                if not commit(1, remaining=self._count_chunks()):
                    return
        commit(remaining=0)

    def _get_next_id(self, seen):
        domain = [*self._get_waiting_domain(), ("id", "not in", seen)]
        return self.env["inventory.writeoff"].search(domain, order="id", limit=1).id

    def _get_waiting_domain(self):
        return [("state", "=", "posting"), ("posting_error", "=", False)]

    def _count_chunks(self):
        waiting = self.env["inventory.writeoff"].search(self._get_waiting_domain())
        return sum(writeoff._count_chunks_left() for writeoff in waiting)

    @api.model
    def _post_chunk(self, writeoff_id):
        """Post the next chunk and commit it.

        :return: whether more of the write-off can be posted now, by this worker
        """
        try:
            return retrying(partial(self._try_chunk, writeoff_id), self.env)
        except psycopg2.OperationalError:
            # The database is busy or full, or gone: then this fails, too, and the
            # scheduled action or its fallback begins again.
            self.env.cr.rollback()
            _logger.warning("Write-off %s: posted later", writeoff_id, exc_info=True)
            self._postpone()
        except psycopg2.InterfaceError:
            # The connection is lost, and with it what was not committed.
            raise
        except Exception as error:  # noqa: BLE001 - it stops this write-off, in words
            self.env.cr.rollback()
            retrying(partial(self._stop, writeoff_id, error), self.env)
        return False

    def _try_chunk(self, writeoff_id):
        writeoff = self._lock(writeoff_id)
        return bool(writeoff) and writeoff._as_poster()._post_next_chunk()

    def _lock(self, writeoff_id):
        """Return the write-off if it is to be posted, and nobody else does it now."""
        writeoff = self.env["inventory.writeoff"].browse(writeoff_id)
        locked = writeoff.try_lock_for_update(allow_referencing=True)
        return locked.filtered_domain(self._get_waiting_domain())

    def _stop(self, writeoff_id, error):
        if writeoff := self._lock(writeoff_id):
            writeoff = writeoff._for_poster()
            message = self._get_words(error)
            if isinstance(error, ApprovalVoid):
                writeoff._void_approval(message)
            else:
                writeoff._stop_posting(message)

    def _get_words(self, error):
        if isinstance(error, (UserError, AccessError)):
            return str(error)
        _logger.error("Posting a write-off failed", exc_info=error)
        return self.env._(
            "Something unexpected happened: %(error)s. Nothing of this chunk was "
            "posted. The log of the server says more to an administrator.",
            error=f"{type(error).__name__}: {error}",
        )

    def _postpone(self):
        """Have the same scheduled action try again soon."""
        at = fields.Datetime.now() + PAUSE
        for cron in self._get_crons().browse(self.env.context.get("cron_id", [])):
            cron._trigger(at)
        self.env.cr.commit()  # pylint: disable=invalid-commit
