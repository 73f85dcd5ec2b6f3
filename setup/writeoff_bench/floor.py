"""The floor: the rows of a posted write-off, written by plain SQL at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from odoo.tools import SQL

from .clock import measure
from .company import Company
from .posting import create_draft, post_draft

# Where submitting, approving and posting leave rows, each after what it points at.
TABLES = (
    "account_move",
    "stock_move",
    "stock_move_line",
    "stock_quant",
    "account_move_line",
    "inventory_writeoff_finding",
    "inventory_writeoff_event",
)


def run(company: Company, lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """What the same rows cost without Odoo, and how many times more we take."""
    env = company.env
    company.company.writeoff_entry_detail = "line"
    draft = create_draft(company, company.create_products(lines, "standard"))
    newest = {table: ask(env, "COALESCE(MAX(id), 0)", table, 0) for table in TABLES}
    with env.cr.savepoint() as savepoint:
        hold, approve, post = post_draft(company, draft)
        rows = {
            table: ask(env, "json_agg(row)", table, newest[table]) for table in TABLES
        }
        savepoint.rollback()
    for table in TABLES:
        env.cr.execute(
            SQL(
                "CREATE TEMP TABLE %s AS SELECT * FROM json_populate_recordset(%s, %s)",
                SQL.identifier(f"bench_{table}"),
                SQL("NULL::%s", SQL.identifier(table)),
                json.dumps(rows[table] or []),
            )
        )
    plain = measure(env, lambda: insert(env))
    work = hold + approve + post
    yield {
        "part": "floor",
        "case": f"{lines} lines, standard, an entry per item, all three steps",
        "rows": {table: len(rows[table] or []) for table in TABLES},
        "plain_SQL": plain.per(lines),
        "write-off": work.per(lines),
        "times_the_floor": round(work.seconds / plain.seconds, 1),
    }


def ask(env: Any, what: str, table: str, after: int) -> Any:
    """One figure about the rows of a table that came after one."""
    query = SQL(
        "SELECT %s FROM %s AS row WHERE id > %s",
        SQL(what),
        SQL.identifier(table),
        after,
    )
    return env.execute_query(query)[0][0]


def insert(env: Any) -> None:
    """Write the rows, one statement per table."""
    for table in TABLES:
        source = SQL.identifier(f"bench_{table}")
        env.cr.execute(
            SQL("INSERT INTO %s SELECT * FROM %s", SQL.identifier(table), source)
        )
