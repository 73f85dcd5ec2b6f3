import logging
import os
import socket
import threading
import time
from contextlib import closing
from functools import partial

from psycopg2.errors import DiskFull

from odoo import fields, sql_db
from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import tagged

from .background_case import CHUNK_SIZE, LINES, PRICE, BackgroundCase
from .processes import KILLED, die

DOCUMENT = "inventory.writeoff"
POSTING = "inventory.writeoff.posting"


def at_chunk(number, model, method, fault, after=True):
    """Return what makes a fault happen once, around a method of the n-th chunk."""

    def prepare(registry):
        original = getattr(registry[model], method)
        calls = []

        def call(self, *args, **kwargs):
            result = original(self, *args, **kwargs) if after else None
            calls.append(1)
            if len(calls) == number:
                prepare.happened = True
                fault(self.env)
            return result if after else original(self, *args, **kwargs)

        setattr(registry[model], method, call)
        logging.getLogger("odoo").setLevel(logging.CRITICAL)

    prepare.happened = False
    return prepare


class TriedAgain(logging.Handler):
    """Notes that Odoo has tried a transaction again in that process."""

    happened = False

    def __call__(self, registry):
        logger = logging.getLogger("odoo.service.model")
        logger.setLevel(logging.INFO)
        logger.addHandler(self)

    def emit(self, record):
        self.happened = self.happened or "tries left" in record.getMessage()


# The goods have moved and the entry is there; nothing is committed.
in_chunk = partial(at_chunk, 2, DOCUMENT, "_check_chunk_value")
# The transaction has begun, and the goods of the chunk are not locked yet.
before_lock = partial(at_chunk, 3, DOCUMENT, "_check_can_go_on", after=False)
# The goods of the chunk are locked, and have not moved.
before_moves = partial(at_chunk, 2, POSTING, "_post_lines", after=False)
# A chunk is committed (the first step is the check of all items).
between_chunks = partial(at_chunk, 2, "ir.cron", "_commit_progress", after=False)


