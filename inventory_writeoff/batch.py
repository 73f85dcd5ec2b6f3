"""What a batch of stock moves knows ahead, for Odoo's code that asks line by line.

Odoo moves goods one line after the other, and searches, locks and reads for each.
A batch does that once for all its lines; Odoo's code then finds the rows in the
cache, the locks taken and its searches answered, and does the same work on them.
"""

from odoo.fields import Domain

BATCH_KEY = "inventory_writeoff_batch"


class Batch:
    """Rows that this transaction has locked, and the answers to searches.

    Valid only as long as nobody changes what the answers say: for one call of Odoo's
    code, never for a whole request.
    """

    def __init__(self):
        self.locked_ids = set()
        self.answers = {}
        self.lot_ids = ()

    def remember(self, records, domain, order=None):
        """Answer the search for this domain with the first of its records."""
        self.answers[self._get_key(records, domain, order)] = records.ids

    def recall(self, model, domain, order=None):
        """Return the first records of a search, or None where nobody knows them."""
        if not self.answers or not model.env.su:
            return None
        ids = self.answers.get(self._get_key(model, domain, order))
        return None if ids is None else model.browse(ids)

    def search_once(self, model, search, domain, **kwargs):
        """Return what a search finds; the same search again asks nobody."""
        key = (
            *self._get_key(model, domain, kwargs.get("order")),
            kwargs.get("offset"),
            kwargs.get("limit"),
            model.env.su,
            model.env.company.id,
        )
        if key not in self.answers:
            self.answers[key] = search(domain, **kwargs).ids
        return model.browse(self.answers[key])

    def _get_key(self, model, domain, order):
        terms = map(self._freeze, Domain(domain))
        return model._name, tuple(terms), order

    def _freeze(self, term):
        if isinstance(term, str):
            return term
        field, operator, value = term
        return field, operator, tuple(value) if isinstance(value, list) else value


def in_batch(records, batch, **context):
    """Return the same records, with what the batch knows."""
    return records.with_context(**{BATCH_KEY: batch}, **context)


def get_batch(env):
    """Return the batch of this environment; a remote call cannot send one."""
    batch = env.context.get(BATCH_KEY)
    return batch if isinstance(batch, Batch) else None
