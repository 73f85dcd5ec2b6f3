"""What a batch of stock moves knows ahead, for Odoo's code that asks line by line.

Odoo moves goods one line after the other, and searches, locks and reads for each.
A batch does that once for all its lines; Odoo's code then finds the rows in the
cache, the locks taken and its searches answered, and does the same work on them.
"""

from odoo.fields import Domain

BATCH_KEY = "inventory_writeoff_batch"


class Batch:
    """Rows that this transaction has locked, and answers to searches.

    Valid only as long as nobody changes what the answers say: they are for one call
    of Odoo's code, never for a whole request.
    """

    def __init__(self):
        self.locked_ids = set()
        self.answers = {}

    def remember(self, records, *domain):
        """Answer searches for this domain with these records."""
        self.answers[records._name, Domain(*domain)] = records.ids

    def recall(self, model, domain):
        """Return the records of a search, or None where it has to be made."""
        ids = self.answers and self.answers.get((model._name, Domain(domain)))
        return None if ids is None else model.browse(ids)


def in_batch(records, batch, **context):
    """Return the same records, with what the batch knows."""
    return records.with_context(**{BATCH_KEY: batch}, **context)


def get_batch(env):
    """Return the batch of this environment; a remote call cannot send one."""
    batch = env.context.get(BATCH_KEY)
    return batch if isinstance(batch, Batch) else None
