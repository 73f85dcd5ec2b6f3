from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.tests.common import WriteoffCommon
from odoo.addons.inventory_writeoff.tests.tie_outs import TieOutCommon


@tagged("post_install", "-at_install")
class TestStart(TieOutCommon, WriteoffCommon):
    """What was lost before write-offs were used, and the way to adopt it."""

    def _prepare_once(self):
        super()._prepare_once()
        self.product = self._create_product("Vase", self.category_avco)
        self._make_in_move(self.product, 10, 10.0)

    def _read(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["inventory.writeoff.start"].with_user(user or self.finance)
        return rows.search([("company_id", "=", self.company.id)])

    def test_what_was_lost(self):
        before = self._read()
        names = ("scrap_count", "scrap_value", "adoptable_count", "adoptable_value")
        counts = [before[name] for name in (*names, "lost_product_count")]
        self._scrap(self.product, 2)
        self._count(self.product, 5)
        row = self._read()
        found = [row[name] for name in (*names, "lost_product_count")]
        # A scrap of 2 and a count of 3 less, at 10.00.
        self.assertEqual(
            [after - old for after, old in zip(found, counts, strict=True)],
            [1, 20.0, 2, 50.0, 1],
        )
        action = row.action_open_adoptable()
        items = self.env[action["res_model"]].with_user(self.requester)
        items = items.search(action["domain"]).filtered(
            lambda item: item.product_id == self.product
        )
        # Stock is worth that much less than the ledger says.
        self.assertEqual(sum(items.mapped("value")), -50.0)
        items.action_catch_up()
        self.assertEqual(self._read().adoptable_count, before.adoptable_count)

    def test_goods_written_off_here_are_not_counted(self):
        before = self._read().lost_product_count
        self._post((self.product, 4))
        self.assertEqual(self._read().lost_product_count, before)

    def test_stock_moves_for_who_may_open_them(self):
        self._scrap(self.product, 2)
        row = self._read(self.manager)
        for open_moves in (row.action_open_scraps, row.action_open_lost):
            with self.assertRaisesRegex(UserError, "people of Inventory can open"):
                open_moves()
        row.env.user.sudo().group_ids += self.env.ref("stock.group_stock_user")
        for action in (row.action_open_scraps(), row.action_open_lost()):
            moves = self.env["stock.move"].search(action["domain"])
            self.assertIn(self.product, moves.product_id)

    def test_rights(self):
        for user in self.senior | self.finance | self.manager | self.auditor:
            self.assertTrue(self._read(user))
            rows = self.env["inventory.writeoff.start"].with_user(user)
            rows.get_views([(False, "kanban")])
        with self.assertRaises(AccessError):
            self._read(self.requester)
        elsewhere = self._create_role_user(
            "elsewhere", "auditor", company=self.other_company
        )
        self.assertFalse(self._read(elsewhere))
