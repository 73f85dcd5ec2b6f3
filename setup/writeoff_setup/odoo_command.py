"""setup/odoo: Odoo's own command line, in the environment of the set-up."""

from __future__ import annotations

from .run import foreground
from .workshop import open_workshop


def command(arguments: list[str]) -> int:
    """Run Odoo with `arguments`; its exit code is ours."""
    with open_workshop("odoo") as workshop:
        return foreground([*workshop.start, *arguments], workshop.env_for_any())
