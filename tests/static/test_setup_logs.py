"""What counts as a complaint in Odoo's log."""

import pytest
from writeoff_setup.checks import complaints, look_at_log
from writeoff_setup.errors import StepFailed

QUIET = "2026-01-31 10:00:00,000 77 INFO db odoo.modules.loading: loading a.xml"
WARNING = "2026-01-31 10:00:00,000 77 WARNING db odoo.models: no access rules"


def test_only_what_is_logged_as_a_warning_or_worse_is_a_complaint():
    trace = "Traceback (most recent call last):"
    docutils = "<string>:3: (ERROR/3) Unexpected indentation."
    lines = [QUIET, WARNING, trace, docutils, "stock_warn_insufficient_qty ERROR"]
    assert complaints(lines) == [WARNING, trace, docutils]


def test_a_complaint_fails_and_is_shown(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text(f"{QUIET}\n{WARNING}\n")
    with pytest.raises(StepFailed, match="no access rules"):
        look_at_log(log)


def test_what_odoo_says_without_us_is_allowed(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text(f"{QUIET}\n<string>:38: (ERROR/3) Unexpected indentation.\n")
    look_at_log(log)
