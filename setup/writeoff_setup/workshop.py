"""Everything together: Odoo, its Python packages, a server, a configuration."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .browser import add_browser, add_pdf_printer
from .cache import Cache, default_home, digest
from .databases import Databases
from .odoo import Odoo, get_odoo
from .postgres import open_server
from .run import Run
from .venv import ROOT, get_venv

HOST = "127.0.0.1"
START_SCRIPT = "import odoo.cli\n\nodoo.cli.main()\n"


@dataclass(frozen=True)
class Workshop:
    """What a command works with while its server runs."""

    run: Run
    odoo: Odoo
    venv: Path
    env: dict[str, str]
    databases: Databases
    is_alone: bool

    @property
    def start(self) -> list[str | Path]:
        """What Odoo's command line begins with."""
        return [self.venv / "bin" / "python", self.run.cache.home / "bin" / "odoo"]

    def env_for(
        self, database: str, *, port: int = 0, max_cron_threads: int = 0
    ) -> dict[str, str]:
        """The environment in which Odoo works on `database` and no other."""
        port = port or free_port()
        settings = {
            "db_name": database,
            "dbfilter": f"^{database}$",
            "list_db": False,
            "http_port": port,
            "gevent_port": port + 1,
            "max_cron_threads": max_cron_threads,
        }
        return self._env(write_config(self.run.cache, database, settings))

    def env_for_any(self) -> dict[str, str]:
        """The environment in which Odoo's command line chooses the database."""
        return self._env(write_config(self.run.cache, f"any-{digest(ROOT)}", {}))

    def _env(self, config: Path) -> dict[str, str]:
        return {**self.env, "ODOO_RC": str(config)}

    def call_odoo(
        self, database: str, what: str, *arguments: str, log: Path | None = None
    ) -> None:
        """Run an Odoo command on `database` to its end, its output in the log."""
        argv = [*self.start, *arguments]
        self.run.call(argv, what, env=self.env_for(database), cwd=ROOT, log=log)

    def install(
        self,
        database: str,
        modules: str,
        *options: str,
        log: Path | None = None,
    ) -> None:
        """Install `modules` (names with commas) in `database`, made if need be."""
        what = f"Installing {modules}"
        argv = ("server", "-i", modules, "--stop-after-init", *options)
        self.call_odoo(database, what, *argv, log=log)


@contextmanager
def open_workshop(command: str, *, browser: bool = False) -> Iterator[Workshop]:
    """All that a command needs, fetched and started; stopped at the end."""
    run = Run(command, Cache(default_home()))
    odoo = get_odoo(run)
    venv = get_venv(run)
    own_programs = run.cache.home / "bin"
    own_programs.mkdir(exist_ok=True)
    (own_programs / "odoo").write_text(START_SCRIPT)
    add_pdf_printer(run, venv, own_programs)
    if browser:
        add_browser(run, own_programs)
    with open_server(run, venv) as (server, alone):
        paths = [own_programs, venv / "bin", server["PATH"]]
        env = {
            **server,
            "PATH": os.pathsep.join(map(str, paths)),
            "PYTHONPATH": str(odoo.python_path),
            "PYTHONNOUSERSITE": "1",
        }
        databases = Databases(run.cache, venv, env)
        if alone:
            databases.drop_leftovers()
        yield Workshop(run, odoo, venv, env, databases, alone)


def write_config(cache: Cache, name: str, settings: Mapping[str, object]) -> Path:
    """A configuration file of Odoo, with `settings` beside what is always so."""
    lines = {
        "addons_path": f"{ROOT},{ROOT / 'tests'}",
        "data_dir": cache.home / "data",
        "http_interface": HOST,
        **settings,
    }
    text = "".join(f"{key} = {value}\n" for key, value in lines.items())
    path = cache.home / "run" / f"{name}.conf"
    # by another name first: another run of this checkout may be reading it
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text(f"[options]\n{text}")
    return new.replace(path)


def free_port(wanted: int = 0) -> int:
    """A port that nobody listens on, `wanted` if that is one; else OSError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, wanted))
        return probe.getsockname()[1]
