import csv
import io
import json

from odoo import models
from odoo.tools import file_path, split_every

from ..pack_archive import FORMAT, VERSION, PackArchive, to_file_name

# Statements that are in memory at once.
PRINTED_AT_ONCE = 20
STATEMENT = "inventory_writeoff_reports.report_statement"
SCRIPTS = (
    "inventory_writeoff/verify_log.py",
    "inventory_writeoff_reports/verify_pack.py",
)
ENTRY_COLUMNS = (
    "writeoff",
    "entry",
    "date",
    "journal",
    "item_id",
    "account_id",
    "account",
    "label",
    "product",
    "quantity",
    "debit",
    "credit",
    "currency",
    "analytic_distribution",
)


class InventoryWriteoffAuditPackFile(models.AbstractModel):
    """Writes an auditor pack to a file: one part after the other, none kept.

    Every part is what the user may read; of the log it is what concerns the write-offs,
    with the digests of all other events, as the chain proves nothing without them.
    """

    _name = "inventory.writeoff.audit.pack.file"
    _description = "Archive of an Auditor Pack"

    def _write(self, pack, file):
        archive = PackArchive(file)
        companies = [
            self._write_company(archive, pack, company, writeoffs.sorted("id"))
            for company, writeoffs in pack.writeoff_ids.grouped("company_id").items()
        ]
        for script in SCRIPTS:
            with open(file_path(script), "rb") as content:
                archive.add(script.rpartition("/")[2], content)
        archive.add("README.txt", [self._get_readme(companies).encode()])
        manifest = {**self._get_header(), "companies": companies}
        archive.add("manifest.json", [json.dumps(manifest, indent=2).encode()])
        self._log(pack, archive.close())

    def _log(self, pack, sums):
        """Log who took what along, and the one digest that all others follow from."""
        payloads = {
            company: {"writeoffs": writeoffs.ids, "sums": sums}
            for company, writeoffs in pack.writeoff_ids.grouped("company_id").items()
        }
        self.env["inventory.writeoff.event"]._log("audit_pack_made", payloads)

    def _get_header(self):
        return {
            "format": FORMAT,
            "version": VERSION,
            "database": self.env.cr.dbname,
            "made": self.env.cr.now().isoformat(timespec="microseconds") + "Z",
            "login": self.env.user.login,
        }

    def _write_company(self, archive, pack, company, writeoffs):
        """Write what belongs to a company, and return its part of the manifest."""
        folder = f"{to_file_name(company.name)}-{company.id}"
        log, entries = f"{folder}/log.jsonl", f"{folder}/entries.csv"
        export = self.env["inventory.writeoff.log.export"]
        archive.add(log, export._stream_extract(company, writeoffs))
        has_items = self.env["account.move.line"].has_access("read")
        if has_items:
            archive.add(entries, self._get_entries(writeoffs))
        facts = {
            "id": company.id,
            "name": company.name,
            "log": log,
            "entries": entries if has_items else None,
        }
        evidence = pack._get_evidence()
        left_out = pack._count_left_out(evidence)
        files = evidence.grouped("writeoff_id")
        facts["writeoffs"] = written = []
        for ids in split_every(PRINTED_AT_ONCE, writeoffs.ids):
            batch = writeoffs.browse(ids)
            statements = self._print(batch)
            for writeoff in batch:
                written.append(
                    {
                        **self._write_statement(archive, folder, writeoff, statements),
                        "evidence_left_out": left_out.get(writeoff.id, 0),
                        "evidence": self._write_evidence(
                            archive,
                            self._get_folder(folder, writeoff),
                            files.get(writeoff, evidence.browse()),
                        ),
                    }
                )
        return facts

    def _get_folder(self, folder, writeoff):
        return f"{folder}/{to_file_name(writeoff.name)}-{writeoff.id}"

    def _write_statement(self, archive, folder, writeoff, statements):
        path = f"{self._get_folder(folder, writeoff)}/statement.pdf"
        archive.add(path, [statements[writeoff.id]])
        return {
            "id": writeoff.id,
            "name": writeoff.name,
            "state": writeoff.state,
            "statement": path,
        }

    def _print(self, writeoffs):
        """Return {write-off id: PDF}; to start the printer takes longer than to print.

        Odoo takes the statements apart by their headings.
        """
        # A PDF, also where Odoo would make do with HTML.
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        streams = reports._render_qweb_pdf_prepare_streams(STATEMENT, {}, writeoffs.ids)
        if streams.keys() != set(writeoffs.ids):
            streams = {
                writeoff.id: reports._render_qweb_pdf_prepare_streams(
                    STATEMENT, {}, writeoff.ids
                )[writeoff.id]
                for writeoff in writeoffs
            }
        return {key: stream["stream"].getvalue() for key, stream in streams.items()}

    def _write_evidence(self, archive, folder, evidence):
        """Write the files as they are stored, and return the manifest of them."""
        stored = evidence._get_stored_files()
        facts = []
        for file in evidence:
            path = f"{folder}/evidence/{file.id}-{to_file_name(file.name)}"
            content = file._read_stored_file(stored)
            if content is not None:
                archive.add(path, [content])
            facts.append(
                {
                    "id": file.id,
                    "type": file.evidence_type_id.name,
                    "name": file.name,
                    "path": path if content is not None else None,
                    "sha256": file.sha256,
                    "status": file.status,
                }
            )
        return facts

    def _get_entries(self, writeoffs):
        """Yield the lines of a CSV file with the journal items of the write-offs."""
        items = self.env["account.move.line"].search(
            [("move_id.writeoff_id", "in", writeoffs.ids)], order="id"
        )
        yield "\ufeff".encode() + self._to_csv(ENTRY_COLUMNS)
        for item in items:
            yield self._to_csv(map(self._to_cell, self._get_item_values(item)))

    def _get_item_values(self, item):
        return (
            item.move_id.writeoff_id.name,
            item.move_id.name,
            item.date,
            item.journal_id.code,
            item.id,
            item.account_id.id,
            item.account_id.display_name,
            item.name or "",
            item.product_id.display_name or "",
            item.quantity,
            item.debit,
            item.credit,
            item.company_currency_id.name,
            json.dumps(item.analytic_distribution or {}),
        )

    def _to_cell(self, value):
        """Return a value as a cell that no spreadsheet takes for a formula."""
        if isinstance(value, str) and value[:1] in tuple("=+-@\t\r"):
            return f"'{value}"
        return value

    def _to_csv(self, values):
        line = io.StringIO()
        csv.writer(line).writerow(values)
        return line.getvalue().encode()

    def _get_readme(self, companies):
        head = "\n".join(
            f"{facts['name']}: {', '.join(w['name'] for w in facts['writeoffs'])}"
            for facts in companies
        )
        return "\n\n".join([self._get_readme_title(), head, *self._get_readme_parts()])

    def _get_readme_title(self):
        return self.env._(
            "Auditor pack of write-offs, made on %(date)s (UTC) by %(login)s",
            date=self.env.cr.now().isoformat(" ", timespec="seconds"),
            login=self.env.user.login,
        )

    def _get_readme_parts(self):
        return (
            self.env._(
                "WHAT IS IN IT\n"
                "A folder for each company, and in it:\n"
                "- log.jsonl: what the log of the company says of the chosen write-"
                "offs. Of all other events it has the digests only, so that the chain "
                "can be verified whole;\n"
                "- entries.csv: the journal items of the chosen write-offs, if who "
                "made the pack may read them;\n"
                "- a folder for each write-off, with its statement and the files of "
                "evidence as they were uploaded. Confidential files are left out if "
                "who made the pack may not read them; manifest.json says how many."
            ),
            self.env._(
                "HOW TO VERIFY IT, WITHOUT ODOO\n"
                "Unzip all of it, open a terminal in the folder, and run\n\n"
                "    python3 verify_pack.py\n\n"
                "It needs Python 3.10 or newer and nothing else, reads only this "
                "folder, and is short enough to be read. It compares every file with "
                "SHA256SUMS, verifies the chain of the log with verify_log.py, and "
                "compares evidence and journal items with what the log has seen of "
                "them. It names what is broken first, and ends with 0 if nothing is, "
                "with 1 if something is, and with 2 if the folder is no pack."
            ),
            self.env._(
                "WHAT IT CANNOT SHOW BY ITSELF\n"
                "Who makes an extract could leave out a step of a chosen write-off "
                "that a later step has overtaken. Whether all of them are there is "
                "seen in the whole log, which auditors download in Odoo.\n"
                "Whoever can make a whole log again can make a whole pack again. "
                "Compare with what they cannot change: give a head of the log that was "
                "mailed or printed at the time,\n\n"
                "    python3 verify_pack.py --head NUMBER:HASH\n\n"
                "and compare the SHA-256 of the file SHA256SUMS with the one that the "
                "log in Odoo has kept when this pack was made (Auditor pack made)."
            ),
        )
