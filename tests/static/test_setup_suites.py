"""How two runs of Odoo's own tests are compared."""

import pytest
from writeoff_setup.suites import differences, explanations, read_results, summary
from writeoff_setup.suites_command import report

RESULTS = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest">
<testcase classname="test_a.TestA" name="test_fine" />
<testcase classname="deep.tests.test_a.TestA" name="test_broken">
<failure message="no">trace</failure></testcase>
<testcase classname="test_a.TestA" name="test_broken" />
<testcase classname="test_b.TestB" name="test_left_out"><skipped /></testcase>
<testcase classname="test_b.TestB" name="test_setup"><error>trace</error></testcase>
</testsuite></testsuites>
"""
FINE, BROKEN = "stock/test_a::TestA::test_fine", "stock/test_a::TestA::test_broken"


@pytest.fixture
def results(tmp_path):
    file = tmp_path / "results.xml"
    file.write_text(RESULTS)
    return read_results(file, "stock")


def test_every_test_has_its_worst_outcome(results):
    assert results == {
        FINE: "passed",
        BROKEN: "failed",
        "stock/test_b::TestB::test_left_out": "skipped",
        "stock/test_b::TestB::test_setup": "error",
    }
    assert summary(results) == "4 tests: 1 error, 1 failed, 1 skipped, 1 passed"


def test_what_is_the_same_is_no_difference(results):
    assert differences(results, dict(results)) == {}


def test_a_test_that_did_not_run_is_a_difference(results):
    assert differences({FINE: "passed"}, {}) == {FINE: ("passed", "not run")}


def test_only_what_is_not_explained_is_returned(results, monkeypatch, tmp_path, capsys):
    file = tmp_path / "explained.txt"
    file.write_text(f"# why\n{BROKEN} It has to differ.\n")
    assert explanations(file) == {BROKEN: "It has to differ."}
    known = explanations(file)
    monkeypatch.setattr("writeoff_setup.suites_command.explanations", lambda: known)
    without = {FINE: "passed", BROKEN: "passed"}
    assert report(without, {FINE: "failed", BROKEN: "failed"}) == [FINE]
    printed = capsys.readouterr().out
    assert f"{FINE}: passed without, failed with" in printed
    assert "    It has to differ." in printed


def test_the_explained_tests_have_a_reason():
    assert explanations()
    assert all(reason.endswith(".") for reason in explanations().values())
