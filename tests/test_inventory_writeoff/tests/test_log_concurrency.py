import signal
import subprocess
import sys
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.bus.models.bus import BusBus

from .own_database import OwnDatabaseCase

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
class TestLogConcurrency(OwnDatabaseCase):
    """The log in real transactions: it stops nobody, and the chain has no gap."""

    @classmethod
    def prepare(cls, env):
        company = env["res.company"].create({"name": "Logged Company"})
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        env.user.write({"company_ids": [Command.link(company.id)]})
        env = env(context={"allowed_company_ids": company.ids})
        cls.company_id = company.id
        cls.requester_id, _approver_id = (
            new_test_user(
                env,
                login,
                groups=f"inventory_writeoff.group_writeoff_{role}",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            ).id
            for login, role in (("asks", "user"), ("decides", "approver"))
        )
        company.writeoff_loss_account_id = env["account.account"].create(
            {"code": "WOLOSS", "name": "Losses", "account_type": "expense"}
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)])
        cls.location_id = warehouse.lot_stock_id.id

    def _create_drafts(self, count):
        with self._open() as env:
            products = env["product.product"].create(
                [{"name": f"Goods {i}", "is_storable": True} for i in range(count)]
            )
            location = env["stock.location"].browse(self.location_id)
            for product in products:
                env["stock.quant"]._update_available_quantity(product, location, 10)
        with self._open(self.requester_id) as env:
            drafts = env["inventory.writeoff"].create(
                [
                    {
                        "reason_id": env.ref("inventory_writeoff.reason_damage").id,
                        "disposal_method_id": env.ref(
                            "inventory_writeoff.disposal_method_destroy"
                        ).id,
                        "location_id": self.location_id,
                        "line_ids": [
                            Command.create({"product_id": product.id, "quantity": 1})
                        ],
                    }
                    for product in products
                ]
            )
            return drafts.ids

    def _submit(self, writeoff_id):
        def submit(env):
            env["inventory.writeoff"].browse(writeoff_id).action_submit()
            return "done"

        return self.requester_id, submit

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
        drafts = self._create_drafts(SUBMISSIONS)
        # Odoo's bus takes one more connection for each request that ends; a process has
        # 64 of them, too few for fifty requests in the same moment.
        with patch.object(BusBus, "_sendone", lambda *args: None):
            results = self._at_once(*map(self._submit, drafts))
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
