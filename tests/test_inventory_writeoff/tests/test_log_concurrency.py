import signal
import subprocess
import sys
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.bus.models.bus import BusBus

from .busy_company import BusyCompanyCase

SUBMISSIONS = 50
DIES_WHILE_SEALING = """
import os, signal
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config([], setup_logging=False)
registry = Registry("{database}")
seals = registry["inventory.writeoff.seal"]
insert = seals._insert

def insert_and_die(self, rows):
    insert(self, rows)
    os.kill(os.getpid(), signal.SIGKILL)

seals._insert = insert_and_die
with registry.cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {{}})
    company = env["res.company"].browse({company_id})
    env["inventory.writeoff.event"]._log("tested", {{company: {{}}}})
"""


@tagged("post_install", "-at_install")
class TestLogConcurrency(BusyCompanyCase):
    """The log in real transactions: it stops nobody, and the chain has no gap."""

    def _log(self, count=1):
        with self._open() as env:
            company = env["res.company"].browse(self.company_id)
            for _number in range(count):
                env["inventory.writeoff.event"]._log("tested", {company: {}})

    def _assert_sealed(self):
        """Check that each event is in the chain once, and the chain is whole."""
        self.assertFalse(self._get_unsealed())
        with self._open() as env:
            domain = [("company_id", "=", self.company_id)]
            events = env["inventory.writeoff.event"].search(domain)
            chain = env["inventory.writeoff.seal"].search(domain)
            self.assertEqual(sorted(chain.event_id.ids), sorted(events.ids))
            self.assertEqual(len(chain), len(events))
        return self._assert_chain()

    def _assert_chain(self):
        with self._open() as env:
            domain = [("company_id", "=", self.company_id)]
            chain = env["inventory.writeoff.seal"].search(domain, order="number")
            self.assertEqual(chain.mapped("number"), list(range(1, len(chain) + 1)))
            hashes = ["0" * 64, *chain.mapped("hash")]
            self.assertEqual(chain.mapped("previous_hash"), hashes[:-1])
            return len(chain)

    def test_many_submissions(self):
        """Fifty at once: none fails, all are sealed when they are through."""
        drafts = self._drafts(self._stock(count=SUBMISSIONS), 1)
        # Odoo's bus takes one more connection for each request that ends; a process has
        # 64 of them, too few for fifty requests in the same moment.
        with patch.object(BusBus, "_sendone", lambda *args: None):
            submit = [self._call(draft, "action_submit") for draft in drafts]
            results = self._at_once(*((self.users["asks"], call) for call in submit))
        self.assertEqual(results, ["done"] * SUBMISSIONS)
        self._assert_sealed()
        with self._open() as env:
            writeoffs = env["inventory.writeoff"].browse(drafts)
            kinds = writeoffs.event_ids.mapped("kind")
            self.assertEqual(kinds.count("submitted"), SUBMISSIONS)

    def test_rolled_back_transaction_leaves_nothing(self):
        length = self._assert_sealed()
        with self.assertRaises(ZeroDivisionError), self._open() as env:
            company = env["res.company"].browse(self.company_id)
            env["inventory.writeoff.event"]._log("tested", {company: {}})
            raise ZeroDivisionError
        self.assertEqual(self._assert_sealed(), length)

    def test_event_committed_late(self):
        """An event with a small id that comes after others have been sealed."""
        with self._open() as env:
            company = env["res.company"].browse(self.company_id)
            env["inventory.writeoff.event"]._log("late", {company: {}})
            self._log()
        self._assert_sealed()

    def test_sealer_at_work_elsewhere(self):
        """Who finds another sealer at work leaves it the events, and does not wait."""
        with self._open() as env:
            seals = env["inventory.writeoff.seal"]
            seals._seal(self.company_id)
            self._log()  # in another transaction
            self.assertEqual(len(seals._get_unsealed(self.company_id)), 0)
        self.assertEqual(len(self._get_unsealed()), 1)
        self._run_job()
        self._assert_sealed()

    def test_killed_sealer(self):
        """A process that dies while it seals leaves no lock and no half chain."""
        length = self._assert_sealed()
        code = DIES_WHILE_SEALING.format(
            database=self.database, company_id=self.company_id
        )
        process = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
        )
        self.assertEqual(process.returncode, -signal.SIGKILL, process.stderr[-2000:])
        self.assertEqual(len(self._get_unsealed()), 1)
        self.assertEqual(self._assert_chain(), length)
        self._run_job()
        self.assertEqual(self._assert_sealed(), length + 1)

    def _get_unsealed(self):
        with self._open() as env:
            return env["inventory.writeoff.seal"]._get_unsealed(self.company_id)

    def _run_job(self):
        with self._open() as env:
            env["inventory.writeoff.sealer"]._cron_seal()
