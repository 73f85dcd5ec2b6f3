"""The stand-alone verification of an exported log, run as an auditor runs it."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / "setup" / "verify_log"
SCRIPT = ROOT / "inventory_writeoff" / "verify_log.py"

spec = importlib.util.spec_from_file_location("verify_log", SCRIPT)
verify_log = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify_log)


def make_log(count=5):
    """Return the lines of a log, made as its description says."""
    records, previous = [], verify_log.FIRST
    for number in range(1, count + 1):
        content = {"kind": "tested", "payload": f'{{"n":{number}}}', "time": "2026"}
        event = {**content, "id": 10 + number, "sha256": verify_log.digest(content)}
        seal = {
            "company": 1,
            "number": number,
            "event": event["id"],
            "previous": previous,
        }
        previous = verify_log.digest({**seal, "sha256": event["sha256"]})
        records.append({"event": event, "seal": {**seal, "hash": previous}})
    header = {
        "format": verify_log.FORMAT,
        "version": verify_log.VERSION,
        "company": "Company",
        "head": f"{count}:{previous}",
    }
    return [json.dumps(record) + "\n" for record in [header, *records]]


def run(tmp_path, lines, *arguments):
    file = tmp_path / "log.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(COMMAND), str(file), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_whole_log(tmp_path):
    result = run(tmp_path, make_log())
    assert (result.returncode, result.stderr) == (0, "")
    assert "5 events, 0 of them not sealed" in result.stdout
    assert "Give --head" in result.stdout


def test_only_the_standard_library():
    names = {
        line.split()[1].partition(".")[0]
        for line in SCRIPT.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert names <= sys.stdlib_module_names


def change(line, old, new):
    assert old in line
    return line.replace(old, new, 1)


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (lambda log: change(log, '\\"n\\":3', '\\"n\\":4'), "Event 13 .* not what was"),
        (lambda log: change(log, '"number": 3', '"number": 4'), "Number 3 .* missing"),
        (lambda log: change(log, '"id": 13', '"id": 14'), "Seal 3 does not fit"),
        (lambda log: change(log, '"seal"', '"sael"'), "Number 3 of the chain"),
        (lambda log: "", "Number 3 of the chain is missing"),
        (lambda log: log[:40], "Line 4 cannot be read"),
        (lambda log: "[]\n", "Line 4 cannot be read"),
    ],
)
def test_the_first_broken_record_is_named(tmp_path, tamper, sentence):
    lines = make_log()
    lines[3] = tamper(lines[3])
    result = run(tmp_path, lines)
    assert result.returncode == 1, result.stderr
    (first,) = [line for line in result.stdout.splitlines() if "BROKEN" in line]
    assert re.search(sentence, first), first


def test_heads_noted_elsewhere(tmp_path):
    lines = make_log()
    head = json.loads(lines[0])["head"]
    assert run(tmp_path, lines, "--head", head).returncode == 0
    short = make_log(3)
    result = run(tmp_path, short, "--head", head)
    assert result.returncode == 1
    assert "ends at number 3, but number 5 was noted elsewhere" in result.stdout
    forged = f"5:{'a' * 64}"
    result = run(tmp_path, lines, "--head", head, "--head", f"2:{'a' * 64}")
    assert "Seal 2 has another hash" in result.stdout
    assert "Seal 5 has another hash" in run(tmp_path, lines, "--head", forged).stdout


def make_extract(kept=3):
    """Return an extract of the log that has the content of one event only."""
    header, *records = map(json.loads, make_log())
    for record in records:
        if record["seal"]["number"] != kept:
            record["seal"]["sha256"] = record.pop("event")["sha256"]
    return [json.dumps(row) + "\n" for row in [{**header, "extract": [7]}, *records]]


def test_an_extract(tmp_path):
    lines = make_extract()
    head = json.loads(lines[0])["head"]
    result = run(tmp_path, lines, "--head", head)
    assert (result.returncode, result.stderr) == (0, "")
    assert "of 4 other events of the chain it has the digests only" in result.stdout
    other = make_extract()
    other[2] = change(other[2], '"sha256": "', '"sha256": "0')
    assert "Seal 2 does not fit event 12" in run(tmp_path, other).stdout
    del lines[2]
    assert "Number 2 of the chain is missing" in run(tmp_path, lines).stdout


def test_only_an_extract_leaves_out(tmp_path):
    lines = make_extract()
    header = json.loads(lines[0])
    del header["extract"]
    result = run(tmp_path, [json.dumps(header) + "\n", *lines[1:]])
    assert result.returncode == 1
    assert "BROKEN, first: Seal 1: its event 11 is gone." in result.stdout


@pytest.mark.parametrize("head", ["5", "5:abc", "x:" + "a" * 64])
def test_a_head_that_is_none(tmp_path, head):
    result = run(tmp_path, make_log(), "--head", head)
    assert result.returncode == 2
    assert "is not a number, a colon and 64" in result.stderr


@pytest.mark.parametrize("content", ["", "no log", '{"format": "other"}'])
def test_a_file_that_is_no_log(tmp_path, content):
    result = run(tmp_path, [content])
    assert result.returncode == 2
    assert "log.jsonl" in result.stderr
    assert "Traceback" not in result.stderr
