"""The options of every part, and the file by which one tells the next."""

from __future__ import annotations

import argparse
from pathlib import Path

# Of twenty people so many have each role; what is left over delivers goods.
SHARES = {"asks": 8, "decides": 5, "posts": 5}
PASSWORD = "load"


def parse() -> argparse.Namespace:
    """The options, as setup/load passes them on."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("plan", type=Path)
    parser.add_argument("--users", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--url")
    return parser.parse_args()


def logins(users: int) -> list[tuple[str, str]]:
    """(login, role) of each of so many people."""
    counts = {role: max(share * users // 20, 1) for role, share in SHARES.items()}
    counts["delivers"] = max(users - sum(counts.values()), 1)
    return [
        (f"{role}{number}", role)
        for role, count in counts.items()
        for number in range(count)
    ]
