import json
import re
from unittest.mock import MagicMock, patch

from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon

from ..models.inventory_writeoff_kpi_bus import CHANGED, CHANNEL


@tagged("post_install", "-at_install")
class TestDashboardBus(ReversalCommon):
    """Open dashboards are told that something has changed, and only they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls._make_in_move(cls, cls.product, 10, 10.0)

    def setUp(self):
        super().setUp()
        # What setting up has changed is none of the tests.
        self._read_messages()

    def _read_messages(self):
        """Return channel and message of what was sent since the last time."""
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].search([("channel", "ilike", CHANNEL)])
        found = [(json.loads(m.channel), json.loads(m.message)) for m in messages]
        messages.unlink()
        return found

    def _get_channels(self, user):
        request = MagicMock()
        request.session.uid = user.id
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", new=request):
            sockets = self.env["ir.websocket"].with_user(user)
            return sockets._build_bus_channel_list(["other", CHANNEL])

    def test_posting_is_told_once_and_without_content(self):
        writeoff = self._approve((self.product, 4))
        self._read_messages()
        writeoff.with_user(self.finance).action_post()
        channel = [self.env.cr.dbname, "res.company", self.company.id, CHANNEL]
        message = {"type": CHANGED, "payload": {"company_id": self.company.id}}
        self.assertEqual(self._read_messages(), [(channel, message)])

    def test_each_chunk_in_the_background_is_told(self):
        self.company.writeoff_chunk_size = 2
        writeoff = self._approve(*((self.product, 1),) * 5)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "posting")
        self._read_messages()
        told, is_more = [], True
        while is_more:
            is_more = writeoff.sudo()._as_poster()._post_next_chunk()
            told.append(len(self._read_messages()))
        self.assertEqual(writeoff.state, "posted")
        # The first step only checks, then come 2, 2 and 1 items.
        self.assertEqual(told, [0, 1, 1, 1])

    def test_dashboards_do_not_wait_long(self):
        """They are told in the posting's own transaction, and read again right after.

        How soon that is on the screen, a tour notes.
        """
        path = "inventory_writeoff_reports/static/src/dashboard/dashboard.js"
        with open(file_path(path), encoding="utf-8") as file:
            (delay,) = re.findall(r"^const DELAY = (\d+);$", file.read(), re.MULTILINE)
        self.assertLessEqual(int(delay), 1000)

    def test_other_steps_and_verification_are_told(self):
        writeoff = self._submit((self.product, 4))
        self.assertEqual(len(self._read_messages()), 1)
        writeoff.with_user(self.approver).reject("Not broken.")
        self.assertEqual(len(self._read_messages()), 1)
        self.env["inventory.writeoff.verification"]._verify(self.company)
        self.assertEqual(len(self._read_messages()), 1)

    def test_who_listens_to_which_company(self):
        self.auditor.company_ids |= self.other_company
        for user, companies in (
            (self.auditor, self.company | self.other_company),
            (self.finance, self.company),
            (self.senior, self.company),
            (self.manager, self.company),
            (self.requester, self.company.browse()),
            (self.approver, self.company.browse()),
            (self.stock_user, self.company.browse()),
        ):
            channels = self._get_channels(user)
            # By its bare name nobody gets at what is sent.
            self.assertFalse(
                [name for name in channels if isinstance(name, str) and name == CHANNEL]
            )
            own = {
                channel[0]
                for channel in channels
                if isinstance(channel, tuple) and channel[1] == CHANNEL
            }
            self.assertEqual(own, set(companies), user.login)
