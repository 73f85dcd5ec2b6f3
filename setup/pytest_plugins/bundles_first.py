"""Generates the bundles of Odoo's web client before the tests that open it.

Odoo's own runner does so, too: what a test generates is rolled back after it, and the
next one waits for it again.
"""

from contextlib import closing

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

STYLES = ("web.assets_web", "web.assets_web_print")
SCRIPTS = (
    "bus.websocket_worker_assets",
    "web.assets_tests",
    "web.assets_web",
    "web.chartjs_lib",
)


def pytest_collection_finish(session):
    if any("browser" in getattr(item.cls, "test_tags", ()) for item in session.items):
        with closing(Registry(get_db_name()).cursor()) as cursor:
            generate(api.Environment(cursor, SUPERUSER_ID, {})["ir.qweb"])
            cursor.commit()


def generate(views):
    for name in STYLES:
        views._get_asset_bundle(name, css=True, js=False).css()
    for name in SCRIPTS:
        views._get_asset_bundle(name, css=False, js=True).js()
