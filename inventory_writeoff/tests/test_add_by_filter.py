from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestAddByFilter(WriteoffCommon):
    """Thousands of items at once: what is free and matches, and nothing else."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paints = cls.env["product.category"].create({"name": "Paints"})
        cls.old_paints = cls.env["product.category"].create(
            {"name": "Old Paints", "parent_id": cls.paints.id}
        )
        cls.vase = cls._create_product("Vase")
        cls.paint = cls._create_product("Paint", categ_id=cls.old_paints.id)
        cls.milk = cls._create_product("Milk", tracking="lot", use_expiration_date=True)
        cls.sour = cls._create_lot(cls.milk, "SOUR")
        cls.fresh = cls._create_lot(cls.milk, "FRESH")
        cls.sour.expiration_date = "2020-01-10 12:00:00"
        cls.fresh.expiration_date = "2090-01-10 12:00:00"
        cls.aisle = cls.env["stock.location"].create(
            {"name": "Aisle", "location_id": cls.stock_location.id}
        )
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf F", "location_id": cls.aisle.id}
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._stock(self.vase, 10)
        self._stock(self.vase, 4, self.shelf)
        self._stock(self.paint, 5, self.shelf)
        self._stock(self.milk, 6, lot_id=self.sour)
        self._stock(self.milk, 7, lot_id=self.fresh)

    def _stock(self, product, quantity, location=None, **goods):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock_location, quantity, **goods
        )

    def _add(self, writeoff=None, user=None, **values):
        writeoff = writeoff or self._create_writeoff()
        values = {"location_id": False, **values}
        self._open(writeoff, user, **values).action_add()
        return writeoff

    def _open(self, writeoff, user=None, **values):
        wizards = self.env["inventory.writeoff.filter"].with_user(
            user or self.requester
        )
        return wizards.create({"writeoff_id": writeoff.id, **values})

    def _get_goods(self, writeoff):
        return {
            (line.product_id, line.location_id, line.lot_id.name, line.quantity)
            for line in writeoff.line_ids
        }

    def test_location_with_children(self):
        writeoff = self._add(location_id=self.aisle.id)
        self.assertEqual(
            self._get_goods(writeoff),
            {
                (self.vase, self.shelf, False, 4.0),
                (self.paint, self.shelf, False, 5.0),
            },
        )
        self.assertEqual(writeoff.line_ids.reason_id, self.reason)
        self.assertEqual(writeoff.line_ids.disposal_method_id, self.disposal)
        self.assertEqual(writeoff.value_estimated, 90.0)

    def test_category_with_children(self):
        writeoff = self._add(product_category_id=self.paints.id)
        self.assertEqual(writeoff.line_ids.product_id, self.paint)

    def test_product(self):
        writeoff = self._add(product_id=self.vase.id)
        self.assertEqual(len(writeoff.line_ids), 2)
        self.assertEqual(writeoff.line_ids.product_id, self.vase)

    def test_expired_lots(self):
        writeoff = self._add(expires_before="2020-01-11")
        self.assertEqual(
            self._get_goods(writeoff), {(self.milk, self.stock_location, "SOUR", 6.0)}
        )
        with self.assertRaisesRegex(UserError, "No free stock"):
            self._add(expires_before="2020-01-10")

    def test_not_moved_since(self):
        today = fields.Date.today()
        quants = self.env["stock.quant"].search(
            [("product_id", "in", (self.vase + self.milk).ids)]
        )
        quants.in_date = fields.Datetime.now() - timedelta(days=100)
        self._make_out_move(self.vase, 1)
        since = today - timedelta(days=50)
        writeoff = self._add(not_moved_since=since)
        self.assertEqual(writeoff.line_ids.lot_id, self.sour + self.fresh)
        self.assertEqual(writeoff.line_ids.product_id, self.milk)

    def test_lots_that_left_are_not_of_other_lots(self):
        self.env["stock.quant"].search([("product_id", "=", self.milk.id)]).in_date = (
            fields.Datetime.now() - timedelta(days=100)
        )
        self._make_out_move(self.milk, 1, lot_ids=self.fresh)
        since = fields.Date.today() - timedelta(days=50)
        writeoff = self._add(product_id=self.milk.id, not_moved_since=since)
        self.assertEqual(writeoff.line_ids.lot_id, self.sour)

    def test_held_and_reserved_goods_are_left_out(self):
        self._submit((self.vase, 4, {"location_id": self.shelf.id}))
        self._submit((self.milk, 2, {"lot_id": self.sour.id}))
        delivery = self._create_delivery(self.vase, 3)
        self.assertEqual(delivery.state, "assigned")
        writeoff = self._add()
        self.assertEqual(
            self._get_goods(writeoff),
            {
                (self.vase, self.stock_location, False, 7.0),
                (self.paint, self.shelf, False, 5.0),
                (self.milk, self.stock_location, "SOUR", 4.0),
                (self.milk, self.stock_location, "FRESH", 7.0),
            },
        )
        writeoff.action_submit()

    def _create_delivery(self, product, quantity):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": self.stock_location.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move._action_assign()
        return move

    def test_nothing_twice(self):
        writeoff = self._add(product_id=self.vase.id)
        with self.assertRaisesRegex(UserError, "already in this write-off"):
            self._add(writeoff, product_id=self.vase.id)
        self._add(writeoff)
        keys = [line._get_stock_key() for line in writeoff.line_ids]
        self.assertEqual(len(keys), len(set(keys)))

    def test_packages_and_owners_stay_apart(self):
        package = self.env["stock.package"].create({"name": "BOX-F"})
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self._stock(self.paint, 1, self.shelf, package_id=package)
        self._stock(self.paint, 2, self.shelf, owner_id=owner)
        writeoff = self._add(product_id=self.paint.id)
        self.assertEqual(
            {
                (line.package_id, line.owner_id): line.quantity
                for line in writeoff.line_ids
            },
            {
                (package, owner.browse()): 1.0,
                (package.browse(), owner): 2.0,
                (package.browse(), owner.browse()): 5.0,
            },
        )

    def test_goods_without_their_lot_are_left_out(self):
        self._stock(self.milk, 3)
        writeoff = self._add(product_id=self.milk.id)
        self.assertEqual(writeoff.line_ids.lot_id, self.sour + self.fresh)

    def test_other_companies_are_left_out(self):
        other = self.env["stock.location"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        self._stock(self.vase, 9, other)
        both = self._create_user(
            "two_companies", "inventory_writeoff.group_writeoff_user"
        )
        both.company_ids |= self.other_company
        user = both.with_context(
            allowed_company_ids=[self.company.id, self.other_company.id]
        )
        writeoff = self._create_writeoff(user=user)
        self._add(writeoff, user, product_id=self.vase.id)
        self.assertNotIn(other, writeoff.line_ids.location_id)

    def test_count_of_matches_on_the_form(self):
        writeoff = self._create_writeoff()
        wizards = self.env["inventory.writeoff.filter"].with_user(self.requester)
        form = Form(wizards.with_context(default_writeoff_id=writeoff.id))
        form.location_id = self.aisle
        self.assertEqual(form.match_count, 2)
        form.product_id = self.vase
        self.assertEqual(form.match_count, 1)
        self.assertEqual(form.reason_id, self.reason)

    def test_own_drafts_only(self):
        writeoff = self._create_writeoff()
        stranger = self._create_role_user("other_requester", "user")
        with self.assertRaises(AccessError):
            self._add(writeoff, stranger)
        with self.assertRaises(AccessError):
            self._add(writeoff, self.stock_user)
        with self.assertRaises(AccessError):
            self._add(writeoff, self.finance)
        submitted = self._submit((self.vase, 1))
        with self.assertRaisesRegex(UserError, "in draft"):
            self._add(submitted)

    def test_fixed_number_of_queries(self):
        products = [self._create_product(f"F{index}") for index in range(50)]
        category = self.env["product.category"].create({"name": "Counted"})
        counts = []
        # The first round fills the caches.
        for group in (products[:5], products[5:10], products[10:]):
            for product in group:
                product.categ_id = category
                self._stock(product, 2)
            writeoff = self._create_writeoff()
            wizard = self._open(
                writeoff, location_id=False, product_category_id=category.id
            )
            counts.append(
                (
                    self._count_queries(wizard._read_free_stock),
                    self._count_queries(wizard.action_add),
                )
            )
        self.assertEqual(len(writeoff.line_ids), 50)
        _warm_up, (first_read, first_all), (second_read, second_all) = counts
        self.assertEqual(first_read, second_read)
        self.assertLessEqual(second_all, first_all + 5)
