from odoo import Command
from odoo.tests import tagged

from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestBadInput(WriteoffRpcCommon):
    """What a requester can get wrong, over RPC: each is answered in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.tracked = cls._create_product("Milk", tracking="lot")
        cls.serial = cls._create_product("Drill", tracking="serial")
        cls.service = cls._create_product("Advice", type="service", is_storable=False)
        cls.consumable = cls._create_product("Glue", is_storable=False)
        cls.lot = cls._create_lot(cls.tracked, "MILK-1")
        cls.other_lot = cls._create_lot(cls.tracked, "MILK-2")
        cls.drill = cls._create_lot(cls.serial, "DRILL-1")
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf 7", "location_id": cls.stock_location.id}
        )
        cls.food = cls.env["product.category"].create({"name": "Food"})
        cls.cheese = cls.env["product.category"].create(
            {"name": "Cheese", "parent_id": cls.food.id}
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 10, 10.0)
        self._make_in_move(self.tracked, 10, 2.0, lot_ids=[self.lot])
        self._make_in_move(self.serial, 1, 90.0, lot_ids=[self.drill])

    def _ask(self, *lines, user=None, **values):
        """Create and submit over RPC, as the requester; return the write-off."""
        user = user or self.requester
        vals = {
            "reason_id": self.reason.id,
            "disposal_method_id": self.disposal.id,
            "line_ids": [
                Command.create(self._line_vals(product, quantity, **line_vals))
                for product, quantity, line_vals in lines
            ],
            **values,
        }
        (writeoff_id,) = self._rpc(user, "inventory.writeoff", "create", [vals])
        writeoff = self.env["inventory.writeoff"].browse(writeoff_id)
        try:
            self._rpc_on(user, writeoff, "action_submit")
        except Exception:
            self.assertEqual(writeoff.state, "draft")
            writeoff.unlink()
            raise
        return writeoff

    def test_good_input(self):
        """What the refused ones below would be, had they not that one mistake."""
        writeoff = self._ask(
            (self.product, 2, {}),
            (self.tracked, 3, {"lot_id": self.lot.id}),
            (self.serial, 1, {"lot_id": self.drill.id}),
        )
        self.assertEqual(writeoff.state, "to_approve")

    def test_lines(self):
        kilogram = self.env.ref("uom.product_uom_kgm")
        customers = self.customer_location.id
        cases = {
            "zero": (self.product, 0, {}, r"item 1 \(Vase\): the quantity is zero"),
            "negative": (self.product, -1, {}, "Vase: -1 is no quantity.*Enter"),
            "too many": (
                self.product,
                11,
                {},
                r"\(Vase\): 11.0 Units asked .* only 10.0",
            ),
            "no lot": (
                self.tracked,
                1,
                {},
                r"\(Milk\).*lot or serial number is missing",
            ),
            "foreign lot": (
                self.product,
                1,
                {"lot_id": self.lot.id},
                "lot MILK-1 is a lot of Milk. Choose",
            ),
            "lot elsewhere": (
                self.tracked,
                1,
                {"lot_id": self.other_lot.id},
                r"Milk \(MILK-2\).*only 0.0 are free",
            ),
            "two of a serial": (
                self.serial,
                2,
                {"lot_id": self.drill.id},
                "serial number DRILL-1 stands for one piece",
            ),
            "half a serial": (
                self.serial,
                0.5,
                {"lot_id": self.drill.id},
                "serial number DRILL-1 stands for one piece",
            ),
            "service": (self.service, 1, {}, "Advice.* not tracked in stock.*Remove"),
            "consumable": (self.consumable, 1, {}, "Glue.* not tracked in stock"),
            "other unit": (
                self.product,
                1,
                {"product_uom_id": kilogram.id},
                "Vase.*kg cannot be converted to Units",
            ),
            "customer": (
                self.product,
                1,
                {"location_id": customers},
                "Vase.*Customers does not",
            ),
            "no reason": (self.product, 1, {"reason_id": False}, "reason is missing"),
            "no method": (
                self.product,
                1,
                {"disposal_method_id": False},
                "disposal method is missing",
            ),
        }
        for name, (product, quantity, vals, pattern) in cases.items():
            with self.subTest(name):
                line = (product, quantity, vals)
                if name in ("no reason", "no method"):
                    self.assertRefused(
                        pattern,
                        self._ask,
                        line,
                        reason_id=False,
                        disposal_method_id=False,
                    )
                else:
                    self.assertRefused(pattern, self._ask, line)

    def test_no_line(self):
        self.assertRefused("New has no item to write off. Add at least one", self._ask)

    def test_numbers_that_are_none(self):
        writeoff = self._create_writeoff((self.product, 1))
        for quantity in (float("nan"), float("inf"), 1e30, -5, "many"):
            with self.subTest(quantity=quantity):
                pattern = r"Vase.* is no quantity that .* Enter"
                self.assertRefused(pattern, self._ask, (self.product, quantity, {}))
                self.assertRefused(
                    pattern,
                    self._rpc_on,
                    self.requester,
                    writeoff.line_ids,
                    "write",
                    {"quantity": quantity},
                )

    def test_more_than_free_over_two_lines(self):
        half = (self.product, 6, {})
        self.assertRefused(
            r"item 2 \(Vase\): 6.0 .* only 4.0 are free", self._ask, half, half
        )

    def test_more_than_free_beside_a_delivery(self):
        delivery = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 7,
                "location_id": self.stock_location.id,
                "location_dest_id": self.customer_location.id,
                "picking_type_id": self.picking_type_out.id,
            }
        )
        delivery._action_confirm()
        delivery._action_assign()
        self.assertRefused("only 3.0 are free", self._ask, (self.product, 4, {}))
        self._ask((self.product, 3, {}))
        self.assertEqual(delivery.quantity, 7)

    def test_same_serial_twice(self):
        line = (self.serial, 1, {"lot_id": self.drill.id})
        self.assertRefused(
            r"item 2 .*DRILL-1.* already in New, item 1.* Remove one",
            self._ask,
            line,
            line,
        )

    def test_goods_lie_in_a_child_location(self):
        product = self._create_product("Mug")
        self._make_in_move(product, 5, 1.0, location_dest_id=self.shelf.id)
        message = self.assertRefused("only 0.0 are free", self._ask, (product, 2, {}))
        self.assertRegex(message, r"5.0 Units.*Shelf 7")
        self._ask((product, 2, {"location_id": self.shelf.id}))

    def test_reason(self):
        wrong = {
            "archived": ({"active": False}, "is archived. Choose an active one"),
            "no account": (
                {"loss_account_id": False},
                "Broken in a test has no loss account in Inventory Test Company. Set",
            ),
            "other category": (
                {"category_ids": self.food.ids},
                "not meant for products of category Avco. Choose another",
            ),
            "other method": (
                {
                    "disposal_method_ids": self.env.ref(
                        "inventory_writeoff.disposal_method_donate"
                    ).ids
                },
                "Destroy is not possible with reason .*Choose one of: Donate",
            ),
        }
        good = {
            "active": True,
            "loss_account_id": self.loss_account.id,
            "category_ids": False,
            "disposal_method_ids": False,
        }
        for name, (values, pattern) in wrong.items():
            with self.subTest(name):
                self.reason.write({**good, **values})
                self.assertRefused(pattern, self._ask, (self.product, 1, {}))
        self.reason.write({**good, "loss_account_id": False})
        self.company.writeoff_loss_account_id = self.loss_account
        self._ask((self.product, 1, {}))

    def test_reason_of_a_parent_category(self):
        product = self._create_product("Brie", self.cheese)
        self._make_in_move(product, 5, 1.0)
        self.reason.category_ids = self.food
        self._ask((product, 1, {}))

    def test_archived_disposal_method(self):
        self.disposal.active = False
        self.assertRefused(
            "disposal method Destroy is archived. Choose",
            self._ask,
            (self.product, 1, {}),
        )

    def test_every_problem_is_named(self):
        message = self.assertRefused(
            "reason is missing",
            self._ask,
            (self.product, 0, {}),
            (self.tracked, 1, {}),
            reason_id=False,
        )
        self.assertEqual(len(message.splitlines()), 4)

    def test_goods_disappear_after_approval(self):
        writeoff = self._approve((self.product, 8))
        quant = self.product.stock_quant_ids.filtered(
            lambda quant: quant.location_id == self.stock_location
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_quant SET quantity = 5 WHERE id = %s", quant.ids
        )
        self.assertRefused(
            f"{writeoff.name}.*8.0 Units asked for, but only 5.0",
            self._rpc_on,
            self.finance,
            writeoff,
            "action_post",
        )
        self.assertEqual(writeoff.state, "approved")
