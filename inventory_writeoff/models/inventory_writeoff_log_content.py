from datetime import date

from odoo import models

from ..verify_log import compare

DOCUMENT_FIELDS = (
    "name",
    "state",
    "company_id",
    "requester_id",
    "reason_id",
    "disposal_method_id",
    "location_id",
    "accounting_date",
    "note",
    "reversal_of_id",
    "reversal_reason",
    "value_estimated",
    "value_posted",
    "value_tax",
    "value_tax_recovered",
    "submitted_by_id",
    "submitted_at",
    "approver_id",
    "decided_at",
    "rejection_reason",
    "approved_digest",
    "poster_id",
    "posted_at",
)
LINE_FIELDS = (
    "product_id",
    "lot_id",
    "package_id",
    "owner_id",
    "location_id",
    "quantity",
    "product_uom_id",
    "reason_id",
    "disposal_method_id",
    "analytic_distribution",
    "note",
    "value_estimated",
    "value_posted",
    "origin_line_id",
    "quantity_reversed",
    "value_reversed",
    "loss_account_id",
    "posted_items",
    "value_tax",
    "value_tax_recovered",
    "tax_entry_id",
    "posted_tax_items",
)
MOVE_FIELDS = (
    "state",
    "product_id",
    "quantity",
    "product_uom",
    "location_id",
    "location_dest_id",
    "value",
)
ENTRY_FIELDS = ("name", "state", "date", "journal_id", "ref", "inalterable_hash")
ITEM_FIELDS = (
    "account_id",
    "debit",
    "credit",
    "analytic_distribution",
    "tax_repartition_line_id",
)


class InventoryWriteoffLogContent(models.AbstractModel):
    """What write-offs look like in the database, as the log keeps it.

    {section: {id: {field: value}}}, where a section is a model. Links are ids. What
    is derived from other records without being part of the write-off is left out,
    so that renaming a product changes nothing. An add-on adds a section or a field by
    extending `_get_sections`.
    """

    _name = "inventory.writeoff.log.content"
    _description = "Content of Write-Offs for the Log"

    def _get_sections(self):
        """Return {model: (field that leads to the write-off, fields, domain)}."""
        done = [("state", "=", "done")]
        return {
            "inventory.writeoff": ("id", DOCUMENT_FIELDS, []),
            "inventory.writeoff.line": ("writeoff_id", LINE_FIELDS, []),
            "stock.move": ("writeoff_id", MOVE_FIELDS, done),
            "account.move": ("writeoff_id", ENTRY_FIELDS, []),
            "account.move.line": ("move_id.writeoff_id", ITEM_FIELDS, []),
        }

    def _add_to(self, payloads):
        """Return {write-off: payload} with the content of each write-off as it is."""
        writeoffs = self.env["inventory.writeoff"].concat(*payloads)
        contents = self._read(writeoffs)
        return {
            w: {**payload, "content": contents[w.id]} for w, payload in payloads.items()
        }

    def _read(self, writeoffs):
        """Return {write-off id: content}, with a fixed number of queries."""
        contents = {
            writeoff_id: {name: {} for name in self._get_sections()}
            for writeoff_id in writeoffs.ids
        }
        for name, (link, names, domain) in self._get_sections().items():
            rows = self._read_section(name, link, names, domain, writeoffs.ids)
            for writeoff_id, record_id, values in rows:
                contents[writeoff_id][name][str(record_id)] = values
        return contents

    def _read_part(self, writeoff, ids):
        """Return the content of some records of a write-off.

        :param ids: {section: ids of the records}
        """
        part = {}
        for name, (link, names, domain) in self._get_sections().items():
            if name in ids:
                domain = [*domain, ("id", "in", ids[name])]
                rows = self._read_section(name, link, names, domain, writeoff.ids)
                part[name] = {str(key): values for _writeoff, key, values in rows}
        return part

    def _read_section(self, model_name, link, names, domain, writeoff_ids):
        # The log tells what is, not what the user may see of it.
        model = self.env[model_name].sudo().with_context(active_test=False)
        own_link, _dot, far_link = link.partition(".")
        query = model._search([(link, "in", writeoff_ids), *domain], order="id")
        columns = [
            model._field_to_sql(model._table, name, query)
            for name in ("id", own_link, *names)
        ]
        rows = self.env.execute_query(query.select(*columns))
        owners = self._get_owners(model, own_link, far_link, {row[1] for row in rows})
        for record_id, target_id, *values in rows:
            plain = map(self._get_plain, values)
            yield owners[target_id], record_id, dict(zip(names, plain, strict=True))

    def _get_owners(self, model, own_link, far_link, target_ids):
        """Return {what a row's link leads to: id of the write-off}."""
        if not far_link:
            return {target_id: target_id for target_id in target_ids}
        targets = self.env[model._fields[own_link].comodel_name].sudo()
        return {t.id: t[far_link].id for t in targets.browse(target_ids)}

    def _get_plain(self, value):
        if isinstance(value, date):
            return value.isoformat()
        # Odoo stores no text at times as an empty one.
        return None if value == "" else value

    def _compare(self, before, after):
        """Return what differs: a list of model, id, field, old and new value."""
        return compare(before, after)
