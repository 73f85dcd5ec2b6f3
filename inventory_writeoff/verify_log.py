#!/usr/bin/env python3
"""Verify an exported log of write-offs, without Odoo.

    verify_log FILE [--head NUMBER:HASH]

FILE is what Odoo exports: one JSON object per line. The first line says what it is
(`format`, `version`, `company`, `head`, `writeoffs`); each other line holds an `event`
and, once it is part of the chain, its `seal`; the last lines hold a `state` each.

* An event's `sha256` is the SHA-256 of the canonical JSON of the rest of the event
  without its `id`. `payload` is a text in it: what the step was about, JSON as well.
* A seal's `hash` is the SHA-256 of the canonical JSON of `company`, `number`, `event`
  (the id), `sha256` (of the event) and `previous` (the hash of the seal before; 64
  zeros for number 1). Numbers start at 1 and have no gap.

* A state is a write-off as the database had it when the log was exported: its id, and
  its `content`, {model: {id: {field: value}}}, with the digests of the files of its
  evidence as they are now. It must be what the last event with a `content` has seen,
  with what later events have added to it: a write-off that is posted chunk by chunk
  logs the records of each chunk as `content_part`.

Canonical JSON: keys sorted, no spaces, characters not escaped, in UTF-8.

The first line of an *extract* names the write-offs that it is about, as `extract`. Of
all other events it holds the seal only, with the `sha256` of the event in it: the chain
is verified whole, and tells nothing of what they say. In what is no extract every event
has to be there.

The chain alone cannot show that its end was cut off, or that all of it was made again.
Give `--head` a number and hash that was noted elsewhere, from a printed statement or a
mail: then both are found. This file needs nothing but Python 3.10 or newer.
"""

# A command that is run without Odoo speaks on its own.
# pylint: disable=print-used

import argparse
import hashlib
import json
import re
import sys

FORMAT = "inventory-writeoff-log"
VERSION = 1
FIRST = "0" * 64
HEAD = re.compile(r"\s*(\d{1,12})\s*:\s*([0-9a-fA-F]{64})\s*")
# More than anyone reads; the first one is what counts.
MAX_PROBLEMS = 50
DOCUMENT = "inventory.writeoff"
# In draft the content may change; these say that it is a draft, and whose.
DRAFT_FIELDS = ("state", "company_id", "requester_id")
# The entry's hash may be made later, when the books are secured.
LATER_FIELDS = ("inalterable_hash",)


def digest(value):
    """Return the SHA-256 of the canonical JSON of a value, in hexadecimal."""
    text = json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def compare(before, after):
    """Return what differs in two contents: model, id, field, old and new value.

    A record that is new, or gone, is told as one difference without a field.
    """
    differences = []
    for model in before.keys() & after.keys():
        old, new = before[model], after[model]
        for key in sorted(old.keys() | new.keys(), key=int):
            about = {"model": model, "id": int(key)}
            if key not in old or key not in new:
                pair = {"old": old.get(key), "new": new.get(key)}
                differences.append({**about, **pair})
                continue
            differences += [
                {**about, "field": name, "old": old[key][name], "new": new[key][name]}
                for name in old[key].keys() & new[key].keys()
                if old[key][name] != new[key][name]
            ]
    return differences


def merge(content, part):
    """Return a content with what was posted since: records in place of the old ones."""
    return {
        model: {**content.get(model, {}), **part.get(model, {})}
        for model in content.keys() | part.keys()
    }


def compare_with_log(key, logged, found):
    """Return what of a write-off is not as the log has seen it last.

    :param key: id of the write-off, as text
    """
    is_draft = logged[DOCUMENT][key]["state"] == "draft"
    if is_draft:
        logged = {DOCUMENT: logged[DOCUMENT]}
    return [
        difference
        for difference in compare(logged, found)
        if not (
            is_draft
            and difference.get("field") not in DRAFT_FIELDS
            or difference.get("field") in LATER_FIELDS
            and difference["old"] is None
        )
    ]


def parse_head(text):
    """Return number and hash of a text NUMBER:HASH; ValueError if it is none."""
    match = HEAD.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a number, a colon and 64 hexadecimal digits")
    return int(match[1]), match[2].lower()


