"""Where the time goes, by stage of the three steps."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from .company import Company
from .posting import create_draft

# How often the stack is looked at, in seconds of work of the process.
INTERVAL = 0.001
# Functions of a stage; the innermost on the stack that is listed counts.
STAGES = {
    "_check_content": "own: validation",
    "_check_books": "own: validation",
    "_evaluate_findings": "own: checks and findings",
    "_check_findings_to_submit": "own: checks and findings",
    "_check_held": "own: holds compared, stock locked",
    "_check_free": "own: holds compared, stock locked",
    "_void_changed": "own: digest and drift",
    "_find_watched": "own: guards",
    "_protect": "own: guards",
    "_check_writeoff_guard": "own: guards",
    "_log": "own: log",
    "_set_state": "own: state, log, followers",
    "_start_approval": "own: approval steps, activities",
    "_say": "chatter",
    "_freeze_values": "own: values kept",
    "_freeze_impact": "own: values kept",
    "_start": "own: batch prepared",
    "_read_layers": "own: batch prepared",
    "_open_quants": "Odoo: quants",
    "_update_available_quantity": "Odoo: quants",
    "_set_value": "Odoo: valuation",
    "_update_standard_price": "Odoo: valuation",
    "_check_company": "Odoo: company checks",
    "_prepare_move_vals": "own: values of moves",
    "_action_confirm": "Odoo: moves confirmed",
    "_create_entries": "own: entry prepared",
    "_create_posted": "Odoo: entry created and posted",
    "_action_done": "Odoo: moves done, other",
    "create": "Odoo: records created, other",
    "flush_all": "ORM: writes at the end",
}


def run(company: Company, lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """Shares of the work of the process for each step, with an entry per item."""
    company.company.writeoff_entry_detail = "line"
    draft = create_draft(company, company.create_products(lines, "standard"))
    steps = (("submit", "user"), ("approve", "approver"), ("post", "finance"))
    for step, role in steps:
        mine = draft.with_user(company.users[role])
        company.env.flush_all()
        company.env.invalidate_all()
        counts = sample(lambda m=mine, s=step: do(m, s))
        total = sum(counts.values()) or 1
        shares = {
            stage: f"{100 * count / total:.0f} %"
            for stage, count in counts.most_common()
        }
        yield {
            "part": "stages",
            "case": f"{step}, {lines} lines, standard, an entry per item",
            **shares,
        }


def do(record: Any, step: str) -> None:
    """One step, its writes included."""
    getattr(record, f"action_{step}")()
    record.env.flush_all()


def sample(work: Callable[[], None]) -> Counter[str]:
    """How often each stage was at work."""
    counts: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        counts[get_stage(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return counts


def get_stage(frame: FrameType | None) -> str:
    """The stage that the innermost listed function belongs to."""
    while frame:
        stage = STAGES.get(frame.f_code.co_name)
        # Odoo's own `_start` and `_log` are others.
        is_ours = "inventory_writeoff" in frame.f_code.co_filename
        if stage and (is_ours or not stage.startswith("own")):
            return stage
        frame = frame.f_back
    return "other"
