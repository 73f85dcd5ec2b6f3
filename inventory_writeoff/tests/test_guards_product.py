from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .neighbours import NeighboursCommon


@tagged("post_install", "-at_install")
class TestGuardsProduct(NeighboursCommon):
    """While goods are held: their master data, and the add-on itself."""

    CHANGES = (
        ("tracking", "serial"),
        ("tracking", "none"),
        ("is_storable", False),
        ("type", "service"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_manager = cls._create_user(
            "product_manager",
            # Where Manufacturing is installed, who archives needs to read its lists.
            "product.group_product_manager,stock.group_stock_user",
        )

    def _get_changes(self):
        yield "uom_id", self.env.ref("uom.product_uom_dozen").id
        yield from self.CHANGES

    def test_held_product(self):
        for _state in self._in_both_states():
            for record in (self.lot_product, self.lot_product.product_tmpl_id):
                product = record.with_user(self.product_manager)
                for field, value in self._get_changes():
                    with self.subTest(model=record._name, field=field, value=value):
                        self.assertRefusedByName(product.write, {field: value})
        self.assertPosted()

    def test_archived_variant(self):
        """A variant that is archived is held all the same."""
        self.lot_product.active = False
        template = self.lot_product.product_tmpl_id.with_user(self.product_manager)
        self.assertRefusedByName(template.write, {"tracking": "serial"})

    def test_same_values_and_other_products(self):
        product = self.lot_product.with_user(self.product_manager)
        product.write(
            {
                "tracking": "lot",
                "is_storable": True,
                "type": "consu",
                "name": "Renamed Vase",
            }
        )
        other = self._create_product("Not Held").with_user(self.product_manager)
        other.write({"tracking": "lot"})
        self.assertEqual(other.tracking, "lot")
        self.assertHeld()

    def test_after_release(self):
        self._make_out_move(self.lot_product, 10, lot_ids=[self.good])
        self.writeoff.action_cancel()
        product = self.lot_product.with_user(self.product_manager)
        product.tracking = "none"
        self.assertEqual(self.lot_product.tracking, "none")

    def test_archiving(self):
        """A product may be archived, its hold stays and is posted; a location not."""
        self.plain_product.with_user(self.product_manager).action_archive()
        self.assertHeld()
        shelf = self.shelf.with_user(self.stock_manager)
        product = self._create_product("On the Shelf")
        self._make_in_move(product, 5, 10.0, location_dest_id=self.shelf.id)
        self._submit((product, 5, {"location_id": self.shelf.id}))
        message = "still contain products"
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            shelf.action_archive()
        self.assertPosted()

    def test_deleting(self):
        """What a write-off names cannot be deleted under it."""
        for record in (self.bad, self.lot_product, self.stock_location):
            with self.subTest(record=record._name):
                with self.assertRaises(Exception):  # noqa: B017
                    record.unlink()
                    self.env.flush_all()
        self.assertHeld()

    def test_unit_ratio(self):
        """A unit's size cannot change under held goods (Odoo's own rule)."""
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self._create_product("In Dozens", uom_id=dozen.id)
        self._make_in_move(product, 5, 10.0, uom_id=dozen.id)
        self._submit((product, 2))
        with self.assertRaisesRegex(UserError, "ratio"), self.cr.savepoint():
            dozen.relative_factor = 10
            self.env.flush_all()

    def test_uninstall_releases(self):
        """Without the add-on nobody could release the goods any more."""
        posted = self._post((self.plain_product, 1))
        self.assertEqual(self._free(self.plain_product), 7.0)
        uninstall_hook(self.env)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._free(self.plain_product), 19.0)
        self.assertEqual(self._free(self.lot_product), 20.0)
        for product, lot in ((self.plain_product, None), (self.lot_product, self.bad)):
            self.assertEqual(self._get_quant(product, lot).reserved_quantity, 0.0)
        self.assertEqual(
            set(self.writeoff.sudo().stock_move_ids.mapped("state")), {"cancel"}
        )
        self.assertEqual(posted.sudo().stock_move_ids.state, "done")
        self.assertEqual(posted.sudo().account_move_ids.state, "posted")
        self._deliver(self.plain_product, 19).button_validate()

    def test_message(self):
        """The refusal says what, why and what to do next."""
        product = self.lot_product.with_user(self.product_manager)
        sentence = (
            f"Tracking of {self.lot_product.name} cannot be changed: "
            f"write-off {self.writeoff.name} holds stock of it. Post or cancel"
        )
        with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
            product.tracking = "serial"
