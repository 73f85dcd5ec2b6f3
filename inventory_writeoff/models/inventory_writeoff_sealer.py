import logging
import threading
from collections import defaultdict
from contextlib import contextmanager
from functools import partial

from odoo import SUPERUSER_ID, api, models
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)

PENDING = "inventory_writeoff.sealer"
# One request does not go on sealing what others add; the next one does, or the job.
ROUNDS = 20
# Databases that a thread of this process is sealing, and the companies it is to see to.
_lock = threading.Lock()
_sealing = set()
_waiting = defaultdict(set)


class InventoryWriteoffSealer(models.AbstractModel):
    """Seals events when they are committed, outside the transactions of users.

    A chain or a number without gaps inside them would make users wait for each
    other, or fail. Whoever finds another sealer at work leaves it the events: after
    it has let go, that sealer looks whether something was added meanwhile.
    """

    _name = "inventory.writeoff.sealer"
    _description = "Sealer of the Write-Off Log"

    @api.model
    def _schedule(self, company_ids):
        """Have the events of these companies sealed as soon as they are committed."""
        callbacks = self.env.cr.postcommit
        pending = callbacks.data.setdefault(PENDING, set())
        if not pending:
            callbacks.add(partial(seal_committed, self.env.cr.dbname, pending))
        pending.update(company_ids)

    @api.model
    def _cron_seal(self):
        """Seal what a server that was stopped has left behind."""
        companies = self.env["res.company"].with_context(active_test=False).search([])
        seal(self.env.cr.dbname, companies.ids, all_ids=True)


def seal_committed(database, company_ids):
    """Seal what was just committed; trouble with that is no trouble of the user.

    One thread of a process seals for all others, so that a process needs only one more
    connection, however many requests end at once.
    """
    with _lock:
        _waiting[database].update(company_ids)
        if database in _sealing:
            return
        _sealing.add(database)
    rounds = 0
    while companies := _take_waiting(database, go_on=rounds < ROUNDS):
        seal(database, companies)
        rounds += 1


def _take_waiting(database, go_on):
    """Return the companies that wait, or stop sealing for this process."""
    with _lock:
        companies = go_on and _waiting.pop(database, None)
        if not companies:
            _sealing.discard(database)
        return companies


def seal(database, company_ids, all_ids=False):
    """Seal in transactions of its own, company by company."""
    try:
        for company_id in sorted(company_ids):
            _seal_company(database, company_id, all_ids)
    except Exception:
        _logger.exception("Events of write-offs are not sealed yet: a job tries again")


def _seal_company(database, company_id, all_ids):
    for _round in range(ROUNDS):
        with _own_transaction(database) as seals:
            if seals._seal(company_id, all_ids) is None:
                return
        with _own_transaction(database) as seals:
            if not seals._get_unsealed(company_id, all_ids, limit=1):
                return


@contextmanager
def _own_transaction(database):
    with Registry(database).cursor() as cr:
        # What was committed before the lock was got must be seen. (The cursor of a test
        # is in the middle of its transaction.)
        if isinstance(cr, Cursor):
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield api.Environment(cr, SUPERUSER_ID, {})["inventory.writeoff.seal"]
