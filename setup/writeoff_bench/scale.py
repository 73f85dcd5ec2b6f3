"""Ten times as many lines: time per line, memory, and what the screens take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .clock import Measure, measure
from .company import Company
from .goals import at_most
from .posting import create_draft, write_off
from .screens import open_form, search_lines

TIMES = 10
# So many items are posted, held and released at once: what a company starts with.
CHUNK = 500
MEGABYTE = 1024 * 1024
STEPS = ("submit", "approve", "post")
HELD = ("to_approve", "approved")
# Name, role, states it is there in, and what the client calls.
OTHERS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], object]], ...] = (
    ("check", "user", ("draft",), lambda w: w.action_check()),
    ("reject", "approver", HELD, lambda w: w.reject("Not like this")),
    ("draft", "user", HELD, lambda w: w.action_draft()),
    ("cancel", "user", ("draft", *HELD), lambda w: w.action_cancel()),
    ("items", "user", ("to_approve",), lambda w: w.action_open_lines()),
    ("findings", "approver", ("to_approve",), lambda w: w.action_open_findings()),
    ("stock moves", "finance", ("posted",), lambda w: w.action_open_stock_moves()),
    ("entries", "finance", ("posted",), lambda w: w.action_open_account_moves()),
    ("reverse", "user", ("posted",), lambda w: w.action_reverse()),
    ("reverse, confirmed", "user", ("posted",), lambda w: w.reverse("Found again")),
)


def run(company: Company, lines: int, _scraps: int) -> Iterator[dict[str, Any]]:
    """A write-off of 1,000 lines, then one of 10,000."""
    small = dict(
        zip(STEPS, write_off(company, lines, "standard", False, "summed"), strict=True)
    )
    many = TIMES * lines
    company.company.writeoff_chunk_size = CHUNK
    company.company.writeoff_hold_size = CHUNK
    draft = create_draft(company, company.create_products(many, "standard"))
    waits: dict[str, Measure] = {}
    large: dict[str, Measure] = {}
    reset_peak_memory()
    for step, role in zip(STEPS, ("user", "approver", "finance"), strict=True):
        mine = draft.with_user(company.users[role])
        look(waits, f"form before {step}", mine, open_form)
        press_others(waits, company, draft)
        button = measure(company.env, getattr(mine, f"action_{step}"))
        waits[f"button {step}"] = button
        # The button only starts it: the rest is done in the background.
        look(waits, f"form after {step}", mine, open_form)
        large[step] = button + measure(company.env, lambda d=mine: finish(d))
    if mine.state != "posted":
        raise RuntimeError(f"the write-off is {mine.state}, not posted")
    look(waits, "posted form", mine, open_form)
    look(waits, "search in its items", mine, search_lines)
    press_others(waits, company, draft)
    yield compare(small, large, lines, many)
    yield show_waits(waits, many)


def press_others(waits: dict[str, Measure], company: Company, draft: Any) -> None:
    """Measure the other buttons that there are now, each on the same write-off."""
    state = draft.state
    for name, role, states, press in OTHERS:
        if state in states:
            mine = draft.with_user(company.users[role])
            with company.env.cr.savepoint() as savepoint:
                waits[f"button {name} ({state})"] = measure(
                    company.env, lambda p=press, d=mine: p(d)
                )
                savepoint.rollback()
            company.env.invalidate_all()


def finish(writeoff: Any) -> None:
    """What the workers do in the background, here one chunk after the other."""
    if writeoff.step_asked:
        writeoff.sudo()._take_step()
    while writeoff.state == "posting":
        writeoff.sudo()._as_poster()._post_next_chunk()


def look(
    waits: dict[str, Measure], name: str, record: Any, work: Callable[[Any], object]
) -> None:
    """Measure a screen on cold caches of records, as a new request has them."""
    work(record)
    waits[name] = measure(record.env, lambda: work(record))


def compare(
    small: dict[str, Measure], large: dict[str, Measure], few: int, many: int
) -> dict[str, Any]:
    """Time per line of both, and the memory of the large one."""
    ratios = {
        step: round((large[step].cpu / many) / (small[step].cpu / few), 2)
        for step in STEPS
    }
    goals = [
        at_most(f"{step}, time per line at {many} over that at {few}", ratio, 1.25)
        for step, ratio in ratios.items()
    ]
    goals.append(at_most("peak memory, MB", read_peak_memory(), 1024))
    return {
        "part": "scale",
        "case": f"{many} lines, standard, one entry",
        **{step: large[step].per(many) for step in STEPS},
        "goals": goals,
    }


def show_waits(waits: dict[str, Measure], many: int) -> dict[str, Any]:
    """Seconds until a screen of the large write-off is there, or a button answers."""
    return {
        "part": "scale",
        "case": f"screens and buttons of a write-off of {many} lines, seconds of work",
        "goals": [
            at_most(name, round(waited.cpu, 2), 2) for name, waited in waits.items()
        ],
    }


def reset_peak_memory() -> None:
    """Forget how much memory this process ever had, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        print("  (the peak of memory is that of the whole run)")


def read_peak_memory() -> int:
    """Megabytes that this process had at most since then."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) * 1024 / MEGABYTE)
