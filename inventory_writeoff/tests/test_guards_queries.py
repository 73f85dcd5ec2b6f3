from contextlib import ExitStack
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import WriteoffCommon

# What the add-on adds to Odoo's stock moves: {model: methods}.
GUARDS = {
    "stock.move": ("_check_writeoff_guard", "_check_writeoff_links"),
    "stock.move.line": ("_check_writeoff_rules", "_get_done"),
    "account.move": ("_check_writeoff_guard", "_check_writeoff_links"),
}


@tagged("post_install", "-at_install", "slow")
class TestGuardsQueries(WriteoffCommon):
    """Nobody else pays: the work of others costs two queries more, however large."""

    # Far more than the two queries that are granted.
    SIZE = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What checks find is no business of these tests.
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Vase {number}",
                    "is_storable": True,
                    "categ_id": cls.category_avco.id,
                    "standard_price": 10.0,
                }
                for number in range(cls.SIZE)
            ]
        )
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {
                    "product_id": product.id,
                    "location_id": cls.stock_location.id,
                    "inventory_quantity": 50.0,
                }
                for product in cls.products
            ]
        ).action_apply_inventory()

    def _create_picking(self, picking_type, source, destination):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1.0,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                        }
                    )
                    for product in self.products
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        return picking.with_user(self.stock_user)

    def _deliver(self):
        picking = self._create_picking(
            self.picking_type_out, self.stock_location, self.customer_location
        )
        return picking.button_validate

    def _deliver_from_scratch(self):
        return lambda: self._deliver()()

    def _receive(self):
        picking = self._create_picking(
            self.picking_type_in, self.supplier_location, self.stock_location
        )
        return picking.button_validate

    def _count(self):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_id", "=", self.stock_location.id),
            ]
        )
        quants = quants.with_user(self.stock_user).with_context(inventory_mode=True)
        for quant in quants:
            quant.inventory_quantity = quant.quantity - 1
        return quants.action_apply_inventory

    def _count_guarded(self, prepare, guarded):
        """Return how many queries an operation takes; it is undone afterwards."""
        with self.cr.savepoint() as savepoint, ExitStack() as stack:
            if not guarded:
                for model, methods in GUARDS.items():
                    for method in methods:
                        self._switch_off(stack, model, method)
            queries = self._count_queries(prepare())
            savepoint.rollback()
        return queries

    def _switch_off(self, stack, model, method):
        empty = {"_get_done": lambda self: self.browse()}
        replacement = empty.get(method, lambda self, *args, **kwargs: None)
        model_class = self.env.registry[model]
        stack.enter_context(patch.object(model_class, method, replacement))

    def _assert_two_more_at_most(self, *operations):
        for prepare in operations:
            # The first run fills Odoo's caches of views, rights and settings.
            self._count_guarded(prepare, guarded=True)
            without = self._count_guarded(prepare, guarded=False)
            with_guards = self._count_guarded(prepare, guarded=True)
            with self.subTest(operation=prepare.__name__):
                self.assertLessEqual(with_guards, without + 2)

    def test_nothing_held(self):
        self._assert_two_more_at_most(
            self._deliver, self._deliver_from_scratch, self._receive, self._count
        )

    def test_much_held(self):
        """While the same products are held, the work of others costs no more."""
        self._submit(*((product, 30) for product in self.products))
        self._assert_two_more_at_most(self._deliver, self._count)

    def test_edit_of_done_lines(self):
        picking = self._create_picking(
            self.picking_type_out, self.stock_location, self.customer_location
        )
        picking.button_validate()
        lines = picking.move_ids.move_line_ids

        def edit():
            return lambda: lines[0].write({"quantity": 2.0})

        self._count_guarded(edit, guarded=True)
        without = self._count_guarded(edit, guarded=False)
        self.assertLessEqual(self._count_guarded(edit, guarded=True), without + 2)
        # Odoo's own count for many lines varies from run to run, ours does not.
        hold = type(self.env["inventory.writeoff.hold"])
        nothing = ({}, set())
        with patch.object(hold, "_find_watched", return_value=nothing) as read_holds:
            lines.write({"quantity": 2.0})
        asked = [call.args[0] for call in read_holds.call_args_list if call.args[0]]
        self.assertEqual(len(asked), 1)
