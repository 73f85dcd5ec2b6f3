import logging

from odoo import models

_logger = logging.getLogger(__name__)


class InventoryWriteoffCompanyMail(models.AbstractModel):
    """A mail that each company sends when it is due.

    What is sent stays sent if the job stops, and trouble with one company does not
    stop the others.
    """

    _name = "inventory.writeoff.company.mail"
    _description = "Mail of a Company about Write-Offs"

    def _cron_send(self):
        """Run daily, company by company."""
        due = self._get_due_companies()
        for position, company in enumerate(due, start=1):
            self._try_send(company)
            remaining = len(due) - position
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    def _try_send(self, company):
        try:
            with self.env.cr.savepoint():
                self._send(company)
        except Exception:
            self.env.invalidate_all()
            _logger.exception("%s failed in company %s", self._name, company.id)

    def _get_due_companies(self):
        """Return the companies whose mail is to be sent now."""
        raise NotImplementedError

    def _send(self, company):
        raise NotImplementedError
