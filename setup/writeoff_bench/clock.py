"""Time and queries of a piece of work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measure:
    """Wall-clock seconds and SQL queries."""

    seconds: float
    queries: int

    def per(self, count: int) -> dict[str, float]:
        """Milliseconds and queries for one of `count`."""
        return {
            "ms_per_line": round(1000 * self.seconds / count, 3),
            "queries_per_line": round(self.queries / count, 2),
        }


def measure(env: Any, work: Callable[[], object]) -> Measure:
    """Do the work on cold caches, its writes to the database included.

    The tables were filled in this transaction: PostgreSQL is told how full they are,
    as it is on a database in use.
    """
    env.flush_all()
    env.invalidate_all()
    env.cr.execute("ANALYZE")
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return Measure(time.perf_counter() - start, env.cr.sql_log_count - queries)
