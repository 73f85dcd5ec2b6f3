from datetime import timedelta

from odoo import Command, fields

from .common import WriteoffCommon


class CandidateCommon(WriteoffCommon):
    """Stock to mark, and verbs to find and to follow what is unsellable."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.candidates = cls.env["inventory.writeoff.candidate"]
        cls.scan = cls.env["inventory.writeoff.scan"]
        cls.product = cls._create_product("Lamp")
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf B", "location_id": cls.stock_location.id}
        )
        cls.company.writeoff_aged_days = 100

    @classmethod
    def _put(cls, product, quantity, location=None, days_ago=0, **goods):
        """Put goods on a shelf, as they came in some days ago."""
        records = {name: goods[name] for name in goods}
        quants = cls.env["stock.quant"]
        quants._update_available_quantity(
            product,
            location or cls.stock_location,
            quantity,
            in_date=fields.Datetime.now() - timedelta(days=days_ago),
            **records,
        )

    def _deliver(self, product, quantity, location=None, **goods):
        """Deliver goods to a customer, as a person of the warehouse."""
        return self._move(product, quantity, location, self.customer_location, **goods)

    def _move(self, product, quantity, location, destination, **goods):
        location = location or self.stock_location
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": location.id,
                "location_dest_id": destination.id,
                "company_id": self.company.id,
                "move_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": quantity,
                            "location_id": location.id,
                            "location_dest_id": destination.id,
                            "picked": True,
                            **{name: record.id for name, record in goods.items()},
                        }
                    )
                ],
            }
        )
        move._action_confirm()
        move.picked = True
        move.with_user(self.stock_user).sudo(False)._action_done()
        return move

    def _mark(self, product, quantity, user=None, **values):
        candidates = self.candidates.with_user(user or self.stock_user)
        return candidates.create(
            {
                "product_id": product.id,
                "quantity": quantity,
                "location_id": self.stock_location.id,
                "reason_id": self.reason.id,
                **values,
            }
        )

    def _scan(self, company=None):
        self.scan._scan(company or self.company)
        self.env.invalidate_all()

    def _found(self, product, **domain):
        return self.candidates.search(
            [
                ("product_id", "=", product.id),
                *((name, "=", value) for name, value in domain.items()),
            ]
        )

    def _create_expiring(self, name="Yoghurt", days=-1, quantity=10.0):
        """Create a product with one lot that expires in some days, on the shelf."""
        product = self._create_product(name, tracking="lot", use_expiration_date=True)
        lot = self._create_lot(product, f"{name} 1")
        lot.expiration_date = fields.Datetime.now() + timedelta(days=days)
        self._put(product, quantity, lot_id=lot)
        return product, lot
