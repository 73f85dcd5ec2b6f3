import os

from odoo.addons.base.models.ir_cron import IrCron

from .busy_company import BusyCompanyCase
from .processes import Process

# Reduced where every change is tested; WRITEOFF_FAULT_LINES=10000 for the full size.
LINES = int(os.environ.get("WRITEOFF_FAULT_LINES", "6"))
CHUNK_SIZE = int(os.environ.get("WRITEOFF_FAULT_CHUNK", str(-(-LINES // 3))))
PRICE = 10.0


class BackgroundCase(BusyCompanyCase):
    """Large write-offs in a database of their own, posted by processes of their own."""

    roles = {
        "asks": "user",
        "decides": "approver",
        "posts": "finance",
        "posts_too": "finance",
    }

    @classmethod
    def prepare_company(cls, env):
        env.company.writeoff_chunk_size = CHUNK_SIZE
        env.company.writeoff_hold_size = LINES
        checks = env["inventory.writeoff.check"]
        checks.search([("severity", "=", "review")]).severity = "inform"
        crons = env["ir.cron"].search([])
        cls.cron_ids = env["inventory.writeoff.worker"]._get_crons().ids
        # Only what posts is to run.
        (crons - crons.browse(cls.cron_ids)).active = False

    def _begin(self):
        """Return the id of a write-off that waits to be posted in the background."""
        product_ids = self._stock(count=LINES)
        writeoff_id = self._draft_of(product_ids)
        self._act("asks", "action_submit", writeoff_id)
        self._act("decides", "action_approve", writeoff_id)
        self._act("posts", "action_post", writeoff_id)
        return writeoff_id

    def _draft_of(self, product_ids):
        (writeoff_id,) = self._drafts(product_ids[:1], 1)
        with self._open(self.users["asks"]) as env:
            env["inventory.writeoff.line"].create(
                [
                    {"writeoff_id": writeoff_id, "product_id": id_, "quantity": 1}
                    for id_ in product_ids[1:]
                ]
            )
        return writeoff_id

    def _work(self, *faults):
        """Run the scheduled actions that are due in a process of its own.

        :param faults: called in that process before, with its registry
        :return: the status of the process
        """
        return self._start_worker(*faults).wait()

    def _start_worker(self, *faults):
        self._make_due()
        return Process(self._run_worker, faults)

    def _run_worker(self, faults):
        for fault in faults:
            fault(self.registry)
        IrCron._process_jobs(self.database)
        if not all(fault.happened for fault in faults):
            raise AssertionError("the fault did not happen")

    def _make_due(self):
        """Let pass the time until the scheduled actions run again."""
        with self._open() as env:
            env.cr.execute(
                "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' "
                "- interval '1 day' WHERE id IN %s",
                (tuple(self.cron_ids),),
            )

    def _read(self, writeoff_id, *names):
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            return tuple(writeoff[name] for name in names)

    def _assert_posted(self, *writeoff_ids):
        """Check that all is as if nothing had happened: once, whole, and logged."""
        for writeoff_id in writeoff_ids:
            with self._open() as env:
                writeoff = env["inventory.writeoff"].browse(writeoff_id)
                self.assertEqual(writeoff.state, "posted", writeoff.posting_error)
                self._assert_totals(writeoff, LINES)
        self._assert_whole()

    def _assert_totals(self, writeoff, count):
        moves = writeoff.stock_move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(len(moves), count)
        self.assertEqual(len(moves.writeoff_line_id), count)
        self.assertEqual(sum(moves.mapped("value")), count * PRICE)
        self.assertEqual(writeoff.value_posted, count * PRICE)
        self.assertEqual(writeoff.posting_done, count)
        entries = writeoff.account_move_ids
        self.assertEqual(set(entries.mapped("state")), {"posted"})
        self.assertEqual(sum(entries.mapped("amount_total")), count * PRICE)
        self.assertEqual(len(entries), -(-count // CHUNK_SIZE))
        self.assertEqual(moves.account_move_id, entries)
        events = writeoff.event_ids.filtered(lambda e: e.kind == "chunk_posted")
        self.assertEqual(len(events), len(entries))

    def _assert_whole(self):
        """Check that stock, held goods, ledger and log agree."""
        with self._open() as env:
            env["inventory.writeoff.sealer"]._cron_seal()
        with self._open() as env:
            company = env["res.company"].browse(self.company_id)
            found = env["inventory.writeoff.verification"]._verify(company)
            self.assertEqual((found["unsealed"], found["problems"]), (0, []))
            rows = env["inventory.writeoff.tie.out"]._get_tie_out(
                company, "2000-01-01", "2100-01-01"
            )
            self.assertFalse({row["difference"] for row in rows} - {0.0})
            env.cr.execute(
                """
                SELECT quant.id
                  FROM stock_quant quant
                  JOIN stock_location location ON location.id = quant.location_id
             LEFT JOIN stock_move_line line
                    ON line.product_id = quant.product_id
                   AND line.location_id = quant.location_id
                   AND line.state NOT IN ('done', 'cancel')
                 WHERE location.usage = 'internal' AND quant.company_id = %s
              GROUP BY quant.id
                HAVING quant.quantity < 0 OR quant.reserved_quantity
                       != COALESCE(SUM(line.quantity_product_uom), 0)
                """,
                (self.company_id,),
            )
            self.assertEqual(env.cr.fetchall(), [])
