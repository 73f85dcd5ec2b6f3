import logging

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, models
from odoo.tools import config

from odoo.addons.queue_job.exception import RetryableJobError

_logger = logging.getLogger(__name__)

# Seconds until a job tries again that met somebody else at work, or a database in
# trouble.
PAUSE = 10
# Jobs in these states still lead to the next chunk.
LIVE_STATES = ("wait_dependencies", "pending", "enqueued", "started")


class InventoryWriteoffWorker(models.AbstractModel):
    """Each chunk of a large write-off is a job, which leaves the next one behind.

    A chunk and the job of the next one are committed together, so that the chain never
    breaks and never forks: a job knows which step of the posting it is for, and does
    nothing if that was done. The scheduled actions see to what lost its job for some
    other reason.
    """

    _inherit = "inventory.writeoff.worker"

    @api.model
    def _wake(self, writeoffs):
        if not self._has_runner():
            return super()._wake(writeoffs)
        return self._enqueue(writeoffs)

    @api.model
    def _cron_post(self):
        if not self._has_runner():
            return super()._cron_post()
        waiting = self.env["inventory.writeoff"].search(self._get_waiting_domain())
        return self._enqueue(waiting - self._get_with_job(waiting))

    def _has_runner(self):
        """Tell whether this server has the job runner loaded: else nobody runs jobs."""
        return "queue_job" in config["server_wide_modules"]

    def _enqueue(self, writeoffs):
        # Jobs are the system's; each judges the rights of who posts when it runs.
        worker = self.with_user(SUPERUSER_ID)
        for writeoff in writeoffs:
            job = worker.with_delay(
                identity_key=self._get_job_key(writeoff),
                description=self.env._("Post write-off %(name)s", name=writeoff.name),
                max_retries=0,
            )
            job._job_post_chunk(writeoff.id, self._get_step(writeoff))

    def _get_step(self, writeoff):
        """Return the number of steps that are done: the check, and chunks."""
        writeoff = writeoff.sudo()
        return writeoff.posting_chunk + int(writeoff.posting_checked)

    def _get_job_key(self, writeoff):
        return f"inventory_writeoff-{writeoff.id}-{self._get_step(writeoff)}"

    def _get_with_job(self, writeoffs):
        """Return the write-offs whose next step has a job that is alive."""
        keys = {self._get_job_key(writeoff): writeoff.id for writeoff in writeoffs}
        jobs = self.env["queue.job"].search(
            [("identity_key", "in", list(keys)), ("state", "in", LIVE_STATES)]
        )
        return writeoffs.browse({keys[job.identity_key] for job in jobs})

    @api.model
    def _job_post_chunk(self, writeoff_id, step):
        """Do a step of the posting, in the transaction of the job."""
        writeoff = self.env["inventory.writeoff"].browse(writeoff_id)
        if not self._is_due(writeoff, step):
            return
        if not self._lock(writeoff_id):
            raise RetryableJobError(
                f"Somebody else works on {writeoff.name}",
                seconds=PAUSE,
                ignore_retry=True,
            )
        if self._post_in_job(writeoff_id):
            self._enqueue(writeoff)

    def _is_due(self, writeoff, step):
        waiting = writeoff.exists().filtered_domain(self._get_waiting_domain())
        return bool(waiting) and self._get_step(waiting) == step

    def _post_in_job(self, writeoff_id):
        """Post the chunk, and tell whether more is left; what is wrong stops it."""
        try:
            with self.env.cr.savepoint():
                return self._try_chunk(writeoff_id)
        except TransactionRollbackError:
            # A conflict with others: the job queue begins the job again.
            raise
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise RetryableJobError(str(error), PAUSE, ignore_retry=True) from error
        except Exception as error:  # noqa: BLE001 - it stops this write-off, in words
            self._stop(writeoff_id, error)
            return False
