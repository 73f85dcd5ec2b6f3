"""A private PostgreSQL cluster: one socket in a folder of its own, no network.

Several commands may use it at once. The first starts it and the last stops it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from .errors import StepFailed, explain
from .run import Run, need_tool, read_from, tail

USER = "odoo"
# nobody: PostgreSQL refuses to run as root
SERVER_ID = 65534
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "synchronous_commit": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "shared_buffers": "256MB",
    # containers give little shared memory, which is what parallel queries use
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}
# The databases here can all be made again, so nobody waits for the disk. What is left
# when the machine goes down meanwhile is not trusted: see `was_cut_off`.
FAST = {"fsync": "off", "full_page_writes": "off"}
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
RUNNING_SINCE = "running_since_boot"


class Cluster:
    """The cluster below `folder`, run with the `programs` of a PostgreSQL."""

    def __init__(self, run: Run, folder: Path, programs: Path):
        self.run = run
        self.folder = folder
        self.programs = programs
        self.state = folder / "state"
        self.data = self.state / "data"
        self.log = self.state / "server.log"

    @property
    def env(self) -> dict[str, str]:
        """What leads a client to this server."""
        path = f"{self.programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {"PGHOST": str(self.state), "PGUSER": USER, "PATH": path}

    @contextmanager
    def running(self) -> Iterator[tuple[dict[str, str], bool]]:
        """A running server; yields its environment and whether only we use it."""
        locks = self.run.cache.home / "locks"
        with open(locks / "postgres-users", "w") as users:
            with self.run.cache.lock("postgres-start"):
                alone = _try_lock(users)
                self._start()
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield self.env, alone
            finally:
                with self.run.cache.lock("postgres-start"):
                    fcntl.flock(users, fcntl.LOCK_UN)
                    if _try_lock(users):
                        self._stop()

    def _start(self) -> None:
        if was_cut_off(self.state):
            self.run.say("The machine went down meanwhile: databases are made again.")
            shutil.rmtree(self.state)
        if not self.data.exists():
            self._create()
        if self._is_running():
            return
        try:
            self._launch()
        except StepFailed:
            if not drop_stale_lock(self.data):
                raise
            self._launch()

    def _create(self) -> None:
        self._own_folder()
        new = self.state / "new"
        shutil.rmtree(new, ignore_errors=True)
        options = ["-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        self._call("initdb", "-D", new, *options)
        new.rename(self.data)

    def _own_folder(self) -> None:
        self.state.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.state, SERVER_ID, SERVER_ID)

    def _launch(self) -> None:
        settings = {**SETTINGS, "unix_socket_directories": self.state}
        if boot := boot_id():
            settings.update(FAST)
            (self.state / RUNNING_SINCE).write_text(boot)
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        start = self.log.stat().st_size if self.log.exists() else 0
        try:
            argv = ("-s", "-w", "-l", self.log, "-o", options, "start")
            self._call("pg_ctl", "-D", self.data, *argv)
        except StepFailed as failure:
            said = read_from(self.log, start) if self.log.exists() else ""
            sentence = explain(said) or failure.args[0]
            raise StepFailed(sentence, self.log, tail(said)) from failure

    def _is_running(self) -> bool:
        try:
            self._call("pg_ctl", "-D", self.data, "status")
        except StepFailed:
            return False
        return True

    def _stop(self) -> None:
        self._call("pg_ctl", "-D", self.data, "-s", "-w", "-m", "fast", "stop")
        os.sync()
        (self.state / RUNNING_SINCE).unlink(missing_ok=True)

    def _call(self, program: str, *arguments: str | Path) -> None:
        argv = [*as_server(), self.programs / program, *arguments]
        env = {**os.environ, "HOME": "/", "LC_ALL": "C.UTF-8"}
        log = self.run.logs / "postgres.log"
        self.run.call(argv, "Starting PostgreSQL", env=env, cwd=self.state, log=log)

    @staticmethod
    def stop_leftover(folder: Path) -> None:
        """End the server of a cluster whose cache is gone."""
        with suppress(OSError, ValueError, IndexError):
            number = _pid_in(folder / "state" / "data")
            if _is_server_of(number, folder / "state" / "data"):
                os.kill(number, signal.SIGINT)
                time.sleep(2)


def boot_id() -> str:
    """What is another one after every start of the machine; empty where unknown."""
    return BOOT_ID.read_text() if BOOT_ID.exists() else ""


def was_cut_off(state: Path) -> bool:
    """Whether the machine went down while a server ran there without its disk."""
    marker = state / RUNNING_SINCE
    return marker.exists() and marker.read_text() != boot_id()


def as_server() -> list[str]:
    """What goes before a server program: as root, a way to be someone else."""
    if os.geteuid() != 0:
        return []
    setpriv = need_tool("setpriv", "to run PostgreSQL, which refuses to run as root")
    ids = [f"--reuid={SERVER_ID}", f"--regid={SERVER_ID}", "--clear-groups"]
    return [setpriv, *ids]


def drop_stale_lock(data: Path) -> bool:
    """Remove the lock file that a killed server left behind.

    False if there is none, or if its server is still alive.
    """
    try:
        number = _pid_in(data)
    except (OSError, ValueError, IndexError):
        return False
    if _is_server_of(number, data):
        return False
    (data / "postmaster.pid").unlink()
    # the killed server's children need a moment to notice
    time.sleep(1)
    return True


def _pid_in(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def _is_server_of(number: int, data: Path) -> bool:
    try:
        line = Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(data) in line


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
