from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..canonical import get_digest
from .inventory_writeoff_validation import SHOWN_PROBLEMS

# Field of the content: the model that an id there belongs to.
COMODELS = {
    "company_id": "res.company",
    "requester_id": "res.users",
    "currency_id": "res.currency",
    "product_id": "product.product",
    "lot_id": "stock.lot",
    "owner_id": "res.partner",
    "product_uom_id": "uom.uom",
    "reason_id": "inventory.writeoff.reason",
    "loss_account_id": "account.account",
    "tax_loss_account_id": "account.account",
    "disposal_method_id": "inventory.writeoff.disposal.method",
}


class InventoryWriteoffContent(models.AbstractModel):
    """What an approval of a write-off is given for, and what has changed since.

    The content holds ids, quantities and values, no names: renaming a product or a
    location changes nothing. It has no location and no package: held goods may be
    moved to quarantine, and what is held is compared with the items on its own.
    Numbers are texts, so that the same content always makes the same digest.
    """

    _name = "inventory.writeoff.content"
    _description = "Content of Write-Offs"

    def _read(self, writeoffs):
        """Return {write-off: its content} as it stands in the database.

        A fixed number of queries. The database is read, not what this transaction
        remembers: what someone changed in it is found.
        """
        lines = self._read_lines(writeoffs)
        evidence = self._read_evidence(writeoffs)
        contents = {}
        for writeoff_id, company_id, requester_id, date, note in self._read_documents(
            writeoffs
        ):
            currency = self.env["res.company"].browse(company_id).currency_id
            contents[writeoff_id] = {
                "company_id": company_id,
                "currency_id": currency.id,
                "requester_id": requester_id,
                "accounting_date": fields.Date.to_string(date) or None,
                "note": note or None,
                "lines": lines[writeoff_id],
                "evidence": evidence.get(writeoff_id, {}),
            }
        return {writeoff: contents[writeoff.id] for writeoff in writeoffs}

    def _hash(self, content):
        """Return the hex SHA-256 of the canonical JSON of a content."""
        return get_digest(content)

    def _read_documents(self, writeoffs):
        if not writeoffs:
            return []
        columns = ["company_id", "requester_id", "accounting_date", "note"]
        self.env["inventory.writeoff"].flush_model(columns)
        return self.env.execute_query(
            SQL(
                """SELECT id, company_id, requester_id, accounting_date, note
                     FROM inventory_writeoff WHERE id IN %s""",
                tuple(writeoffs.ids),
            )
        )

    def _read_lines(self, writeoffs, lines=None):
        """Return {write-off id: {item id: content of the item}}.

        :param lines: the items to read, all of them unless told
        """
        contents = defaultdict(dict)
        if not writeoffs:
            return contents
        self.env["inventory.writeoff.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.writeoff_id, line.id, line.product_id, line.lot_id,
                       line.owner_id, line.quantity, line.product_uom_id,
                       line.reason_id, line.disposal_method_id, line.value_estimated,
                       line.analytic_distribution, doc.company_id
                  FROM inventory_writeoff_line line
                  JOIN inventory_writeoff doc ON doc.id = line.writeoff_id
                 WHERE line.writeoff_id IN %s %s
                """,
                tuple(writeoffs.ids),
                SQL("AND line.id IN %s", tuple(lines.ids)) if lines else SQL(),
            )
        )
        bookings = self._get_bookings({(row[11], row[7]) for row in rows})
        for row in rows:
            # JSON has texts as keys.
            contents[row[0]][str(row[1])] = {
                "product_id": row[2],
                "lot_id": row[3],
                "owner_id": row[4],
                "quantity": self._format_number(row[5]),
                "product_uom_id": row[6],
                "reason_id": row[7],
                **bookings[row[11], row[7]],
                "disposal_method_id": row[8],
                "value_estimated": self._format_number(row[9]),
                "analytic_distribution": {
                    accounts_key: self._format_number(percentage)
                    for accounts_key, percentage in (row[10] or {}).items()
                },
            }
        return contents

    def _get_bookings(self, keys):
        """Return {(company id, reason id): accounts and tax treatment}."""
        # Accounts are not readable for those who ask and decide.
        reasons = self.env["inventory.writeoff.reason"].sudo()
        companies = self.env["res.company"].sudo()
        return {
            (company_id, reason_id): self._get_booking(
                reasons.browse(reason_id), companies.browse(company_id)
            )
            for company_id, reason_id in keys
        }

    def _get_booking(self, reason, company):
        reason = reason.with_company(company)
        is_taxed = reason and reason.tax_treatment != "keep"
        tax_account = is_taxed and reason._get_tax_loss_account(company).id
        return {
            "loss_account_id": reason._get_loss_account(company).id or None,
            "tax_treatment": reason.tax_treatment or None,
            "tax_loss_account_id": tax_account or None,
        }

    def _read_evidence(self, writeoffs):
        """Return {write-off id: {evidence id: SHA-256 of the file}}."""
        return {}

    def _format_number(self, number):
        """Return a number as text: without what its binary form adds to it."""
        return f"{number or 0.0:.15g}"

    def _describe_changes(self, before, after):
        """Return a sentence for each thing that is not the same in both contents."""
        names = self._get_names(before, after)
        sentences = [
            change[:1].upper() + change[1:] + "."
            for change in self._get_changes("inventory.writeoff", before, after, names)
        ]
        lines = before["lines"], after["lines"]
        for line_id in sorted({*lines[0], *lines[1]}, key=int):
            sentences += self._describe_line(*(d.get(line_id) for d in lines), names)
        sentences += self._describe_evidence(before["evidence"], after["evidence"])
        hidden = len(sentences) - SHOWN_PROBLEMS
        if hidden <= 0:
            return sentences
        more = self.env._("And %(count)s more like these.", count=hidden)
        return [*sentences[:SHOWN_PROBLEMS], more]

    def _describe_line(self, before, after, names):
        if before == after:
            return []
        line = before or after
        item = names.get(("product_id", line["product_id"]), line["product_id"])
        if lot := names.get(("lot_id", line["lot_id"])):
            item = f"{item} ({lot})"
        values = {"item": item, "quantity": line["quantity"]}
        if not after:
            return [
                self.env._("Item %(item)s: removed, quantity %(quantity)s.", **values)
            ]
        if not before:
            return [
                self.env._("Item %(item)s: added, quantity %(quantity)s.", **values)
            ]
        changes = self._get_changes("inventory.writeoff.line", before, after, names)
        return [
            self.env._(
                "Item %(item)s: %(changes)s.", changes=", ".join(changes), **values
            )
        ]

    def _describe_evidence(self, before, after):
        if before == after:
            return []
        return [self.env._("The evidence is not what was approved.")]

    def _get_changes(self, model, before, after, names):
        """Return "quantity 12 → 10" for each plain field that differs."""
        changes = []
        for name in before:
            if name in ("lines", "evidence") or before[name] == after.get(name):
                continue
            label = self._get_label(model, name)
            if name in ("note", "analytic_distribution"):
                changes.append(self.env._("“%(field)s” changed", field=label))
                continue
            shown = [
                names.get((name, content.get(name)), content.get(name) or "-")
                for content in (before, after)
            ]
            changes.append(f"{label.lower()} {shown[0]} → {shown[1]}")
        return changes

    def _get_label(self, model, name):
        if name in ("loss_account_id", "tax_treatment", "tax_loss_account_id"):
            model = "inventory.writeoff.reason"
        return self.env[model]._fields[name]._description_string(self.env)

    def _get_names(self, *contents):
        """Return {(field, id): name} of the records in the contents."""
        ids = defaultdict(set)
        for content in contents:
            for values in (content, *content["lines"].values()):
                for name in COMODELS.keys() & values.keys():
                    ids[name].add(values[name])
        names = {}
        for name, model in COMODELS.items():
            # Whoever posts need not see accounts, lots or partners to be told.
            records = self.env[model].sudo().browse(ids[name] - {None}).exists()
            names.update({(name, r.id): r.display_name for r in records})
        return names
