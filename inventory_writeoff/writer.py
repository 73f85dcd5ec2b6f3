"""The key to what only this add-on's own code may do.

A remote call can send any text, number or list in its context, but no Python
object: a context that holds this very object was made by code of this add-on.
"""

WRITER = object()
WRITER_KEY = "inventory_writeoff_writer"


def as_writer(records):
    """Return the same records, allowed to pass the guards of write-offs."""
    return records.with_context(**{WRITER_KEY: WRITER})


def is_writer(env):
    """Tell whether this environment was made by `as_writer`."""
    return env.context.get(WRITER_KEY) is WRITER
