from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.inventory_writeoff.tests.common import WriteoffCommon


@tagged("post_install", "-at_install", "browser")
class TestDashboardTour(HttpCase, WriteoffCommon):
    """The dashboard in the browser, while somebody else goes on working."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Tour Vase", cls.category_avco)
        cls.env["product.category"].create({"name": "Empty in a test"})
        cls._make_in_move(cls, cls.product, 10, 10.0)
        cls._make_in_move(cls, cls.product, 10, 15.0)

    def _create_key(self, user):
        keys = self.env["res.users.apikeys"].with_user(user)
        expires = fields.Datetime.now() + timedelta(days=1)
        return keys._generate("rpc", "Tour", expires)

    def test_moves_after_a_posting_in_another_session(self):
        """4 of 20 at 12.50 are posted; finance posts 8 more while the auditor looks."""
        self._post((self.product, 4))
        approved = self._approve((self.product, 8))
        cookies = {
            "writeoff_key": self._create_key(self.finance),
            "writeoff_id": str(approved.id),
        }
        # The other client has none of the cookies by which Odoo knows its tests.
        with patch.object(self, "http_request_allow_all", True):
            self.start_tour(
                "/odoo", "dashboard_moves", login=self.auditor.login, cookies=cookies
            )
        self.assertEqual(approved.state, "posted")
        self.assertEqual(approved.poster_id, self.finance)

    def test_by_keyboard(self):
        """On a desk and on a phone; right to left as well."""
        self._post((self.product, 4))
        for size in ("1366x768", "390x844"):
            with self.subTest(size), patch.object(self, "browser_size", size):
                self.start_tour(
                    "/odoo/write-offs-dashboard",
                    "dashboard_by_keyboard",
                    login=self.auditor.login,
                )
