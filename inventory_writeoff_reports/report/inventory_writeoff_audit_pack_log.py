from odoo import models


class InventoryWriteoffLogExport(models.AbstractModel):
    """The log as a stream, so that one of any length fits into memory."""

    _inherit = "inventory.writeoff.log.export"

    def _stream(self, company):
        """Yield the lines of the log, and log at the end that it was exported.

        All of it is read in one transaction, so that the first line fits the rest.
        """
        verification = self.env["inventory.writeoff.verification"]
        count = len(verification._get_writeoff_ids(company))
        header = {**self._get_header(company), "writeoffs": count}
        yield self._dump(header).encode()
        records = 0
        for record in self._iterate(company):
            yield self._dump(record).encode()
            records += 1
        for state in self._iterate_states(company):
            yield self._dump(state).encode()
        payload = {"head": header["head"], "records": records}
        self.env["inventory.writeoff.event"]._log("log_exported", {company: payload})
