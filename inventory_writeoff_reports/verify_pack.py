#!/usr/bin/env python3
"""Verify an auditor pack of write-offs, without Odoo.

    python verify_pack.py [FOLDER] [--head NUMBER:HASH]

FOLDER is where the pack was unzipped to; without one, where this file is.

* `SHA256SUMS` has the SHA-256 of every other file. Nothing may be missing, changed or
  added.
* Each `log.jsonl` is verified by `verify_log.py`, which stands beside this file.
* Each file of evidence must be what the log has seen of it when it was uploaded, and
  each journal item in `entries.csv` what the log has seen of it when it was posted.
  So it does not help to change the sums as well.

This file needs `verify_log.py` and Python 3.10 or newer, nothing else.
"""

# A command that is run without Odoo speaks on its own.
# pylint: disable=print-used

import argparse
import csv
import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import verify_log  # noqa: E402

FORMAT = "inventory-writeoff-audit-pack"
VERSION = 1
SUMS = "SHA256SUMS"
EVIDENCE = "inventory.writeoff.evidence"
ITEM = "account.move.line"
# What of a journal item the log knows, with the column of the same content.
ITEM_COLUMNS = {"debit": "debit", "credit": "credit", "account_id": "account_id"}


def hash_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


class PackVerifier:
    """Gathers what is wrong with an unzipped pack, as sentences."""

    def __init__(self, folder, heads=()):
        self.folder = Path(folder)
        self.heads = list(heads)
        self.problems = []
        self.checked = dict.fromkeys(("files", "events", "evidence", "items"), 0)

    def verify(self):
        with open(self.folder / "manifest.json", encoding="utf-8") as file:
            manifest = json.load(file)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ValueError("the folder is no auditor pack of write-offs")
        if manifest.get("version") != VERSION:
            raise ValueError(f"version {manifest.get('version')} is not known")
        self._check_sums()
        for company in manifest["companies"]:
            self._check_company(company)
        return self.problems

    def _check_sums(self):
        with open(self.folder / SUMS, encoding="utf-8") as file:
            sums = dict(reversed(line.rstrip("\n").split("  ", 1)) for line in file)
        found = {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        for name in sorted(found - sums.keys() - {SUMS}):
            self.problems.append(f"{name} was added to the pack.")
        for name, known in sorted(sums.items()):
            self.checked["files"] += 1
            if name not in found:
                self.problems.append(f"{name} is missing.")
            elif hash_file(self.folder / name) != known:
                self.problems.append(f"{name} is not the file that was packed.")

    def _check_company(self, company):
        with open(self.folder / company["log"], encoding="utf-8") as file:
            _header, verifier = verify_log.verify_lines(file, self.heads)
        self.checked["events"] += verifier.events
        for _about, sentence in verifier.problems:
            self.problems.append(f"{company['log']}: {sentence}")
        logged = {key: content for key, (_id, content) in verifier.logged.items()}
        for writeoff in company["writeoffs"]:
            content = logged.get(str(writeoff["id"]), {})
            for file in writeoff["evidence"]:
                self._check_evidence(file, content.get(EVIDENCE, {}))
        if company["entries"]:
            self._check_entries(company, logged)

    def _check_evidence(self, file, logged):
        """Compare a file with the digest that was logged when it was uploaded."""
        self.checked["evidence"] += 1
        name, known = file["path"], logged.get(str(file["id"]))
        path = name and self.folder / name
        if not name:
            name = f"Evidence {file['id']}"
            self.problems.append(f"{name} was gone when the pack was made.")
        elif known is None:
            # A draft may be changed: the log has seen nothing of it yet.
            if hash_file(path) != file["sha256"]:
                self.problems.append(f"{name} is not the file that was uploaded.")
        elif path.is_file() and hash_file(path) != known["sha256"]:
            self.problems.append(
                f"{name} is not the file that the log has seen uploaded."
            )

    def _check_entries(self, company, logged):
        chosen = {str(writeoff["id"]) for writeoff in company["writeoffs"]}
        known = {
            key: item
            for writeoff in chosen
            for key, item in logged.get(writeoff, {}).get(ITEM, {}).items()
        }
        found = set()
        with open(self.folder / company["entries"], encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                self._check_item(company["entries"], row, known)
                found.add(row["item_id"])
        for key in sorted(known.keys() - found, key=int):
            self.problems.append(
                f"{company['entries']}: journal item {key} is in the log, and missing."
            )

    def _check_item(self, name, row, known):
        self.checked["items"] += 1
        key = row["item_id"]
        if key not in known:
            self.problems.append(f"{name}: the log knows no journal item {key}.")
            return
        for column, field in ITEM_COLUMNS.items():
            was = known[key].get(field)
            if float(row[column]) != float(was or 0):
                self.problems.append(
                    f"{name}: {column} of journal item {key} was {was} when it was "
                    f"logged, and is {row[column]}."
                )


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="verify_pack", description="Verify an auditor pack of write-offs."
    )
    parser.add_argument("folder", nargs="?", default=Path(__file__).resolve().parent)
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="NUMBER:HASH",
        help="a head of the log's chain that was noted elsewhere; may be repeated",
    )
    options = parser.parse_args(arguments)
    try:
        heads = [verify_log.parse_head(text) for text in options.head]
        verifier = PackVerifier(options.folder, heads)
        problems = verifier.verify()
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.folder}: {error}", file=sys.stderr)
        return 2
    print(
        "{files} files, {events} events of the log, {evidence} files of evidence and "
        "{items} journal items were compared.".format(**verifier.checked)
    )
    if not problems:
        print("Nothing is broken.")
        return 0
    print(f"BROKEN, first: {problems[0]}")
    for problem in problems[1 : verify_log.MAX_PROBLEMS]:
        print(f"  then: {problem}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
