from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestConflict(WriteoffRpcCommon):
    """PostgreSQL refuses a request since others changed the same, again and again."""

    def _refuse(self, lines):
        """Have PostgreSQL say what it says when a row was changed meanwhile."""
        lines.env.cr.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    def _with_others(self, *call):
        hold = self.registry["inventory.writeoff.hold"]
        others = patch.object(
            hold, "_lock_stock", lambda _self, lines: self._refuse(lines)
        )
        silent = mute_logger("odoo.sql_db", "odoo.http")
        # Odoo waits longer and longer before it tries again.
        with others, silent, patch("odoo.service.model.time") as time:
            message = self.assertRefused("Others were changing", self._rpc_on, *call)
        self.assertEqual(time.sleep.call_count, 4)
        return message

    def test_told_in_a_sentence(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._create_writeoff((self.product, 3))
        writeoff.action_submit()
        message = self._with_others(self.approver, writeoff, "action_approve")
        self.assertIn(f"so {writeoff.name} is as it was.", message)
        self._rpc_on(self.approver, writeoff, "action_approve")
        self.assertEqual(writeoff.state, "approved")

    def test_others_are_none_of_ours(self):
        """A request for other records is answered as Odoo answers it."""
        name = self.registry["res.partner"]
        with (
            patch.object(name, "read", lambda records, *_names: self._refuse(records)),
            patch("odoo.service.model.time"),
            mute_logger("odoo.sql_db", "odoo.http"),
            self.assertRaisesRegex(Exception, "40001|could not|DO") as refused,
        ):
            self._rpc_on(self.approver, self.env.user.partner_id, "read", ["name"])
        self.assertNotIn("Others were changing", str(refused.exception))