@tagged("post_install", "-at_install")
class TestBackgroundFaults(BackgroundCase):
    """Whatever happens to a worker, the others end what it began, once."""

    def _assert_done(self, writeoff_id, chunks):
        """Check what is committed now."""
        (done,) = self._read(writeoff_id, "posting_done")
        self.assertEqual(done, min(chunks * CHUNK_SIZE, LINES))
        self._assert_whole()

    def test_undisturbed(self):
        writeoff_id = self._begin()
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def test_killed_in_a_chunk(self):
        writeoff_id = self._begin()
        self.assertEqual(self._work(in_chunk(lambda env: die())), KILLED)
        self._assert_done(writeoff_id, 1)
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def test_killed_between_chunks(self):
        writeoff_id = self._begin()
        self.assertEqual(self._work(between_chunks(lambda env: die())), KILLED)
        self._assert_done(writeoff_id, 1)
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def test_killed_in_the_last_chunk_again_and_again(self):
        writeoff_id = self._begin()
        for _time in range(3):
            fault = at_chunk(1, DOCUMENT, "_finish_posting", lambda env: die())
            self.assertEqual(self._work(fault), KILLED)
        self.assertEqual(self._read(writeoff_id, "state"), ("posting",))
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def test_backend_terminated(self):
        """As when the database is restarted: the session ends in the middle."""
        writeoff_id = self._begin()
        self.assertEqual(self._work(in_chunk(self._terminate)), 0)
        self._assert_done(writeoff_id, 1)
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def _terminate(self, env):
        env.cr.execute("SELECT pg_backend_pid()")
        (pid,) = env.cr.fetchone()
        with self.registry.cursor() as cr:
            cr.execute("SELECT pg_terminate_backend(%s)", (pid,))

    def test_server_restarted(self):
        """All sessions end in the middle, and nobody gets in for a while."""

        def restart(env):
            self._run_sql("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.database)
            with closing(sql_db.db_connect("postgres").cursor()) as cr:
                cr.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = %s",
                    (self.database,),
                )

        writeoff_id = self._begin()
        worker = self._start_worker(in_chunk(restart))
        # The server may be gone longer than a worker asks for it.
        worker.wait()
        self._run_sql("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.database)
        sql_db.close_db(self.database)
        self._assert_done(writeoff_id, 1)
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def test_connection_lost(self):
        def cut(env):
            connection = socket.socket(fileno=os.dup(env.cr._cnx.fileno()))
            connection.shutdown(socket.SHUT_RDWR)

        writeoff_id = self._begin()
        self.assertEqual(self._work(in_chunk(cut)), 0)
        self._assert_done(writeoff_id, 1)
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def test_serialization_failure(self):
        """More of the same goods comes in between: the chunk is done again, at once."""

        def receive(env):
            line = env[DOCUMENT].browse(writeoff_id).line_ids[CHUNK_SIZE]
            with self._open() as other:
                other["stock.quant"]._update_available_quantity(
                    other["product.product"].browse(line.product_id.id),
                    other["stock.location"].browse(self.location_id),
                    5,
                )

        writeoff_id = self._begin()
        self.assertEqual(self._work(before_lock(receive), TriedAgain()), 0)
        self._assert_posted(writeoff_id)

    def test_deadlock(self):
        """Somebody holds what the chunk wants and wants what the chunk holds."""

        def cross(env):
            moves = env[DOCUMENT].browse(writeoff_id).sudo().stock_move_ids
            has_moves, waits = threading.Event(), threading.Event()

            def other():
                with self._open() as there:
                    # The chunk notices first, and is the one that gives way.
                    there.cr.execute("SET LOCAL deadlock_timeout = '1min'")
                    there.cr.execute(
                        "SELECT id FROM stock_move WHERE id IN %s FOR UPDATE",
                        (tuple(moves.ids),),
                    )
                    has_moves.set()
                    waits.wait(10)
                    there.cr.execute(
                        "UPDATE inventory_writeoff SET write_date = write_date "
                        "WHERE id = %s",
                        (writeoff_id,),
                    )
                    there.cr.rollback()

            threading.Thread(target=other, daemon=True).start()
            has_moves.wait(10)
            waits.set()
            time.sleep(0.2)

        writeoff_id = self._begin()
        self.assertEqual(self._work(before_moves(cross), TriedAgain()), 0)
        self._assert_posted(writeoff_id)

    def test_disk_full(self):
        """The commit of a chunk fails: nothing of it is there, and it is done later."""
        failed = []
        commit = Cursor.commit

        def fail_once(cr):
            if not failed:
                failed.append(1)
                cr.flush()
                raise DiskFull("could not extend file: No space left on device")
            commit(cr)

        def fill(env):
            Cursor.commit = fail_once

        writeoff_id = self._begin()
        self.assertEqual(self._work(in_chunk(fill)), 0)
        # The next scheduled action has gone on where the first one failed.
        self._assert_posted(writeoff_id)

    def test_two_workers(self):
        """Two documents and two workers: side by side, and nothing twice."""
        writeoff_ids = [self._begin(), self._begin()]
        workers = [self._start_worker(), self._start_worker()]
        self.assertEqual([worker.wait() for worker in workers], [0, 0])
        self._work()
        self._assert_posted(*writeoff_ids)

    def test_clock_set_back(self):
        def set_back(env):
            long_ago = fields.Datetime.now().replace(year=2020)
            fields.Datetime.now = staticmethod(lambda *args: long_ago)
            fields.Date.context_today = staticmethod(
                lambda record, timestamp=None: long_ago.date()
            )

        writeoff_id = self._begin()
        (day,) = self._read(writeoff_id, "posting_date")
        self.assertEqual(self._work(before_moves(set_back)), 0)
        self._assert_posted(writeoff_id)
        self.assertEqual(self._read(writeoff_id, "accounting_date"), (day,))

    def test_people_interfere(self):
        """What people do half-way stops it in words; when it is mended, it goes on."""
        for name, sentence, do, undo in (
            ("lock date", "is locked by", self._lock, self._unlock),
            ("account", "archived", self._archive, self._unarchive),
            ("user", "deactivated", self._deactivate, self._activate),
        ):
            with self.subTest(name):
                writeoff_id = self._begin()
                self._work(between_chunks(lambda env: die()))
                with self._open() as env:
                    do(env)
                status = self._work()
                with self._open() as env:
                    undo(env)
                self.assertEqual(status, 0)
                (error,) = self._read(writeoff_id, "posting_error")
                self.assertRegex(error or "", sentence)
                self._assert_done(writeoff_id, 1)
                self._act("posts_too", "action_retry", writeoff_id)
                self.assertEqual(self._work(), 0)
                self._assert_posted(writeoff_id)

    def _lock(self, env):
        company = env["res.company"].browse(self.company_id)
        company.fiscalyear_lock_date = fields.Date.today()

    def _unlock(self, env):
        env["res.company"].browse(self.company_id).fiscalyear_lock_date = False

    def _archive(self, env):
        company = env["res.company"].browse(self.company_id)
        company.writeoff_loss_account_id.active = False

    def _unarchive(self, env):
        company = env["res.company"].browse(self.company_id)
        company.writeoff_loss_account_id.active = True

    def _deactivate(self, env):
        env["res.users"].browse(self.users["posts"]).active = False

    def _activate(self, env):
        env["res.users"].browse(self.users["posts"]).active = True

    def test_cancelled_half_way(self):
        writeoff_id = self._begin()
        self._work(between_chunks(lambda env: die()))
        with self.assertRaisesRegex(UserError, "is being posted"):
            self._act("asks", "action_cancel", writeoff_id)
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def test_counted_half_way(self):
        """A count finds an item gone: the rest is approved again, as a draft."""
        writeoff_id = self._begin()
        self._work(between_chunks(lambda env: die()))
        with self._open() as env:
            writeoff = env[DOCUMENT].browse(writeoff_id)
            quants = env["stock.quant"].search(
                [
                    ("product_id", "=", writeoff.line_ids[-1].product_id.id),
                    ("location_id", "=", self.location_id),
                ]
            )
            quants.inventory_quantity = 0
            quants.action_apply_inventory()
        self.assertEqual(self._work(), 0)
        (error,) = self._read(writeoff_id, "posting_error")
        self.assertRegex(error, "found less than is held")
        self._act("posts", "action_close", writeoff_id)
        with self._open() as env:
            writeoff = env[DOCUMENT].browse(writeoff_id)
            self.assertEqual(writeoff.state, "partly_posted")
            self._assert_totals(writeoff, CHUNK_SIZE)
            left = LINES - CHUNK_SIZE
            self.assertEqual(len(writeoff.rest_id.line_ids), left)
            self.assertEqual(writeoff.rest_id.value, (left - 1) * PRICE)
        self._assert_whole()
