import re

from odoo import Command
from odoo.tests import tagged

from .guards import GuardsCommon


@tagged("post_install", "-at_install", "slow")
class TestGuardsStock(GuardsCommon):
    """Stock moves of write-offs: nobody changes them but the write-off itself."""

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
