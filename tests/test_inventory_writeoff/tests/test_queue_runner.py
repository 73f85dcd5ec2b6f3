import os
import signal
import socket
import subprocess
import sys
import time
import unittest
from unittest.mock import patch

from odoo.modules.module import Manifest
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tools import config

from .background_case import CHUNK_SIZE, LINES, BackgroundCase

ADD_ON = "inventory_writeoff_queue"
SERVER = "import odoo.cli; odoo.cli.main()"
RUNNER = {
    "ODOO_QUEUE_JOB_CHANNELS": "root:4,root.writeoff:2",
    # The runner calls its own server, not the machine's proxy.
    "NO_PROXY": "127.0.0.1,localhost",
}
TIME_LIMIT = 120
STEPS = 1 + -(-LINES // CHUNK_SIZE)


@unittest.skipUnless(Manifest.for_addon("queue_job"), "OCA's queue_job is not there")
@tagged("post_install", "-at_install")
class TestQueueRunner(BackgroundCase):
    """A server with the job runner and two workers posts two write-offs."""

    @classmethod
    def _load_registry(cls):
        with patch.dict(config.options, {"test_enable": False}):
            return Registry.new(cls.database, install_modules=[ADD_ON])

    def _begin_all(self, count):
        """Begin as on a server that has the job runner."""
        wide = [*config["server_wide_modules"], "queue_job"]
        with patch.dict(config.options, {"server_wide_modules": wide}):
            return [self._begin() for _number in range(count)]

    def _start_server(self):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            second.bind(("127.0.0.1", 0))
            ports = [first.getsockname()[1], second.getsockname()[1]]
        command = [
            sys.executable,
            "-c",
            SERVER,
            "server",
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            f"--http-port={ports[0]}",
            f"--gevent-port={ports[1]}",
            "--http-interface=127.0.0.1",
            "--workers=2",
            "--max-cron-threads=0",
            "--load=base,web,rpc,queue_job",
            "--log-level=warn",
        ]
        server = subprocess.Popen(
            command,
            env={**os.environ, **RUNNER},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.addCleanup(self._end, server)
        return server

    def _end(self, server):
        """End the server with all its processes."""
        try:
            os.killpg(server.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        server.wait()

    def _wait(self, server, is_reached):
        end = time.monotonic() + TIME_LIMIT
        while not is_reached():
            self.assertIsNone(server.poll(), "the server has ended")
            self.assertLess(time.monotonic(), end, self._read_jobs())
            time.sleep(0.2)

    def _read_jobs(self):
        with self._open() as env:
            jobs = env["queue.job"].search([], order="id")
            return [
                (job.identity_key, job.state, job.worker_pid, job.exc_message)
                for job in jobs
            ]

    def _read_workers(self):
        """Return the ids of the processes that have taken a job."""
        return {pid for _key, _state, pid, _error in self._read_jobs() if pid}

    def _count(self, writeoff_ids, state):
        with self._open() as env:
            writeoffs = env["inventory.writeoff"].browse(writeoff_ids)
            return len(writeoffs.filtered(lambda w: w.state == state))

    def test_two_write_offs(self):
        """All servers are killed after the first chunk; the next ones go on."""
        writeoff_ids = self._begin_all(2)
        server = self._start_server()
        self._wait(server, lambda: self._get_done(writeoff_ids))
        self._end(server)
        ended = self._read_workers()
        self._forget_time()
        server = self._start_server()
        self._wait(server, lambda: self._count(writeoff_ids, "posted") == 2)
        self._end(server)
        self._assert_posted(*writeoff_ids)
        keys = {key for key, *_rest in self._read_jobs()}
        self.assertEqual(len(keys), 2 * STEPS)
        self.assertEqual(len(self._read_workers() - ended), 2, self._read_jobs())

    def _get_done(self, writeoff_ids):
        with self._open() as env:
            writeoffs = env["inventory.writeoff"].browse(writeoff_ids)
            return sum(writeoffs.mapped("posting_done"))

    def _forget_time(self):
        """Let the runner find dead jobs at once, not after ten seconds."""
        with self._open() as env:
            env.cr.execute(
                "UPDATE queue_job SET date_enqueued = date_enqueued - interval '1 min'"
            )
