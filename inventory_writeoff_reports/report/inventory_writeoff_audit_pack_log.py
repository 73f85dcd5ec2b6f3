from odoo import models


class InventoryWriteoffLogExport(models.AbstractModel):
    """What the log says of chosen write-offs, as a stream that fits into memory.

    The whole log is for those who may download it. In an extract all other events are
    their digests only: that is enough to verify the chain, and tells nothing else.
    """

    _inherit = "inventory.writeoff.log.export"

    def _stream_extract(self, company, writeoffs):
        """Yield the lines of the extract.

        All of it is read in one transaction, so that the first line fits the rest.
        """
        ids = sorted(writeoffs.ids)
        header = {**self._get_header(company), "writeoffs": len(ids), "extract": ids}
        yield self._dump(header).encode()
        for record in self._iterate(company):
            if kept := self._extract(record, set(ids)):
                yield self._dump(kept).encode()
        for writeoff_id, content in self._read_contents(writeoffs).items():
            state = {"writeoff": writeoff_id, "content": content}
            yield self._dump({"state": state}).encode()

    def _extract(self, record, ids):
        """Return the event if it is about the write-offs, or else its seal, if any."""
        event, seal = record["event"], record.get("seal")
        if not event or event["writeoff"] in ids:
            return record
        return seal and {"seal": {**seal, "sha256": event["sha256"]}}
