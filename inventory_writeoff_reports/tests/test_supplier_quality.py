from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon

MEASURES = [
    "received_quantity:sum",
    "written_quantity:sum",
    "ppm:avg",
    "ppm_quality:avg",
]


@tagged("post_install", "-at_install")
class TestSupplierQuality(ReversalCommon):
    """Written off per million received: by supplier, product and month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milk = cls._create_product("Milk", tracking="lot")
        cls.dairy, cls.farm = cls.env["res.partner"].create(
            [{"name": "Dairy"}, {"name": "Farm"}]
        )
        cls.lots = [cls._create_lot(cls.milk, name) for name in ("D", "F")]
        cls.theft = cls.env.ref("inventory_writeoff.reason_theft")
        cls.theft.with_company(cls.company).loss_account_id = cls.loss_account

    def _receive(self, lot, vendor, quantity):
        move = self._make_in_move(self.milk, quantity, 10.0, lot_ids=lot)
        move.picking_id = self.env["stock.picking"].create(
            {
                "partner_id": vendor.id,
                "picking_type_id": self.picking_type_in.id,
                "location_id": move.location_id.id,
                "location_dest_id": move.location_dest_id.id,
            }
        )
        self.env.flush_all()

    def _group(self, *groupby, user=None):
        self.env.flush_all()
        rows = self.env["inventory.writeoff.supplier.quality"]
        rows = rows.with_user(user or self.finance)
        domain = [("product_id", "=", self.milk.id)]
        return rows._read_group(domain, groupby, MEASURES)

    def test_story(self):
        """January: 400 of Dairy, 100 of Farm. Gone: 4, 1 of them back, and 2 stolen."""
        dairy_lot, farm_lot = self.lots
        with freeze_time("2026-01-10 10:00:00"):
            self._receive(dairy_lot, self.dairy, 400)
            self._receive(farm_lot, self.farm, 100)
            writeoff = self._post((self.milk, 4, {"lot_id": dairy_lot.id}))
            stolen = {"lot_id": dairy_lot.id, "reason_id": self.theft.id}
            self._post((self.milk, 2, stolen))
        with freeze_time("2026-02-10 10:00:00"):
            self._reverse(writeoff, {writeoff.line_ids: 1})
            self._receive(dairy_lot, self.dairy, 100)
        january, february = date(2026, 1, 1), date(2026, 2, 1)
        self.assertCountEqual(
            self._group("supplier_id", "month:month"),
            [
                (self.dairy, january, 400, 6, 15000, 10000),
                (self.dairy, february, 100, -1, -10000, -10000),
                (self.farm, january, 100, 0, 0, 0),
            ],
        )
        # Sums first, then the share: 5 of 500, not the average of two months.
        self.assertCountEqual(
            self._group("supplier_id"),
            [(self.dairy, 500, 5, 10000, 6000), (self.farm, 100, 0, 0, 0)],
        )
        rows = self.env["inventory.writeoff.supplier.quality"].with_user(self.finance)
        row = rows.search([("supplier_id", "=", self.dairy.id)], limit=1)
        action = row.action_open_items()
        items = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(items.mapped("quantity")), 5)

    def test_rights(self):
        self._receive(self.lots[0], self.dairy, 10)
        for user in self.senior | self.finance | self.manager | self.auditor:
            self.assertTrue(self._group("supplier_id", user=user), user.login)
            rows = self.env["inventory.writeoff.supplier.quality"].with_user(user)
            rows.get_views([(False, kind) for kind in ("pivot", "graph", "list")])
            rows.web_search_read([], {"supplier_id": {"fields": {"display_name": {}}}})
        elsewhere = self._create_role_user(
            "elsewhere", "auditor", company=self.other_company
        )
        self.assertFalse(self._group("supplier_id", user=elsewhere))
        for user in self.requester | self.approver | self.stock_user:
            with self.assertRaisesRegex(AccessError, "Supplier Quality"):
                self._group("supplier_id", user=user)
