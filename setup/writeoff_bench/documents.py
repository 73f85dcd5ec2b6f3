"""The list and the cards of a hundred thousand write-offs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .clock import measure
from .company import Company
from .goals import at_most
from .screens import ROWS, open_list

DOCUMENTS = 100_000


# As many wait for the approver; the others the approver has decided.
WAITING = 1_000


def run(company: Company, _lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Seconds until the first page is there, for each way of seeing write-offs."""
    env = company.env
    fill(company)
    env.invalidate_all()
    goals = []
    for role in ("user", "approver", "finance"):
        documents = env["inventory.writeoff"].with_user(company.users[role])
        for kind in ("list", "kanban"):
            # The first time the screen itself is loaded, too.
            check_page(open_list(documents, kind))
            done = measure(env, lambda d=documents, k=kind: open_list(d, k))
            seconds = round(done.seconds, 2)
            goals.append(at_most(f"{kind}, seconds, {role}", seconds, 1))
    yield {
        "part": "documents",
        "case": f"{DOCUMENTS} write-offs",
        "goals": goals,
    }


def check_page(page: dict[str, Any]) -> None:
    """Refuse to measure a list that is not full: it would be fast for no reason."""
    if len(page["records"]) != ROWS or page["length"] <= 10 * ROWS:
        raise RuntimeError(f"{page['length']} write-offs are seen, not {DOCUMENTS}")


def fill(company: Company) -> None:
    """Documents of the requester, each with an approval that asked the approver."""
    cr = company.env.cr
    company.env.flush_all()
    cr.execute(
        """
        INSERT INTO inventory_writeoff (name, state, company_id, requester_id, value,
                                        value_estimated, line_count, state_since,
                                        approval_round,
                                        create_uid, write_uid, create_date, write_date)
        SELECT 'WO/BENCH/' || place,
               CASE WHEN place <= %s THEN 'to_approve' ELSE 'posted' END,
               %s, %s, place %% 1000, place %% 1000, 1,
               now() - make_interval(mins => place), 1, 1, 1, now(), now()
          FROM generate_series(1, %s) AS place
        """,
        (WAITING, company.company.id, company.users["user"].id, DOCUMENTS),
    )
    cr.execute(
        """
        WITH step AS (
            INSERT INTO inventory_writeoff_approval
                        (writeoff_id, company_id, round, step, name, needed, state,
                         decided_by_id, decided_at,
                         create_uid, write_uid, create_date, write_date)
            SELECT id, company_id, 1, 1, 'Approval', 1,
                   CASE WHEN state = 'posted' THEN 'approved' ELSE 'asked' END,
                   CASE WHEN state = 'posted' THEN %s END,
                   CASE WHEN state = 'posted' THEN now() END, 1, 1, now(), now()
              FROM inventory_writeoff
             WHERE company_id = %s
         RETURNING id
        )
        INSERT INTO inventory_writeoff_approval_user_rel
                    (inventory_writeoff_approval_id, res_users_id)
        SELECT id, %s FROM step
        """,
        (
            company.users["approver"].id,
            company.company.id,
            company.users["approver"].id,
        ),
    )
