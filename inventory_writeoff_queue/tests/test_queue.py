from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.inventory_writeoff.tests.background import BackgroundCommon
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job


@tagged("post_install", "-at_install")
class TestQueue(BackgroundCommon):
    """Chunks are jobs, one after another; five items are a check and three chunks."""

    def setUp(self):
        super().setUp()
        wide = [*config["server_wide_modules"], "queue_job"]
        self.enterContext(patch.dict(config.options, {"server_wide_modules": wide}))

    def _get_jobs(self, writeoff, *states):
        domain = [("identity_key", "=like", f"inventory_writeoff-{writeoff.id}-%")]
        if states:
            domain.append(("state", "in", states))
        return self.env["queue.job"].search(domain, order="id")

    def _run_job(self, record):
        """Run a job as the controller of the runner does, without its commits."""
        job = Job.load(self.env, record.uuid)
        job.set_started()
        job.store()
        job.perform()
        job.set_done()
        job.store()
        self.env.invalidate_all()

    def _run_all(self, writeoff):
        count = 0
        while job := self._get_jobs(writeoff, "pending")[:1]:
            self._run_job(job)
            count += 1
        return count

    def test_submission_is_a_job(self):
        self.company.writeoff_hold_size = 2
        writeoff = self._create_writeoff(*((product, 1) for product in self.products))
        writeoff.action_submit()
        self.assertEqual(writeoff.state, "draft")
        self.assertEqual(self._run_all(writeoff), 1)
        self.assertEqual(writeoff.state, "to_approve", writeoff.step_error)
        self.assertEqual(len(writeoff.sudo().stock_move_ids), 5)

    def test_one_job_at_a_time(self):
        writeoff = self._start()
        job = self._get_jobs(writeoff)
        self.assertRecordValues(
            job,
            [
                {
                    "state": "pending",
                    "channel": "root.writeoff",
                    "method_name": "_job_post_chunk",
                    "max_retries": 0,
                }
            ],
        )
        self._run_job(job)
        self.assertEqual(self._get_jobs(writeoff).mapped("state"), ["done", "pending"])
        self.assertEqual(self._run_all(writeoff), 3)
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(writeoff.value_posted, 50.0)
        self.assertEqual(writeoff.account_move_ids.create_uid, self.finance)
        self._assert_log_is_whole()
        self._assert_ties_out()

    def test_no_job_without_runner(self):
        with patch.dict(config.options, {"server_wide_modules": ["base", "web"]}):
            writeoff = self._start()
            self.assertFalse(self._get_jobs(writeoff))
            self._run_cron()
        self.assertEqual(writeoff.state, "posted")

    def test_a_job_is_not_done_twice(self):
        """A runner that lost sight of a job has it run again."""
        writeoff = self._start()
        first = self._get_jobs(writeoff)
        self._run_job(first)
        self._run_job(first)
        self.assertEqual(len(self._get_jobs(writeoff)), 2)
        second = self._get_jobs(writeoff, "pending")
        self._run_job(second)
        self._run_job(second)
        self.assertEqual(writeoff.posting_done, 2)
        self.assertEqual(self._run_all(writeoff), 2)
        self.assertEqual(writeoff.value_posted, 50.0)

    def test_error_stops_it(self):
        writeoff = self._start()
        self._run_job(self._get_jobs(writeoff))
        self.loss_account.active = False
        self._run_job(self._get_jobs(writeoff, "pending"))
        self._assert_stopped(writeoff, "archived", done=0)
        self.assertFalse(self._get_jobs(writeoff, "pending"))
        self.loss_account.active = True
        writeoff.with_user(self.second_finance).action_retry()
        # Nothing was posted: all items are checked again, then come three chunks.
        self.assertEqual(self._run_all(writeoff), 4)
        self.assertEqual(writeoff.state, "posted")

    def test_somebody_else_at_work(self):
        """The job comes again: the write-off is not left alone."""
        writeoff = self._start()
        job = self._get_jobs(writeoff)
        worker = self.env.registry["inventory.writeoff.worker"]
        nobody = writeoff.browse()
        with (
            patch.object(worker, "_lock", lambda *args: nobody),
            self.assertRaisesRegex(RetryableJobError, "Somebody else works on"),
        ):
            self._run_job(job)

    def test_lost_job(self):
        """The scheduled action makes the job again, and only if there is none."""
        writeoff = self._start()
        self._run_cron()
        self.assertEqual(len(self._get_jobs(writeoff)), 1)
        self._get_jobs(writeoff).state = "failed"
        self._run_cron()
        self.assertEqual(len(self._get_jobs(writeoff, "pending")), 1)
        self.assertEqual(self._run_all(writeoff), 4)
        self.assertEqual(writeoff.state, "posted")
