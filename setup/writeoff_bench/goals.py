"""What is asked of a figure, and whether it was reached."""

from __future__ import annotations

from typing import Any


def at_least(name: str, value: float, goal: float) -> dict[str, Any]:
    """A figure that has to be large."""
    return make(name, value, f"at least {goal:g}", value >= goal)


def at_most(name: str, value: float, goal: float) -> dict[str, Any]:
    """A figure that has to be small."""
    return make(name, value, f"at most {goal:g}", value <= goal)


def make(name: str, value: float, goal: str, reached: bool) -> dict[str, Any]:
    """A figure, what is asked of it, and the verdict."""
    verdict = "pass" if reached else "short of"
    return {"name": name, "value": value, "goal": goal, "verdict": verdict}


def show(goals: list[dict[str, Any]]) -> str:
    """One line per goal."""
    return "\n".join(
        f"  {goal['verdict']:10} {goal['name']}: {goal['value']:g} ({goal['goal']})"
        for goal in goals
    )
