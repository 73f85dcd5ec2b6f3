from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestRelocation(WriteoffCommon):
    """Held goods go to quarantine, and the hold with them; neighbours stay."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Broken Vase")
        cls.tracked = cls._create_product("Old Paint", tracking="lot")
        cls.lot = cls._create_lot(cls.tracked, "P-1")
        cls.other_lot = cls._create_lot(cls.tracked, "P-2")
        cls.quarantine = cls._create_location("Quarantine")
        cls.owner = cls.env["res.partner"].create({"name": "Consignor"})

    @classmethod
    def _create_location(cls, name, **values):
        parent = cls.stock_location.location_id
        return cls.env["stock.location"].create(
            {"name": name, "location_id": parent.id, "usage": "internal", **values}
        )

    def _stock(self, product, quantity, **goods):
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock_location, quantity, **goods
        )

    def _relocate(self, writeoff, destination=None, user=None, **values):
        wizard = (
            self.env["inventory.writeoff.relocate"]
            .with_user(user or self.requester)
            .create(
                {
                    "writeoff_id": writeoff.id,
                    "destination_id": (destination or self.quarantine).id,
                    **values,
                }
            )
        )
        wizard.action_relocate()
        self.env.invalidate_all()

    def _deliver(self, product, quantity, lot=None, package=None, owner=None):
        customers = self.env.ref("stock.stock_location_customers")
        line = {
            "product_id": product.id,
            "quantity": quantity,
            "lot_id": lot and lot.id,
            "package_id": package and package.id,
            "owner_id": owner and owner.id,
            "location_id": self.stock_location.id,
            "location_dest_id": customers.id,
            "picked": True,
        }
        move = (
            self.env["stock.move"]
            .with_user(self.stock_user)
            .create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": self.stock_location.id,
                    "location_dest_id": customers.id,
                    "move_line_ids": [Command.create(line)],
                }
            )
        )
        move._action_confirm()
        move.picked = True
        move._action_done()
        self.assertEqual(move.state, "done")

    def test_hold_follows_and_the_rest_is_sold(self):
        self._make_in_move(self.product, 10, 10.0)
        value = self.env["inventory.valuation"]._get_value(self.company)
        writeoff = self._approve((self.product, 4))
        self._relocate(writeoff)
        self.assertEqual(writeoff.line_ids.location_id, self.quarantine)
        self.assertEqual(self._on_hand(self.product, self.quarantine), 4)
        self.assertEqual(self._on_hand(self.product), 6)
        self.assertEqual(self._free(self.product, self.quarantine), 0)
        self.assertEqual(self._free(self.product), 6)
        self.assertEqual(writeoff.state, "approved")
        self.assertEqual(writeoff.approver_id, self.approver)
        self.assertEqual(
            self.env["inventory.valuation"]._get_value(self.company), value
        )
        self._deliver(self.product, 6)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.value_posted, 40.0)
        self.assertEqual(self._on_hand(self.product, self.quarantine), 0)
        self.assertEqual(self._on_hand(self.product, self.loss_location), 4)

    def test_rest_sold_before(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        self._deliver(self.product, 6)
        self._relocate(writeoff)
        self.assertEqual(self._on_hand(self.product), 0)
        self.assertEqual(self._on_hand(self.product, self.quarantine), 4)

    def test_moved_goods_cannot_be_taken(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        self._relocate(writeoff)
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 4,
                "quantity": 4,
                "picked": True,
                "location_id": self.quarantine.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        with self.assertRaisesRegex(UserError, writeoff.name):
            move.with_user(self.stock_user)._action_done()

    def test_lot_and_owner_stay_with_the_goods(self):
        for lot in (self.lot, self.other_lot):
            self._stock(self.tracked, 5, lot_id=lot)
            self._stock(self.tracked, 5, lot_id=lot, owner_id=self.owner)
        vals = {"lot_id": self.lot.id, "owner_id": self.owner.id}
        writeoff = self._submit((self.tracked, 3, vals))
        self._relocate(writeoff)
        moved = self.env["stock.quant"].search(
            [("location_id", "=", self.quarantine.id)]
        )
        self.assertRecordValues(moved, [{**vals, "quantity": 3.0}])
        self.assertEqual(moved.reserved_quantity, 3)
        self._deliver(self.tracked, 2, lot=self.lot, owner=self.owner)
        self._deliver(self.tracked, 5, lot=self.lot)
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(self._on_hand(self.tracked), 10)

    def test_whole_package_moves_as_it_is(self):
        package = self.env["stock.package"].create({"name": "BOX-1"})
        self._stock(self.product, 5, package_id=package)
        self._stock(self.tracked, 2, lot_id=self.lot, package_id=package)
        box = {"package_id": package.id}
        writeoff = self._submit(
            (self.product, 5, box), (self.tracked, 2, {**box, "lot_id": self.lot.id})
        )
        self._relocate(writeoff)
        self.assertEqual(writeoff.line_ids.package_id, package)
        self.assertEqual(package.location_id, self.quarantine)
        self.assertEqual(package.quant_ids.location_id, self.quarantine)

    def test_part_of_a_package_is_taken_out(self):
        package = self.env["stock.package"].create({"name": "BOX-1"})
        self._stock(self.product, 5, package_id=package)
        writeoff = self._submit((self.product, 2, {"package_id": package.id}))
        self._relocate(writeoff)
        self.assertFalse(writeoff.line_ids.package_id)
        self.assertEqual(package.location_id, self.stock_location)
        self.assertEqual(package.quant_ids.quantity, 3)
        self.assertIn("Taken out of BOX-1", writeoff.message_ids[0].body)
        self._deliver(self.product, 3, package=package)

    def test_boxes_of_a_pallet_stay_on_it(self):
        pallet = self.env["stock.package"].create({"name": "PALLET"})
        boxes = self.env["stock.package"].create(
            [
                {"name": "BOX-1", "parent_package_id": pallet.id},
                {"name": "BOX-2", "parent_package_id": pallet.id},
            ]
        )
        for box in boxes:
            self._stock(self.product, 5, package_id=box)
        writeoff = self._submit(
            *((self.product, 5, {"package_id": box.id}) for box in boxes)
        )
        self._relocate(writeoff)
        self.assertEqual(writeoff.line_ids.package_id, boxes)
        self.assertEqual(boxes.parent_package_id, pallet)
        self.assertEqual(boxes.location_id, self.quarantine)

    def test_quarantine_is_offered(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        wizards = self.env["inventory.writeoff.relocate"].with_user(self.stock_user)
        self.assertFalse(wizards.new({"writeoff_id": writeoff.id}).destination_id)
        self.quarantine.is_quarantine = True
        wizard = Form(wizards.with_context(default_writeoff_id=writeoff.id))
        self.assertEqual(wizard.destination_id, self.quarantine)

    def test_some_items_only(self):
        shelf = self._create_location("Shelf R")
        self._stock(self.product, 5)
        self._stock(self.tracked, 5, lot_id=self.lot)
        self.env["stock.quant"]._update_available_quantity(self.product, shelf, 5)
        writeoff = self._submit(
            (self.product, 2),
            (self.tracked, 2, {"lot_id": self.lot.id}),
            (self.product, 2, {"location_id": shelf.id}),
        )
        first, second, third = writeoff.line_ids
        self._relocate(writeoff, source_id=shelf.id)
        self.assertEqual(third.location_id, self.quarantine)
        self._relocate(writeoff, line_ids=[Command.set(first.ids)])
        self.assertEqual((first + third).location_id, self.quarantine)
        self.assertEqual(second.location_id, self.stock_location)
        with self.assertRaisesRegex(UserError, "already in"):
            self._relocate(writeoff, line_ids=[Command.set(first.ids)])

    def test_stock_history_is_right(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        self._relocate(writeoff)
        move = self.env["stock.move"].search(
            [("location_dest_id", "=", self.quarantine.id)]
        )
        self.assertRecordValues(
            move,
            [
                {
                    "state": "done",
                    "quantity": 4.0,
                    "reference": writeoff.name,
                    "is_inventory": False,
                    "writeoff_id": False,
                    "location_id": self.stock_location.id,
                }
            ],
        )
        self.assertFalse(move.account_move_id)
        self.assertIn("Quarantine", writeoff.message_ids[0].body)

    def test_the_move_is_kept_as_it_is(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        self._relocate(writeoff)
        move = self.env["stock.move"].search(
            [("writeoff_relocation_id", "=", writeoff.id)]
        )
        move_line = move.move_line_ids.with_user(self.stock_user)
        with self.assertRaisesRegex(UserError, "Move Held Goods"):
            move_line.quantity = 1
        with self.assertRaisesRegex(UserError, "Move Held Goods"):
            move.with_user(self.stock_user).write({"origin": "x"})
        other = move.copy()
        self.assertFalse(other.writeoff_relocation_id)
        with self.assertRaisesRegex(UserError, "Move Held Goods"):
            other.with_user(self.stock_user).writeoff_relocation_id = writeoff.id

    def test_estimate_stays_what_was_approved(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._approve((self.product, 4))
        self._make_in_move(self.product, 10, 30.0)
        self._relocate(writeoff)
        self.assertEqual(writeoff.line_ids.value_estimated, 40.0)
        self.assertEqual(writeoff.value_estimated, 40.0)

    def test_location_is_frozen_for_everybody_else(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        with self.assertRaisesRegex(UserError, "in draft"):
            writeoff.line_ids.location_id = self.quarantine

    def test_stock_user_moves_what_he_may_not_read(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        with self.assertRaises(AccessError):
            writeoff.with_user(self.stock_user).read(["name"])
        self._relocate(writeoff, user=self.stock_user)
        self.assertEqual(writeoff.line_ids.location_id, self.quarantine)
        author = writeoff.message_ids[0].author_id
        self.assertEqual(author, self.stock_user.partner_id)

    def test_others_cannot_move(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        other = self._create_role_user("other_requester", "user")
        with self.assertRaisesRegex(UserError, "requester and warehouse staff"):
            self._relocate(writeoff, user=other)
        with self.assertRaises(AccessError):
            self._relocate(writeoff, user=self.finance)
        self.assertFalse(writeoff.with_user(self.finance).can_relocate)
        stranger = self._create_user(
            "stranger", "stock.group_stock_user", company=self.other_company
        )
        with self.assertRaisesRegex(UserError, "Choose the company"):
            self._relocate(writeoff, user=stranger)
        self.assertEqual(writeoff.line_ids.location_id, self.stock_location)

    def test_only_while_held(self):
        self._make_in_move(self.product, 10, 10.0)
        draft = self._create_writeoff((self.product, 4))
        self.assertFalse(draft.can_relocate)
        with self.assertRaisesRegex(UserError, "is Draft"):
            self._relocate(draft)

    def test_only_to_internal_locations_of_the_company(self):
        self._make_in_move(self.product, 10, 10.0)
        writeoff = self._submit((self.product, 4))
        wrong = {
            "not an internal location": self.loss_location,
            "does not belong": self._create_location(
                "Elsewhere",
                location_id=False,
                company_id=self.other_company.id,
            ),
            "is archived": self._create_location("Closed", active=False),
        }
        for message, location in wrong.items():
            with self.assertRaisesRegex(UserError, message):
                lines = writeoff.line_ids
                self.env["inventory.writeoff.relocation"]._relocate(lines, location)

    def test_queries_per_item(self):
        """Odoo's own internal move of a quant costs about as many."""
        counts = []
        for count in (5, 25):
            products = [self._create_product(f"P{i}") for i in range(count)]
            for product in products:
                self._stock(product, 2)
            writeoff = self._submit(*((product, 1) for product in products))
            counts.append(self._count_queries(self._relocate, writeoff))
        per_line = (counts[1] - counts[0]) / 20
        self.assertLess(per_line, 16, counts)
