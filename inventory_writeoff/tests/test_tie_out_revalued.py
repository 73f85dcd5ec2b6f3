from odoo.tests import tagged

from .revalued import RevaluedCommon


@tagged("post_install", "-at_install", "slow")
class TestTieOutRevalued(RevaluedCommon):
    """What Odoo has revalued since the last closing, from the records that say so."""

    def test_cost_typed_in(self):
        """6 of 10@10 are left, and cost 13.00 now: 18.00, until the closing."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            self.assertEqual(self._read(self.here), {"not_closed": 60.0})
            self.here.set_price(product, lot, 13.0)
            expected = {"not_closed": 60.0, "revalued": 18.0}
            if lot and method == "average":
                # Odoo revalues what has left of a lot as well, not only what is left.
                expected = {"not_closed": 48.0, "revalued": 30.0}
            self.assertEqual(self._read(self.here), expected)
            (item,) = self._open_items(self.here, "revalued")
            self.assertEqual(item.product_id, product)
            self._later()
            self.here.close()
            # Odoo takes no notice of the cost of FIFO goods, until they move.
            left = {"revalued": 18.0} if method == "fifo" else {}
            self.assertEqual(self._read(self.here), left)
            self.assertEqual(self._read(self.there), {})
            self._later()
            self.here.set_price(product, lot, 10.0)
            left = {} if method == "fifo" else {"revalued": -18.0}
            self.assertEqual(self._read(self.here), left)

        self._for_each(check)

    def test_price_of_another_company(self):
        """10@10 and a price of 13.00 elsewhere: a closing here books 130.00."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 10.0)
            self._later()
            self.there.set_price(product, lot, 13.0)
            self.assertEqual(self._read(self.here), {"not_closed": 100.0})
            self._later()
            self.here.close()
            # Odoo takes the price for the closing, and keeps the cost of the goods.
            self.assertEqual(self._read(self.here), {"revalued": -30.0})
            (item,) = self._open_items(self.here, "revalued")
            self.assertEqual((item.product_id, item.value), (product, -30.0))
            self.assertEqual(item.reference, self.there.company.name)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            self.here.close()
            self.assertEqual(self._read(self.here), {"revalued": -18.0})
            self._later()
            self.here.receive(product, lot, 6, 10.0)
            self.here.close()
            self.assertEqual(self._read(self.here), {})

        self._for_each(check, "average")

    def test_lot_of_another_company(self):
        """4 of 6@3 and 2@20: 52.00, but a closing takes 5@3 and 1@20 if 1 is there."""

        def check(product, lot, method, perpetual):
            self.there.receive(product, lot, 1, 7.0)
            self.here.receive(product, lot, 6, 3.0)
            self._later()
            self.here.deliver(product, lot, 2)
            self._later()
            self.here.receive(product, lot, 2, 20.0)
            self.assertEqual(self._read(self.here), {"not_closed": 52.0})
            self._later()
            self.here.close()
            explained = {"revalued": 17.0} if lot else {}
            self.assertEqual(self._read(self.here), explained)
            for item in self._open_items(self.here, "revalued"):
                self.assertEqual((item.product_id, item.res_id), (product, lot.id))
                self.assertEqual(item.reference, self.there.company.name)
            self.assertEqual(self._read(self.there), {"not_closed": 7.0})

        self._for_each(check, "fifo")

    def test_receipt_at_another_price(self):
        """10@12.50 at a standard price of 10.00: −25.00, and +18.00 for 13.00 later."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 12.5)
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": 125.0, "revalued": -25.0})
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            self.here.set_price(product, lot, 13.0)
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": 85.0, "revalued": -7.0})
            values = self._open_items(self.here, "revalued").mapped("value")
            self.assertEqual(sorted(values), [-7.0] if lot else [-25.0, 18.0])
            self._later()
            self.here.close()
            self.assertEqual(self._read(self.here), {})

        self._for_each(check, "standard")

    def test_bills(self):
        """10@10 received, 4 delivered, billed at 12.00: 8.00 went with the goods."""
        self._skip_without("purchase.order")

        def check(product, lot, method, perpetual):
            order = self.here.order(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            kind = "unbilled" if perpetual else "not_closed"
            expected = {"not_closed": -40.0}
            expected[kind] = expected.get(kind, 0.0) + 100.0
            self.assertEqual(self._read(self.here), expected)
            self.here.bill(order, 12.0)
            gone = -20.0 if method == "standard" else -8.0
            left = -40.0 if perpetual else 80.0
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": left, "revalued": gone})
            self._later()
            self.here.close()
            self.assertEqual(self._read(self.here), {})

        self._for_each(check, "standard", "fifo")

    def test_bill_after_the_closing(self):
        """What a closing has taken is billed at 12.00 instead of 10.00 after it."""
        self._skip_without("purchase.order")

        def check(product, lot, method, perpetual):
            order = self.here.order(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            order.action_create_invoice()
            self.here.close()
            self.assertEqual(self._read(self.here), {})
            self._later()
            bill = order.invoice_ids
            bill.invoice_date = self.env.cr.now().date()
            bill.invoice_line_ids.price_unit = 12.0
            bill.action_post()
            expected = {"billed": -120.0} if perpetual else {}
            if method != "standard":
                expected["revalued"] = 12.0
            self.assertEqual(self._read(self.here), expected)
            self._later()
            if expected:
                self.here.close()
            self.assertEqual(self._read(self.here), {})

        self._for_each(check, "standard", "average")

    def test_landed_costs(self):
        """20.00 on 10 goods of which 4 are gone: 12.00 stay in stock."""
        self._skip_without("purchase.order", "stock.landed.cost")

        def check(product, lot, method, perpetual):
            order = self.here.order(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            before = self._read(self.here)
            cost = self.here.add_freight(order, 20.0)
            landed = {} if perpetual else {"revalued": 12.0}
            self.assertEqual(self._read(self.here), {**before, **landed})
            if landed:
                items = self._open_items(self.here, "revalued")
                self.assertEqual(len(items), 1, items.read())
                item = items
                self.assertEqual((item.reference, item.value), (cost.name, 12.0))
                action = item.with_user(self.clerk).action_open_record()
                self.assertEqual(action["res_id"], cost.id)
            self._later()
            self.here.close()
            self.assertEqual(self._read(self.here), {})
            self._later()
            self.here.add_freight(order, 10.0)
            landed = {} if perpetual else {"revalued": 6.0}
            self.assertEqual(self._read(self.here), landed)

        self._for_each(check, "average", "fifo")

    def test_write_offs(self):
        """What is written off takes no part in what is revalued after it."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 10.0)
            self._later()
            quant = self.env["stock.quant"].search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", self.here.location.id),
                ]
            )
            writeoff = self.submit_goods(self.here, [(quant, 4)])
            self.post(writeoff)
            self._later()
            self.here.set_price(product, lot, 13.0)
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": 100.0, "revalued": 18.0})

        self._for_each(check, "average")