class Verifier:
    """Takes records in the order of the chain and gathers what is wrong.

    A problem is a pair: what is broken (a dictionary with `code` and what it is about)
    and the sentence that says it.
    """

    def __init__(self, heads=(), is_extract=False):
        self.heads = dict(heads)
        self.is_extract = is_extract
        self.number = 0
        self.hash = FIRST
        self.events = 0
        self.unsealed = 0
        self.left_out = 0
        self.states = 0
        self.logged = {}
        self.parts = {}
        self.problems = []

    def report(self, code, sentence, **about):
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(({"code": code, **about}, sentence))

    def take(self, record):
        """Take an event with its seal, one that is not sealed yet, or a state."""
        if state := record.get("state"):
            self._check_state(str(state["writeoff"]), state["content"])
            return
        event, seal = record.get("event"), record.get("seal")
        if seal:
            self._check_seal(seal, event)
        else:
            self.unsealed += 1
        if event:
            self.events += 1
            self._check_event(event)

    def learn(self, event):
        """Keep what the event has seen of its write-off, for the states to come."""
        payload = json.loads(event.get("payload") or "{}")
        content, part = payload.get("content"), payload.get("content_part")
        key = str(event.get("writeoff"))
        if part:
            self.parts.setdefault(key, []).append((event["id"], part))
        if content and self.logged.get(key, (0,))[0] < event["id"]:
            self.logged[key] = event["id"], content

    def finish(self):
        """Look for the anchored heads that the chain did not reach."""
        for number, known in sorted(self.heads.items()):
            if number > self.number:
                self.report(
                    "truncated",
                    f"The chain ends at number {self.number}, but number {number} was "
                    f"noted elsewhere: its end was cut off.",
                    number=self.number,
                )
            elif known is not None and number == 0:
                self.report("head", "Number 0 is no head of a chain.", number=0)
        return self.problems

    def _check_state(self, key, found):
        self.states += 1
        event_id, logged = self.logged.get(key, (0, None))
        for part_id, part in sorted(self.parts.get(key, []), key=lambda pair: pair[0]):
            if logged and part_id > event_id:
                logged = merge(logged, part)
        document = found[DOCUMENT].get(key)
        if logged is None:
            if document and document["state"] != "draft":
                self.report(
                    "unlogged",
                    f"{document['name']} has left draft, and nothing in the log says "
                    f"so.",
                    writeoff=int(key),
                )
        elif not document:
            name = logged[DOCUMENT][key]["name"]
            self.report(
                "gone",
                f"{name} is in the log, and gone from the database.",
                writeoff=int(key),
            )
        else:
            for difference in compare_with_log(key, logged, found):
                self._report_difference(key, document["name"], difference)

    def _report_difference(self, key, name, difference):
        what = f"{difference['model']} {difference['id']}"
        if field := difference.get("field"):
            sentence = (
                f"{name}: {field} of {what} was {difference['old']!r} when it was "
                f"logged, and is {difference['new']!r} in the database."
            )
        elif difference["new"] is None:
            sentence = f"{name}: {what} is gone from the database."
        else:
            sentence = (
                f"{name}: {what} is in the database, and the log does not know it."
            )
        self.report("state", sentence, writeoff=int(key))

    def _check_event(self, event):
        content = {k: v for k, v in event.items() if k not in ("id", "sha256")}
        if digest(content) != event.get("sha256"):
            self.report(
                "event",
                f"Event {describe(event)}: its content is not what was logged.",
                event=event.get("id"),
            )

    def _check_seal(self, seal, event):
        number = seal.get("number")
        if number != self.number + 1:
            self.report(
                "gap",
                f"Number {self.number + 1} of the chain is missing: {number} follows "
                f"{self.number}.",
                number=self.number + 1,
            )
        elif seal.get("previous") != self.hash:
            self.report(
                "link",
                f"Seal {number} does not follow seal {self.number}: one of the two is "
                f"not what it was.",
                number=number,
            )
        if not event and self.is_extract and seal.get("sha256"):
            self.left_out += 1
            self._check_hash(seal, {"id": seal.get("event"), "sha256": seal["sha256"]})
        elif not event:
            self.report(
                "missing",
                f"Seal {number}: its event {seal.get('event')} is gone.",
                number=number,
                event=seal.get("event"),
            )
        else:
            self._check_hash(seal, event)
        self._check_head(seal)
        self.number, self.hash = number, seal.get("hash")

    def _check_hash(self, seal, event):
        content = {
            "company": seal.get("company"),
            "event": seal.get("event"),
            "number": seal.get("number"),
            "previous": seal.get("previous"),
            "sha256": event.get("sha256"),
        }
        is_its_own = event.get("id") == seal.get("event")
        if not is_its_own or digest(content) != seal.get("hash"):
            self.report(
                "seal",
                f"Seal {seal.get('number')} does not fit event {describe(event)}: one "
                f"of the two is not what it was.",
                number=seal.get("number"),
                event=event.get("id"),
            )

    def _check_head(self, seal):
        number = seal.get("number")
        known = self.heads.get(number)
        if known and known != seal.get("hash"):
            self.report(
                "rewritten",
                f"Seal {number} has another hash than the one that was noted "
                f"elsewhere: the chain was made again, from this seal or before.",
                number=number,
            )


