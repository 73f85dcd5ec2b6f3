import os
import signal
import time
import unittest
from contextlib import suppress
from pathlib import Path

import psycopg2

from odoo import sql_db
from odoo.tests import tagged

from .background_case import CHUNK_SIZE, BackgroundCase
from .test_background_faults import in_chunk

PATIENCE = 60


@unittest.skipUnless(
    os.environ.get("WRITEOFF_SERVER_IS_OURS"),
    "WRITEOFF_SERVER_IS_OURS=1 allows to crash the database server: everybody on it "
    "loses the connection",
)
@tagged("post_install", "-at_install")
class TestServerCrash(BackgroundCase):
    """PostgreSQL itself dies and recovers, with all that was not committed lost."""

    def test_server_dies_in_a_chunk(self):
        writeoff_id = self._begin()
        with self._connect() as witness:
            worker = self._start_worker(in_chunk(self._crash))
            worker.wait()
            self._wait_for_server()
            with self.assertRaisesRegex(psycopg2.DatabaseError, "connection"):
                witness.cursor().execute("SELECT 1")
        (done,) = self._read(writeoff_id, "posting_done")
        self.assertEqual(done, CHUNK_SIZE)
        self._assert_whole()
        self.assertEqual(self._work(), 0)
        self._assert_posted(writeoff_id)

    def _crash(self, env):
        """Kill one process of the server: it ends all the others, and recovers."""
        # The server need not wait for the disk here, as it does in real use.
        self._run_sql("CHECKPOINT")
        env.cr.execute("SELECT pg_backend_pid()")
        (pid,) = env.cr.fetchone()
        command = Path(f"/proc/{pid}/cmdline").read_text()
        if not command.startswith("postgres") or self.database not in command:
            raise AssertionError(f"{pid} is no process of the server: {command}")
        os.kill(pid, signal.SIGKILL)

    def _wait_for_server(self):
        sql_db.close_all()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(psycopg2.OperationalError), self._connect():
                return
            time.sleep(0.1)
        raise TimeoutError("the database server did not come back")
