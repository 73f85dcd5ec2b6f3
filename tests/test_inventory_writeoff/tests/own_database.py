import os
import threading
import unittest
import uuid
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import psycopg2
from psycopg2 import sql

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.sql_db import close_db, connection_info_for
from odoo.tests import BaseCase
from odoo.tools import config

TEMPLATE = os.environ.get("WRITEOFF_TEMPLATE_DATABASE")


@unittest.skipUnless(
    TEMPLATE,
    "WRITEOFF_TEMPLATE_DATABASE names no database with the add-ons to copy: tests that "
    "commit do not run on a database that others use (setup/test names one)",
)
class OwnDatabaseCase(BaseCase):
    """Tests that commit, in a database of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = f"writeoff_own_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        cls._run_sql("CREATE DATABASE {} TEMPLATE {}", cls.database, TEMPLATE)
        cls.addClassCleanup(cls._drop_database)
        cls.registry = cls._load_registry()
        with cls._open() as env:
            cls.prepare(env)

    @classmethod
    def _load_registry(cls):
        # Odoo would run the at-install tests of every module on the new database.
        with patch.dict(config.options, {"test_enable": False}):
            return Registry(cls.database)

    @classmethod
    def prepare(cls, env):
        """Make what the tests start from; it is committed."""

    @classmethod
    def _drop_database(cls):
        Registry.delete(cls.database)
        close_db(cls.database)
        cls._run_sql("DROP DATABASE IF EXISTS {} WITH (FORCE)", cls.database)

    @classmethod
    def _run_sql(cls, statement, *names):
        with cls._connect() as connection, connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @classmethod
    @contextmanager
    def _connect(cls):
        _name, info = connection_info_for("postgres")
        connection = psycopg2.connect(**info)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    @classmethod
    def _open(cls, uid=SUPERUSER_ID):
        return _Transaction(cls.registry, uid)

    def _at_once(self, *calls):
        """Run (uid, function of an environment) pairs at the same time.

        Each runs as a request does: own transaction, tried again after a conflict.

        :return: for each, what it returned or the exception it ended with
        """
        barrier = threading.Barrier(len(calls))
        results = [None] * len(calls)

        def run(position, uid, function):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, uid, {})
                    barrier.wait(timeout=30)
                    results[position] = retrying(partial(function, env), env)
            except Exception as error:  # noqa: BLE001 - the test looks at it
                results[position] = error

        threads = [
            threading.Thread(target=run, args=(position, *call))
            for position, call in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        return results


class _Transaction:
    """An environment whose changes are committed at the end of the block."""

    def __init__(self, registry, uid):
        self.cursor = registry.cursor()
        self.env = api.Environment(self.cursor, uid, {})

    def __enter__(self):
        self.cursor.__enter__()
        return self.env

    def __exit__(self, kind, error, trace):
        return self.cursor.__exit__(kind, error, trace)
