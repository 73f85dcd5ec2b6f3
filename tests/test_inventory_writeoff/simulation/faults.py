"""Accidents at chosen statements, as PostgreSQL itself reports them."""

from contextlib import contextmanager
from unittest.mock import patch

import psycopg2

from odoo.sql_db import Cursor, connection_info_for

CONFLICT = "DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '{}'; END $$"
SIGNALING = "orm_signaling"
STATEMENTS = {
    "error": "SELECT 1 / 0",
    "conflict": CONFLICT.format("40001"),
    "deadlock": CONFLICT.format("40P01"),
}


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Fault:
    """What happens at the n-th statement of a step, once.

    `meanwhile` calls a function there, which does something else in a transaction of
    its own. A commit counts as a statement; what is killed at one is killed before it,
    and `late` after it, when what waits for the commit has not run yet.
    """

    def __init__(self, kind, number, meanwhile=None):
        self.kind = kind
        self.number = number
        self.meanwhile = meanwhile
        self.count = 0
        self.struck = False

    @contextmanager
    def armed(self):
        """Strike in the statements of the block."""
        execute, commit = Cursor.execute, Cursor.commit

        def count_execute(cursor, query, *args, **kwargs):
            # What Odoo does for its caches is in the middle of what a thread keeps.
            if SIGNALING not in str(query) and self._is_next():
                self._strike(cursor, execute)
            return execute(cursor, query, *args, **kwargs)

        def count_commit(cursor):
            if self._is_next():
                self._strike_commit(cursor)
            return commit(cursor)

        with (
            patch.object(Cursor, "execute", count_execute),
            patch.object(Cursor, "commit", count_commit),
        ):
            yield self

    def _is_next(self):
        self.count += 1
        if self.struck or self.count < self.number:
            return False
        self.struck = True
        return True

    def _strike(self, cursor, execute):
        if self.kind in STATEMENTS:
            execute(cursor, STATEMENTS[self.kind], log_exceptions=False)
        elif self.kind == "lost":
            terminate(cursor)
        elif self.kind == "meanwhile":
            self.meanwhile()
        else:
            raise Killed

    def _strike_commit(self, cursor):
        if self.kind == "meanwhile":
            self.meanwhile()
            return
        if self.kind == "late":
            cursor.flush()
            cursor._cnx.commit()
        elif self.kind in STATEMENTS:
            cursor._cnx.rollback()
            raise psycopg2.errors.SerializationFailure("conflict at the commit")
        elif self.kind == "lost":
            terminate(cursor)
            return
        raise Killed


def terminate(cursor):
    """End the connection of the cursor on the side of the server."""
    pid = cursor._cnx.info.backend_pid
    _name, info = connection_info_for("postgres")
    connection = psycopg2.connect(**info)
    try:
        connection.autocommit = True
        with connection.cursor() as own:
            own.execute("SELECT pg_terminate_backend(%s)", [pid])
            own.execute(
                "DO $$ BEGIN WHILE EXISTS "
                "(SELECT FROM pg_stat_activity WHERE pid = %s) "
                "LOOP PERFORM pg_sleep(0.001); PERFORM pg_stat_clear_snapshot(); "
                "END LOOP; END $$",
                [pid],
            )
    finally:
        connection.close()
