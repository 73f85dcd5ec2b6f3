import re

from odoo import Command

from .rpc import WriteoffRpcCommon


class GuardsCommon(WriteoffRpcCommon):
    """Two write-offs that hold goods and one that is posted, and who goes round them.

    Every attempt is a call as the web client makes it, by people of Inventory and
    of Invoicing who may edit stock moves in general.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What checks find is no business of these tests.
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.product = cls._create_product("Guarded Vase", tracking="lot")
        cls.lot = cls._create_lot(cls.product, "HELD-1")
        cls.other_lot = cls._create_lot(cls.product, "FREE-1")
        cls.stock_manager = cls._create_user(
            "stock_manager", "stock.group_stock_manager"
        )
        cls.employee = cls._create_user("employee", "base.group_user")
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Other Shelf", "location_id": cls.stock_location.id}
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 30, 10.0, lot_ids=[self.lot])
        self._make_in_move(self.product, 30, 10.0, lot_ids=[self.other_lot])
        item = (self.product, 6, {"lot_id": self.lot.id})
        self.held = [self._submit(item), self._approve(item)]
        self.posted = self._post(item)
        self.delivery = self._create_delivery()
        self.env.flush_all()

    def _create_delivery(self):
        return self.env["stock.picking"].create(
            {
                "picking_type_id": self.picking_type_out.id,
                "location_id": self.stock_location.id,
                "location_dest_id": self.customer_location.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1.0,
                            "location_id": self.stock_location.id,
                            "location_dest_id": self.customer_location.id,
                        }
                    )
                ],
            }
        )

    def _each(self):
        for writeoff in (*self.held, self.posted):
            move = writeoff.sudo().stock_move_ids.sudo(False).with_user(self.env.user)
            yield writeoff, move

    def _assert_all_refused(self, user, attempts):
        """Make each call on each write-off's move; `attempts` maps names to calls.

        A call is (record to call or model, method, arguments).
        """
        for writeoff, move in self._each():
            for name, (records, method, *args) in attempts(move).items():
                with self.subTest(state=writeoff.state, user=user.login, attempt=name):
                    call = self._rpc_on if records else self._rpc
                    target = records if records else records._name
                    self.assertRefused(
                        re.escape(writeoff.name), call, user, target, method, *args
                    )
