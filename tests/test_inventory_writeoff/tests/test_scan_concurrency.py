from odoo import SUPERUSER_ID
from odoo.tests import tagged

from .own_database import OwnDatabaseCase

QUANTITY = 5.0


@tagged("post_install", "-at_install")
class TestScanConcurrency(OwnDatabaseCase):
    """The scan beside other scans and beside people who move the goods."""

    @classmethod
    def prepare(cls, env):
        warehouse = env["stock.warehouse"].search([], limit=1)
        cls.company_id = warehouse.company_id.id
        cls.picking_type_id = warehouse.out_type_id.id
        cls.customer_id = env.ref("stock.stock_location_customers").id
        quarantine = env["stock.location"].create(
            {
                "name": "Quarantine",
                "location_id": warehouse.lot_stock_id.id,
                "is_quarantine": True,
            }
        )
        cls.quarantine_id = quarantine.id

    def _put_in_quarantine(self, count):
        with self._open() as env:
            products = env["product.product"].create(
                [{"name": f"Doubtful {i}", "is_storable": True} for i in range(count)]
            )
            location = env["stock.location"].browse(self.quarantine_id)
            for product in products:
                env["stock.quant"]._update_available_quantity(
                    product, location, QUANTITY
                )
            return products.ids

    def _scan(self, env):
        company = env["res.company"].browse(self.company_id)
        env["inventory.writeoff.scan"]._scan(company)
        return "done"

    def _deliver(self, product_id, quantity):
        def deliver(env):
            move = env["stock.move"].create(
                {
                    "product_id": product_id,
                    "product_uom_qty": quantity,
                    "location_id": self.quarantine_id,
                    "location_dest_id": self.customer_id,
                    "picking_type_id": self.picking_type_id,
                    "company_id": self.company_id,
                }
            )
            move._action_confirm()
            move.quantity = quantity
            move.picked = True
            move._action_done()
            return "done"

        return deliver

    def _read_candidates(self, product_ids):
        with self._open() as env:
            candidates = env["inventory.writeoff.candidate"].search(
                [("product_id", "in", product_ids)]
            )
            return sorted(
                (candidate.product_id.id, candidate.quantity)
                for candidate in candidates
            )

    def test_two_scans(self):
        """Two scans at once propose everything once."""
        product_ids = self._put_in_quarantine(20)
        results = self._at_once((SUPERUSER_ID, self._scan), (SUPERUSER_ID, self._scan))
        self.assertEqual(results, ["done", "done"])
        self.assertEqual(
            self._read_candidates(product_ids),
            [(product_id, QUANTITY) for product_id in product_ids],
        )

    def test_scan_while_delivering(self):
        """Neither waits for ever, and what has left is not proposed."""
        stays, shrinks, leaves = self._put_in_quarantine(3)
        self._at_once((SUPERUSER_ID, self._scan))
        results = self._at_once(
            (SUPERUSER_ID, self._scan),
            (SUPERUSER_ID, self._deliver(shrinks, 2.0)),
            (SUPERUSER_ID, self._deliver(leaves, QUANTITY)),
            (SUPERUSER_ID, self._scan),
        )
        self.assertEqual(results, ["done"] * 4)
        self.assertEqual(
            self._read_candidates([stays, shrinks, leaves]),
            [(stays, QUANTITY), (shrinks, 3.0)],
        )
