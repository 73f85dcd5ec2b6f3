import re

from odoo import Command
from odoo.tests import tagged

from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestGuardsStock(WriteoffRpcCommon):
    """Stock moves of write-offs: nobody changes them but the write-off itself.

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

    def setUp(self):
        super().setUp()
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

    def _get_move_values(self, move):
        line = move.move_line_ids
        return {
            "quantity": 1.0,
            "product_uom_qty": 1.0,
            "product_uom": self.env.ref("uom.product_uom_dozen").id,
            "location_id": self.shelf.id,
            "location_dest_id": self.customer_location.id,
            "state": "draft",
            "value": 1.0,
            "value_manual": 1.0,
            "price_unit": 1.0,
            "picked": not move.picked,
            "is_inventory": True,
            "lot_ids": [Command.set(self.other_lot.ids)],
            "move_line_ids": [Command.clear()],
            "move_line_ids 2": [Command.update(line.id, {"quantity": 1.0})],
            "move_line_ids 3": [Command.delete(line.id)],
            "picking_id": self.delivery.id,
            "picking_type_id": self.picking_type_out.id,
            "writeoff_id": False,
            "writeoff_line_id": False,
            "account_move_id": False,
            "origin_returned_move_id": self.delivery.move_ids.id,
            "move_dest_ids": [Command.link(self.delivery.move_ids.id)],
            "date": "2020-01-01 00:00:00",
            "reference": "Mine",
            "origin": "Mine",
            "restrict_partner_id": self.company.partner_id.id,
            "company_id": self.env.ref("base.main_company").id,
            "product_id": self._other_product.id,
        }

    @property
    def _other_product(self):
        return self.env["product.product"].search(
            [("id", "!=", self.product.id), ("is_storable", "=", True)], limit=1
        ) or self._create_product("Other")

    def test_write_move(self):
        for user in (self.stock_user, self.invoicing_user):
            self._assert_all_refused(
                user,
                lambda move: {
                    field: (move, "write", {field.split()[0]: value})
                    for field, value in self._get_move_values(move).items()
                },
            )

    def test_write_move_another_way(self):
        self._assert_all_refused(
            self.stock_user,
            lambda move: {
                "save": (move, "web_save", {"quantity": 1.0}, {"id": {}}),
                "save many": (move, "web_save_multi", [{"quantity": 1.0}], {"id": {}}),
                "from the transfer": (
                    self.delivery,
                    "write",
                    {"move_ids": [Command.link(move.id)]},
                ),
                "line from the transfer": (
                    self.delivery,
                    "write",
                    {"move_line_ids": [Command.link(move.move_line_ids.id)]},
                ),
                "from the lot's quants": (
                    self.lot,
                    "write",
                    {
                        "quant_ids": [
                            Command.update(quant.id, {"quantity": 0.0})
                            for quant in self.lot.quant_ids.filtered(
                                lambda q: q.location_id == move.location_id
                            )
                        ]
                    },
                )
                if move.state != "done"
                else (move, "write", {"origin": "x"}),
            },
        )

    def test_write_with_a_false_key(self):
        """Nothing that a remote call can send opens the guard."""
        for writeoff, move in self._each():
            for key in (True, 1, "WRITER", {}, "<object object>", [None]):
                with self.subTest(state=writeoff.state, key=key):
                    self.assertRefused(
                        re.escape(writeoff.name),
                        self._rpc_on,
                        self.stock_user,
                        move,
                        "write",
                        {"quantity": 1.0},
                        context={"inventory_writeoff_writer": key},
                    )

    def test_import(self):
        for writeoff, move in self._each():
            before = self._read_facts()
            xmlid = move.export_data([".id"])["datas"][0][0]
            result = self._rpc(
                self.stock_user, "stock.move", "load", [".id", "origin"], [[xmlid, "x"]]
            )
            self.assertFalse(result["ids"])
            self.assertIn(writeoff.name, result["messages"][0]["message"])
            self.assertEqual(self._read_facts(), before)

    def test_delete(self):
        for user in (self.stock_manager, self.stock_user):
            self._assert_all_refused(
                user, lambda move: {"line": (move.move_line_ids, "unlink")}
            )
        self._assert_all_refused(
            self.stock_manager, lambda move: {"move": (move, "unlink")}
        )

    def _get_line_values(self, move):
        quant = self.other_lot.quant_ids.filtered(
            lambda quant: quant.location_id == self.stock_location
        )
        return {
            "quantity": 1.0,
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            "lot_id": self.other_lot.id,
            "quant_id": quant.id,
            "location_id": self.shelf.id,
            "location_dest_id": self.customer_location.id,
            "package_id": False,
            "owner_id": self.company.partner_id.id,
            "result_package_id": False,
            "picked": not move.picked,
            "move_id": self.delivery.move_ids.id,
            "picking_id": self.delivery.id,
            "date": "2020-01-01 00:00:00",
            "state": "draft",
        }

    def test_write_line(self):
        for user in (self.stock_user, self.employee):
            self._assert_all_refused(
                user,
                lambda move: {
                    field: (move.move_line_ids, "write", {field: value})
                    for field, value in self._get_line_values(move).items()
                },
            )

    def test_add_line(self):
        values = {
            "product_id": self.product.id,
            "lot_id": self.other_lot.id,
            "quantity": 1.0,
            "location_id": self.stock_location.id,
            "location_dest_id": self.loss_location.id,
            "company_id": self.company.id,
        }
        for writeoff, move in self._each():
            name = re.escape(writeoff.name)
            # Who may not read moves may be kept out by Odoo itself.
            denied = f"{name}|not allowed"
            for user, vals, context, answer in (
                (self.stock_user, {**values, "move_id": move.id}, {}, name),
                (self.stock_user, values, {"default_move_id": move.id}, name),
                (self.employee, {**values, "move_id": move.id}, {}, denied),
                (self.employee, values, {"default_move_id": move.id}, denied),
            ):
                with self.subTest(state=writeoff.state, user=user.login, vals=vals):
                    self.assertRefused(
                        answer,
                        self._rpc,
                        user,
                        "stock.move.line",
                        "create",
                        [vals],
                        context=context,
                    )

    def test_put_in_pack(self):
        for writeoff in self.held:
            self.assertRefused(
                re.escape(writeoff.name),
                self._rpc_on,
                self.stock_user,
                writeoff.sudo().stock_move_ids.move_line_ids,
                "action_put_in_pack",
                package_name="Mine",
            )
        line = self.posted.sudo().stock_move_ids.move_line_ids
        self._rpc_on(self.stock_user, line, "action_put_in_pack", package_name="Mine")
        self.assertFalse(line.result_package_id)

    def test_move_that_claims_to_be_ours(self):
        values = {
            "product_id": self.product.id,
            "product_uom_qty": 1.0,
            "location_id": self.stock_location.id,
            "location_dest_id": self.customer_location.id,
        }
        for user in (self.stock_user, self.invoicing_user):
            for writeoff, move in self._each():
                for field, value in (
                    ("writeoff_id", writeoff.id),
                    ("writeoff_line_id", writeoff.line_ids.id),
                    ("origin_returned_move_id", move.id),
                    ("account_move_id", self.posted.sudo().account_move_ids.id),
                ):
                    own_move = self.delivery.move_ids
                    for way, method, target, context in (
                        ("value", "create", [[{**values, field: value}]], {}),
                        ("default", "create", [[values]], {f"default_{field}": value}),
                        ("write", "write", [own_move.ids, {field: value}], {}),
                    ):
                        with self.subTest(field=field, way=way, user=user.login):
                            self.assertRefused(
                                "write-off",
                                self._rpc,
                                user,
                                "stock.move",
                                method,
                                *target,
                                context=context,
                            )

    def test_personal_default(self):
        """A user's own default value does not make a move part of a write-off."""
        self.env["ir.default"].with_user(self.stock_user).set(
            "stock.move", "writeoff_id", self.held[0].id, user_id=True
        )
        move = (
            self.env["stock.move"]
            .with_user(self.stock_user)
            .create(
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 1.0,
                    "location_id": self.stock_location.id,
                    "location_dest_id": self.customer_location.id,
                }
            )
        )
        self.assertFalse(move.writeoff_id)

    def test_links_from_the_other_side(self):
        """One2many commands reach our moves and are refused there."""
        writeoffs = self.env["inventory.writeoff"].with_user(self.requester)
        own_move = self.delivery.move_ids
        draft = self._create_writeoff((self.product, 1, {"lot_id": self.lot.id}))
        for writeoff, move in self._each():
            for command in (Command.unlink(move.id), Command.update(move.id, {})):
                with self.subTest(state=writeoff.state, command=command):
                    self.assertRefused(
                        re.escape(writeoff.name),
                        self._rpc_on,
                        self.requester,
                        writeoff,
                        "write",
                        {"stock_move_ids": [command]},
                    )
        for field in ("stock_move_ids", "account_move_ids"):
            with self.subTest(field=field):
                self.assertRefused(
                    "Use the buttons",
                    self._rpc_on,
                    self.requester,
                    draft,
                    "write",
                    {field: [Command.link(own_move.id)]},
                )
        copy_id = self._rpc_on(self.requester, self.posted, "copy")
        self.assertFalse(writeoffs.browse(copy_id).sudo().stock_move_ids)
        self.assertFalse(writeoffs.browse(copy_id).sudo().account_move_ids)

    def test_unreserve_from_forecasted(self):
        model = "stock.forecasted_product_product"
        for writeoff in self.held:
            move = writeoff.sudo().stock_move_ids
            self.assertRefused(
                re.escape(writeoff.name),
                self._rpc,
                self.stock_user,
                model,
                "action_unreserve_linked_picks",
                move.id,
            )
        before = self._read_facts()
        for _writeoff, move in self._each():
            self._rpc(self.stock_user, model, "action_reserve_linked_picks", move.id)
        self.assertEqual(self._read_facts(), before)

    def test_revert_from_moves_analysis(self):
        before = self._read_facts()
        for _writeoff, move in self._each():
            answer = self._rpc_on(
                self.stock_user, move.move_line_ids, "action_revert_inventory"
            )
            self.assertIn("no inventory adjustments", answer["params"]["message"])
        self.assertEqual(self._read_facts(), before)

    def test_adjust_valuation(self):
        def values(move):
            return {"move_id": move.id, "value": 1.0, "company_id": self.company.id}

        for writeoff, move in self._each():
            for name, vals, context in (
                ("value", values(move), {}),
                (
                    "default",
                    {**values(move), "product_id": self.product.id},
                    {"default_move_id": move.id},
                ),
            ):
                with self.subTest(state=writeoff.state, way=name):
                    if name == "default":
                        del vals["move_id"]
                    self.assertRefused(
                        re.escape(writeoff.name),
                        self._rpc,
                        self.stock_manager,
                        "product.value",
                        "create",
                        [vals],
                        context=context,
                    )
            with self.subTest(state=writeoff.state, way="redirect"):
                value = self.env["product.value"].create(
                    {
                        "product_id": self.product.id,
                        "value": 10.0,
                        "company_id": self.company.id,
                    }
                )
                self.assertRefused(
                    re.escape(writeoff.name),
                    self._rpc_on,
                    self.stock_manager,
                    value,
                    "write",
                    {"move_id": move.id},
                )

    def test_return(self):
        """A return of our goods through the wizard of another transfer."""
        delivery = self._create_delivery()
        delivery.action_confirm()
        delivery.move_ids.move_line_ids.lot_id = self.other_lot
        delivery.move_ids.picked = True
        delivery._action_done()
        move = self.posted.sudo().stock_move_ids
        wizard = self.env["stock.return.picking"].create(
            {
                "picking_id": delivery.id,
                "product_return_moves": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": 1.0,
                            "move_id": move.id,
                        }
                    )
                ],
            }
        )
        self.assertRefused(
            re.escape(self.posted.name),
            self._rpc_on,
            self.stock_user,
            wizard,
            "action_create_returns",
        )

    def test_scrap_that_takes_our_move(self):
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.product.id, "lot_id": self.other_lot.id}
        )
        self._assert_all_refused(
            self.stock_user,
            lambda move: {
                "scrap": (scrap, "write", {"move_ids": [Command.link(move.id)]})
            },
        )

    def test_private_methods(self):
        """Code of other add-ons is refused as well, unless it changes nothing."""
        for user in (self.stock_user, self.invoicing_user):
            for writeoff, move in self._each():
                for method in ("_action_cancel", "_do_unreserve", "_action_done"):
                    with self.subTest(state=writeoff.state, method=method):
                        self.assertRefused(
                            re.escape(writeoff.name),
                            getattr(move.with_user(user), method),
                        )
        before = self._read_facts()
        for _writeoff, move in self._each():
            move.with_user(self.stock_user)._action_assign()
            move.with_user(self.stock_user)._action_assign(force_qty=3)
        self.assertEqual(self._read_facts(), before)

    def test_copy(self):
        for _writeoff, move in self._each():
            for user in (self.stock_user, self.invoicing_user):
                copy_id = self._rpc_on(user, move, "copy")
                copy = move.browse(copy_id)
                self.assertFalse(copy.writeoff_id)
                self.assertFalse(copy.writeoff_line_id)
                self.assertFalse(copy.account_move_id)
                self.assertNotIn(self.posted.name, copy.reference or "")

    def test_price_changes_leave_the_loss(self):
        """A new cost of the product changes no posted value (A16)."""
        move = self.posted.sudo().stock_move_ids
        self.env["product.value"].create(
            {
                "product_id": self.product.id,
                "value": 99.0,
                "company_id": self.company.id,
            }
        )
        move._set_value()
        self.assertEqual(move.value, 60.0)

    def test_quants(self):
        """What is held cannot be taken off the quant itself."""
        quant = self.lot.quant_ids.filtered(
            lambda quant: quant.location_id == self.stock_location
        )
        for name, vals in {
            "quantity": {"quantity": 11.0},
            "reserved": {"reserved_quantity": 0.0},
            "lot": {"lot_id": self.other_lot.id},
            "location": {"location_id": self.shelf.id},
            "owner": {"owner_id": self.company.partner_id.id},
        }.items():
            with self.subTest(attempt=name):
                message = self.assertRefused(
                    "held by write-off",
                    self._rpc_on,
                    self.stock_user,
                    quant,
                    "write",
                    vals,
                )
                for writeoff in self.held:
                    self.assertIn(writeoff.name, message)
        with self.subTest(attempt="negative quant"):
            self.assertRefused(
                "held by write-off",
                self._rpc,
                self.stock_user,
                "stock.quant",
                "create",
                [
                    {
                        "product_id": self.product.id,
                        "location_id": self.stock_location.id,
                        "lot_id": self.lot.id,
                        "quantity": -20.0,
                    }
                ],
            )
        # Free goods are none of our business.
        self._rpc_on(self.stock_user, quant, "write", {"quantity": 12.0})
        self.assertEqual(quant.quantity, 12.0)
