from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestHoldExact(WriteoffCommon):
    """What is held is compared field by field, whatever wrote it.

    The changes are made in the database: no guard of ours stands in the way there.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Milk", tracking="lot")
        cls.lot = cls._create_lot(cls.product, "sour")
        cls.other_lot = cls._create_lot(cls.product, "fresh")
        cls.package = cls.env["stock.package"].create({"name": "PACK"})
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.stock_location.id}
        )

    def _prepare_once(self):
        super()._prepare_once()
        for lot in (self.lot, self.other_lot):
            self._make_in_move(self.product, 10, 10.0, lot_ids=[lot])
        self.writeoff = self._submit((self.product, 4, {"lot_id": self.lot.id}))
        self.move = self.writeoff.sudo().stock_move_ids
        self.env.flush_all()

    def _approve_after(self, table, statement):
        """Approve after somebody has changed the held goods; then undo all of it."""
        key = {"stock_move": "id", "stock_move_line": "move_id"}[table]
        where = SQL("%s = %s", SQL.identifier(key), self.move.id)
        with self.cr.savepoint() as savepoint:
            self.env.execute_query(SQL("%s WHERE %s RETURNING id", statement, where))
            self.env.invalidate_all()
            try:
                self.writeoff.with_user(self.approver).action_approve()
            finally:
                savepoint.rollback()

    def _assert_noticed(self, table, statement):
        with self.assertRaisesRegex(UserError, "what is held is no longer what was"):
            self._approve_after(table, statement)

    def test_any_field(self):
        dozen = self.env.ref("uom.product_uom_dozen").id
        held = {
            "quantity": 3,
            "picked": True,
            "state": "partially_available",
            "product_id": self._create_product("Vase").id,
            "product_uom_id": dozen,
            "company_id": self.other_company.id,
            "lot_id": self.other_lot.id,
            "package_id": self.package.id,
            "owner_id": self.owner.id,
            "location_id": self.shelf.id,
            "location_dest_id": self.customer_location.id,
        }
        moved = {"product_uom_qty": 5, "product_uom": dozen}
        for table, values in (("stock_move_line", held), ("stock_move", moved)):
            for name, value in values.items():
                with self.subTest(table, field=name):
                    change = SQL("%s = %s", SQL.identifier(name), value)
                    update = SQL("UPDATE %s SET %s", SQL.identifier(table), change)
                    self._assert_noticed(table, update)

    def test_more_or_less_than_one_line(self):
        columns = SQL(
            "move_id, company_id, product_id, product_uom_id, quantity, "
            "quantity_product_uom, lot_id, location_id, location_dest_id, state, date"
        )
        twice = SQL(
            "INSERT INTO stock_move_line (%s) SELECT %s FROM stock_move_line",
            columns,
            columns,
        )
        for statement in (twice, SQL("DELETE FROM stock_move_line")):
            with self.subTest(statement.code):
                self._assert_noticed("stock_move_line", statement)

    def test_what_is_untouched_is_approved(self):
        same = SQL("UPDATE stock_move_line SET quantity = quantity")
        self._approve_after("stock_move_line", same)
        self.assertEqual(self.writeoff.state, "to_approve")
        self.writeoff.with_user(self.approver).action_approve()
        self.assertEqual(self.writeoff.state, "approved")
