"""Time and queries of a piece of work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measure:
    """Seconds by the clock, seconds of work on a processor, and SQL queries.

    The work is that of this process and of its database connection: other programs
    on the machine disturb it far less than the clock.
    """

    seconds: float
    cpu: float
    queries: int

    def per(self, count: int) -> dict[str, float]:
        """Milliseconds and queries for one of `count`."""
        return {
            "ms_per_line": round(1000 * self.seconds / count, 3),
            "cpu_ms_per_line": round(1000 * self.cpu / count, 3),
            "queries_per_line": round(self.queries / count, 2),
        }

    def __add__(self, other: Measure) -> Measure:
        return Measure(
            self.seconds + other.seconds,
            self.cpu + other.cpu,
            self.queries + other.queries,
        )


def measure(env: Any, work: Callable[[], object]) -> Measure:
    """Do the work on cold caches, its writes to the database included.

    The tables were filled in this transaction: PostgreSQL is told how full they are,
    as it is on a database in use.
    """
    env.flush_all()
    env.invalidate_all()
    env.cr.execute("ANALYZE")
    queries, cpu, start = env.cr.sql_log_count, read_cpu(env), time.perf_counter()
    work()
    env.flush_all()
    return Measure(
        time.perf_counter() - start,
        read_cpu(env) - cpu,
        env.cr.sql_log_count - queries,
    )


def read_cpu(env: Any) -> float:
    """Seconds of work of this process and, where it can be read, of its backend."""
    backend = Path(f"/proc/{env.cr.connection.info.backend_pid}/stat")
    try:
        fields = backend.read_text().rpartition(")")[2].split()
    except OSError:
        return time.process_time()
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")
