"""Makes a test that is skipped for want of a browser a failed one."""

import re

import pytest

WANTING = re.compile(
    r"chrom(e|ium)|devtools|websocket-client|--odoo-http is not set", re.IGNORECASE
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and call.excinfo and WANTING.search(str(call.excinfo.value)):
        report.outcome = "failed"
        report.longrepr = f"No browser for this test: {call.excinfo.value}"
    return report
