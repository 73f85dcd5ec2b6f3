"""The register of a hundred thousand items, and the statement of two thousand."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server

from odoo import Command
from odoo.http import root
from odoo.tests import new_test_user

from . import dashboard
from .clock import measure
from .company import Company
from .goals import at_most, make
from .posting import create_draft
from .scale import read_peak_memory, reset_peak_memory

LINES = 2000
STATEMENT = "inventory_writeoff_reports.report_statement"
ROLES = {"submit": "user", "approve": "approver", "post": "finance"}


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Seconds and memory, as an auditor makes them."""
    dashboard.fill(company)
    own = company.company
    auditor = new_test_user(
        company.env,
        "bench_reader",
        groups="inventory_writeoff.group_writeoff_auditor",
        company_id=own.id,
        company_ids=[Command.set(own.ids)],
    )
    yield {
        "part": "register",
        "case": "paper and spreadsheet",
        "goals": [*write_register(company.env(user=auditor)), print_statement(company)],
    }


def write_register(env: Any) -> list[dict[str, Any]]:
    """Write a spreadsheet of all that was posted in three months."""
    register = env["inventory.writeoff.register"].create(
        {"date_from": "2000-01-01", "date_to": "2100-01-01"}
    )
    reset_peak_memory()
    with tempfile.TemporaryFile() as file:
        writer = env["inventory.writeoff.register.xlsx"]
        taken = take_time(env, lambda: writer._write(register, file))
    count = register.item_count
    return [
        make("items of the register", count, "100000", count == dashboard.ITEMS),
        at_most(f"spreadsheet of {count} items, {taken[1]}", taken[0], 60),
        at_most("peak memory of it, MiB", read_peak_memory(), 500),
    ]


def print_statement(company: Company) -> dict[str, Any]:
    """Print a posted write-off."""
    company.company.writeoff_chunk_size = LINES
    writeoff = create_draft(company, company.create_products(LINES, "standard"))
    for step, role in ROLES.items():
        getattr(writeoff.with_user(company.users[role]), f"action_{step}")()
    reports = company.env["ir.actions.report"].with_user(company.users["finance"])
    reports = reports.with_context(force_report_rendering=True)
    with serve(company):
        taken = take_time(
            company.env, lambda: reports._render_qweb_pdf(STATEMENT, writeoff.ids)
        )
    return at_most(f"statement of {LINES} items, {taken[1]}", taken[0], 30)


def take_time(env: Any, work: Callable[[], object]) -> tuple[float, str]:
    """Seconds of work, that of wkhtmltopdf included, and what the clock said."""
    before = os.times()
    done = measure(env, work)
    after = os.times()
    children = sum(after[2:4]) - sum(before[2:4])
    clock = f"seconds of work ({done.seconds:.0f} s by the clock)"
    return round(done.cpu + children, 1), clock


@contextmanager
def serve(company: Company) -> Iterator[None]:
    """Serve the style sheets, that wkhtmltopdf asks a server for."""
    server = make_server("127.0.0.1", 0, root, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    company.env["ir.config_parameter"].set_param("report.url", url)
    try:
        yield
    finally:
        server.shutdown()
