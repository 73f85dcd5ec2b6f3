from odoo.tests import tagged

from ..writer import as_writer
from .books import BooksCommon
from .reversals import ReversalCommon


@tagged("post_install", "-at_install", "slow")
class TestLedgerRounding(BooksCommon, ReversalCommon):
    """A6: no quantity, no value. Three units cost 10.00 in all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls._create_categories()

    def _receive(self, category, **values):
        product = self._create_product(
            f"P {category.name}", category, standard_price=10.0 / 3, **values
        )
        return product

    def test_a6_matrix(self):
        """3.33 + 3.33 + 3.34, and the closing finds nothing, whatever the method."""
        products = [self._receive(category) for category in self.categories.values()]
        for product in products:
            self._make_in_move(product, 3, 10.0 / 3)
        self._close()
        writeoffs = []
        for product in products:
            with self.subTest(product.name):
                writeoff = self._post((product, 1), (product, 1), (product, 1))
                writeoffs.append(writeoff)
                self.assertEqual(
                    writeoff.line_ids.mapped("value_posted"), [3.33, 3.33, 3.34]
                )
                moves = writeoff.sudo().stock_move_ids
                self.assertEqual(sorted(moves.mapped("value")), [3.33, 3.33, 3.34])
                entry = writeoff.sudo().account_move_ids
                self.assertEqual(sum(entry.line_ids.mapped("debit")), 10.0)
        self._assert_closed()
        for writeoff in writeoffs:
            self.assertEqual(self._reverse(writeoff).value_posted, -10.0)
        self._assert_closed()

    def test_a6_by_lot(self):
        """Valued by lot, each lot comes to 0.00 for itself."""
        lots = {
            product: [self._create_lot(product, name) for name in ("empty", "kept")]
            for product in (
                self._receive(category, tracking="lot", lot_valuated=True)
                for category in self.categories.values()
            )
        }
        for product, (empty, kept) in lots.items():
            self._make_in_move(product, 3, 10.0 / 3, lot_ids=empty)
            self._make_in_move(product, 6, 10.0 / 3, lot_ids=kept)
        self._close()
        for product, (empty, kept) in lots.items():
            with self.subTest(product.name):
                writeoff = self._post(
                    *[(product, 1, {"lot_id": empty.id}) for _count in range(3)],
                    (product, 3, {"lot_id": kept.id}),
                )
                self.assertEqual(
                    writeoff.line_ids.mapped("value_posted"), [3.33, 3.33, 3.34, 10.0]
                )
        self._assert_closed()

    def test_a6_something_is_left(self):
        """Two of three: no residue yet, and none that is another document's."""
        product = self._receive(self.categories["average", "periodic"])
        self._make_in_move(product, 3, 10.0 / 3)
        first = self._post((product, 1), (product, 1))
        self.assertEqual(first.value_posted, 6.66)
        self.assertEqual(self._post((product, 1)).value_posted, 3.33)

    def test_a6_consigned_goods_are_no_stock_of_ours(self):
        """The owner's pieces neither keep the residue away nor get it."""
        product = self._receive(self.categories["average", "periodic"])
        self._make_in_move(product, 3, 10.0 / 3)
        self._make_in_move(product, 2, 10.0, owner_id=self.owner.id)
        writeoff = self._post(
            *[(product, 1) for _count in range(3)],
            (product, 1, {"owner_id": self.owner.id}),
        )
        self.assertEqual(
            writeoff.line_ids.mapped("value_posted"), [3.33, 3.33, 3.34, 0.0]
        )

    def test_a6_two_documents_posted_together(self):
        product = self._receive(self.categories["fifo", "real_time"])
        self._make_in_move(product, 3, 10.0 / 3)
        both = self._approve((product, 2)) | self._approve((product, 1))
        both.with_user(self.finance).action_post()
        self.assertEqual(sum(both.mapped("value_posted")), 10.0)

    def test_a6_queries(self):
        """The residue takes one query, however many products and items there are."""
        counts = []
        for products in (1, 20):
            lines = []
            for _product in range(products):
                product = self._receive(self.categories["average", "periodic"])
                self._make_in_move(product, 3, 10.0 / 3)
                lines += [(product, 1)] * 3
            moves = as_writer(self._approve(*lines).sudo().stock_move_ids)
            moves.move_line_ids.picked = True
            moves._set_value()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["inventory.writeoff.posting"]._take_residues(moves)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1])
