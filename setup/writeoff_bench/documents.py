"""The list and the cards of a hundred thousand write-offs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .clock import measure
from .company import Company
from .goals import at_most
from .screens import open_list

DOCUMENTS = 100_000


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Seconds until the first page is there, for a requester and for an auditor."""
    env = company.env
    env.cr.execute(
        """
        INSERT INTO inventory_writeoff (name, state, company_id, requester_id, value,
                                        value_estimated, line_count, state_since,
                                        create_uid, write_uid, create_date, write_date)
        SELECT 'WO/BENCH/' || place, 'posted', %s, %s, place %% 1000, place %% 1000, 1,
               now() - make_interval(mins => place), 1, 1, now(), now()
          FROM generate_series(1, %s) AS place
        """,
        (company.company.id, company.users["user"].id, DOCUMENTS),
    )
    env.invalidate_all()
    goals = []
    for role in ("user", "approver"):
        documents = env["inventory.writeoff"].with_user(company.users[role])
        for kind in ("list", "kanban"):
            open_list(documents, kind)
            done = measure(env, lambda d=documents, k=kind: open_list(d, k))
            seconds = round(done.seconds, 2)
            goals.append(at_most(f"{kind}, seconds, {role}", seconds, 1))
    yield {
        "part": "documents",
        "case": f"{DOCUMENTS} write-offs",
        "goals": goals,
    }
