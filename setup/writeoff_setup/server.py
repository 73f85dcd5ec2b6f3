"""Odoo's server, as long as it is needed."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import StepFailed, explain
from .run import end_group, spawn, tail
from .venv import ROOT
from .workshop import HOST, Workshop

PATIENCE = 120


@contextmanager
def serving(
    workshop: Workshop, database: str, port: int, *options: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The server, once it answers; stopped at the end."""
    log = workshop.run.logs / "server.log"
    argv = [*workshop.start, "server", *options]
    env = workshop.env_for(database, port=port, max_cron_threads=1)
    with open(log, "ab") as file:
        server = spawn(argv, stdout=file, env=env, cwd=ROOT)
    try:
        with workshop.run.step("Server"):
            _wait_until_ready(server, port)
    except StepFailed as failure:
        end_group(server)
        said = log.read_text(errors="replace")
        raise StepFailed(explain(said) or failure.args[0], log, tail(said)) from failure
    except BaseException:
        end_group(server)
        raise
    try:
        yield server
    finally:
        end_group(server)


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    # the machine's proxy is not for this machine's own addresses
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            raise StepFailed(f"The server ended (exit code {server.returncode}).")
        try:
            opener.open(f"http://{HOST}:{port}/web/login", timeout=PATIENCE).close()
        except urllib.error.HTTPError as error:
            raise StepFailed(f"The server answers with an error: {error}.") from error
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise StepFailed(f"The server does not answer after {PATIENCE} seconds.")
