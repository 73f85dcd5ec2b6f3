"""Databases: templates that are kept, copies that are thrown away."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .cache import Cache, digest
from .query import query

PREFIX = "writeoff"
KEPT_TEMPLATES = 4


class Databases:
    """The databases that this cache keeps on a server, with their file stores."""

    def __init__(self, cache: Cache, venv: Path, env: Mapping[str, str]):
        self.cache = cache
        self.venv = venv
        self.env = env
        self.stores = cache.home / "data" / "filestore"

    def ask(
        self, sql: str, *parameters: object, database: str = "postgres"
    ) -> list[list[Any]]:
        """The rows that `sql` returns."""
        return query(self.venv, self.env, sql, *parameters, database=database)

    def get(self, kind: str, key: str, build: Callable[[str], None]) -> str:
        """The name of the kept database for `key`, made by `build` if need be.

        It is trusted only when its comment says so, and that is written last.
        """
        name = self.name(kind, key)
        with self.cache.lock(name):
            if not self._is_whole(name):
                self.drop(name)
                build(name)
            self._mark(name)
        self._drop_unused(kind)
        return name

    def name(self, kind: str, key: str) -> str:
        """A name that two caches on one server do not share."""
        own = digest(self.cache.home, socket.gethostname())[:6]
        return f"{PREFIX}_{kind}_{own}_{digest(key)}"

    def _is_whole(self, name: str) -> bool:
        sql = (
            "SELECT shobj_description(oid, 'pg_database')"
            " FROM pg_database WHERE datname = %s"
        )
        found = self.ask(sql, name)
        return bool(found and found[0][0]) and (self.stores / name).exists()

    def _mark(self, name: str) -> None:
        (self.stores / name).mkdir(parents=True, exist_ok=True)
        self.ask(f"COMMENT ON DATABASE \"{name}\" IS '{time.time():.0f}'")

    def _drop_unused(self, kind: str) -> None:
        sql = (
            "SELECT datname FROM pg_database WHERE datname LIKE %s"
            " AND shobj_description(oid, 'pg_database') IS NOT NULL"
            " ORDER BY shobj_description(oid, 'pg_database')::bigint DESC OFFSET %s"
        )
        pattern = self.name(kind, "").rpartition("_")[0].replace("_", r"\_") + r"\_%"
        for (name,) in self.ask(sql, pattern, KEPT_TEMPLATES):
            self.drop(name)

    def copy(self, source: str, name: str) -> None:
        """Make `name` a copy of `source`, to which nobody may be connected."""
        self.ask(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        if (self.stores / source).exists():
            # file stores are only ever added to and removed from
            shutil.copytree(
                self.stores / source, self.stores / name, copy_function=os.link
            )

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected, and its files."""
        self.ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.stores / name, ignore_errors=True)

    @contextmanager
    def temporary(self, source: str | None = None) -> Iterator[str]:
        """A database of this run alone, a copy of `source` or not there yet."""
        name = f"{PREFIX}_run_{os.getpid()}_{secrets.token_hex(3)}"
        try:
            if source:
                self.copy(source, name)
            yield name
        finally:
            self.drop(name)

    def drop_leftovers(self) -> None:
        """Remove what killed runs left behind; only while nobody else runs."""
        sql = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        for (name,) in self.ask(sql, rf"{PREFIX}\_run\_%"):
            self.drop(name)