def describe(event):
    return (
        f"{event.get('id')} ({event.get('kind')}, {event.get('reference')}, "
        f"{event.get('time')}, {event.get('login')})"
    )


def read_header(line):
    header = json.loads(line)
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError("the file is no exported log of write-offs")
    if header.get("version") != VERSION:
        raise ValueError(f"version {header.get('version')} of the format is not known")
    return header


def verify_lines(lines, heads=()):
    """Verify the lines of an exported log.

    :return: the header of the file and the verifier; ValueError if it is no log
    """
    lines = iter(lines)
    header = read_header(next(lines, "{}"))
    verifier = Verifier(heads, is_extract="extract" in header)
    for position, line in enumerate(lines, start=2):
        try:
            record = json.loads(line)
            verifier.take(record)
            if record.get("event"):
                verifier.learn(record["event"])
        except (ValueError, TypeError, AttributeError) as error:
            verifier.report(
                "line", f"Line {position} cannot be read: {error}.", line=position
            )
    # Whoever cuts off a file often leaves its first line as it was.
    number, known = parse_head(header["head"]) if header.get("head") else (0, FIRST)
    if (number, known) != (verifier.number, verifier.hash):
        verifier.report(
            "incomplete",
            f"The file says that the chain ends at number {number}, and it ends at "
            f"{verifier.number}.",
            number=verifier.number,
        )
    if header.get("writeoffs", 0) != verifier.states:
        verifier.report(
            "states",
            f"The file says that it tells the state of {header.get('writeoffs')} "
            f"write-offs, and it has {verifier.states}.",
        )
    verifier.finish()
    return header, verifier


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="verify_log", description="Verify an exported log of write-offs."
    )
    parser.add_argument("file", help="the exported log, JSON Lines")
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="NUMBER:HASH",
        help="a head of the chain that was noted elsewhere; may be repeated",
    )
    options = parser.parse_args(arguments)
    try:
        heads = [parse_head(text) for text in options.head]
        with open(options.file, encoding="utf-8") as file:
            header, verifier = verify_lines(file, heads)
    except (OSError, ValueError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    print_result(header, verifier, heads)
    return 1 if verifier.problems else 0


def print_result(header, verifier, heads):
    print(
        f"{header.get('company')}: {verifier.events} events, {verifier.unsealed} of "
        f"them not sealed, {verifier.states} write-offs; "
        f"head {verifier.number}:{verifier.hash}"
    )
    if verifier.is_extract:
        print(
            f"An extract: of {verifier.left_out} other events of the chain it has the "
            f"digests only."
        )
    if not verifier.problems:
        print("Nothing is broken.")
        if not heads:
            print(
                "Give --head a number and hash noted elsewhere: without one, nobody "
                "sees whether the end was cut off or all of it made again."
            )
        return
    print(f"BROKEN, first: {verifier.problems[0][1]}")
    for _about, sentence in verifier.problems[1:]:
        print(f"  then: {sentence}")


if __name__ == "__main__":
    sys.exit(main())
