from unittest import SkipTest
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config

from .assets import AssetCommon


@tagged("post_install", "-at_install")
class TestAssetQueue(AssetCommon):
    """With the job queue: each chunk is a job, and the asset goes with the last one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "queue.job" not in cls.env.registry:
            raise SkipTest("inventory_writeoff_queue is not installed")

    def setUp(self):
        super().setUp()
        self.company.writeoff_chunk_size = 1
        wide = [*config["server_wide_modules"], "queue_job"]
        self.enterContext(patch.dict(config.options, {"server_wide_modules": wide}))

    def _run_jobs(self, writeoff):
        """Run the jobs as the runner does, and return the asset's status after each."""
        from odoo.addons.queue_job.job import Job

        states = []
        domain = [
            ("identity_key", "=like", f"inventory_writeoff-{writeoff.id}-%"),
            ("state", "=", "pending"),
        ]
        while record := self.env["queue.job"].search(domain, order="id", limit=1):
            job = Job.load(self.env, record.uuid)
            job.set_started()
            job.store()
            job.perform()
            job.set_done()
            job.store()
            self.env.invalidate_all()
            states.append(self.asset.state)
        return states

    def test_asset_goes_with_the_last_job(self):
        product = self._create_product(
            "Chairs", self.category, tracking="lot", standard_price=120.0
        )
        lot = self._create_lot(product, "C1")
        self._receive(product, 10, lot)
        accounts = self.account_stock_valuation, self.account_fixed, self.loss_account
        before = self._balance(*accounts)
        self.asset = self._capitalise(lot, 1200.0)
        vals = {"lot_id": lot.id}
        writeoff = self._approve((product, 4, vals), (product, 6, vals))
        writeoff.with_user(self.finance).action_post()
        # A check of all items, then a chunk each.
        self.assertEqual(self._run_jobs(writeoff), ["open", "open", "removed"])
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(self._changes(before, accounts), [-1200.0, 0.0, 650.0])
        self._assert_tied(writeoff)
        reversal = self._approve_back(writeoff)
        reversal.with_user(self.finance).action_post()
        self.assertEqual(self._run_jobs(reversal), ["removed", "removed", "open"])
        self.assertEqual(self._changes(before, accounts), [-1200.0, 1200.0, 0.0])
        self._assert_tied(reversal)
