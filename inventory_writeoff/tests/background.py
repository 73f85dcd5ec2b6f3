from contextlib import contextmanager

from odoo import SUPERUSER_ID, api

from .common import WriteoffCommon

CRONS = [f"inventory_writeoff.ir_cron_writeoff_post_{number}" for number in range(1, 5)]


class BackgroundCommon(WriteoffCommon):
    """Write-offs of five items in chunks of two, and verbs to post them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.writeoff_chunk_size = 2
        cls.products = cls.env["product.product"].concat(
            *(cls._create_product(f"Tile {number}") for number in range(5))
        )
        cls.second_finance = cls._create_role_user("second_finance", "finance")
        quants = cls.env["stock.quant"]
        for product in cls.products:
            quants._update_available_quantity(product, cls.stock_location, 10)

    def _approve_five(self, quantity=1, **values):
        lines = [(product, quantity) for product in self.products]
        return self._approve(*lines, **values).with_env(self.env)

    def _start(self, writeoff=None, user=None):
        """Press Post on a large write-off."""
        writeoff = writeoff or self._approve_five()
        writeoff.with_user(user or self.finance).action_post()
        return writeoff

    @contextmanager
    def _worker(self):
        """Enter the transaction of a worker, whose commits are kept."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            yield env["inventory.writeoff.worker"]
        self.env.invalidate_all()

    def _work(self, writeoff, steps):
        """Do some steps: the check of all items first, then a chunk each."""
        with self._worker() as worker:
            return [worker._post_chunk(writeoff.id) for _step in range(steps)]

    def _run_cron(self, name=CRONS[0]):
        with self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def _start_half(self, **values):
        """Return a write-off of which two of five items are posted."""
        writeoff = self._start(self._approve_five(**values))
        self.assertEqual(self._work(writeoff, 2), [True, True])
        return writeoff

    def _assert_stopped(self, writeoff, sentence, done=2):
        self.assertEqual((writeoff.state, writeoff.posting_done), ("posting", done))
        self.assertRegex(writeoff.posting_error or "", sentence)

    def _assert_log_is_whole(self):
        """Check that the database is what the log has seen last."""
        verification = self.env["inventory.writeoff.verification"]
        self.assertEqual(verification._get_content_problems(self.company), [])

    def _assert_ties_out(self):
        self.env.flush_all()
        rows = self.env["inventory.writeoff.tie.out"]._get_tie_out(
            self.company, "2000-01-01", "2100-01-01"
        )
        self.assertTrue(rows)
        self.assertEqual([row["difference"] for row in rows], [0.0] * len(rows))
