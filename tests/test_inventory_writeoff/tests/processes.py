import os
import signal
import sys
import time
import traceback

from odoo import sql_db

# Seconds; full-size write-offs take longer.
TIME_LIMIT = 120 + int(os.environ.get("WRITEOFF_FAULT_LINES", 0)) // 10
KILLED = -signal.SIGKILL


class Process:
    """A process of its own that does some work; it can be killed like any other."""

    def __init__(self, work, *args):
        sys.stdout.flush()
        self.pid = os.fork()
        if not self.pid:
            self._run(work, args)

    def _run(self, work, args):
        status = 1
        try:
            forget_connections()
            work(*args)
            status = 0
        except BaseException:  # noqa: BLE001 - the parent looks at the status
            traceback.print_exc()
        finally:
            # Nothing of the test is to run here, not even at the exit.
            os._exit(status)

    def wait(self):
        """Return its status as `subprocess` does: negative if it was killed."""
        end = time.monotonic() + TIME_LIMIT
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise TimeoutError("a process of a test did not end")


def forget_connections():
    """Leave the connections of the parent alone: they are the parent's."""
    for pool in (sql_db._Pool, sql_db._Pool_readonly):
        if pool is not None:
            pool._connections.clear()


def die():
    os.kill(os.getpid(), signal.SIGKILL)
