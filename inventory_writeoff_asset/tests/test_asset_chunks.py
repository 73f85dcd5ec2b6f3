from odoo.exceptions import UserError
from odoo.tests import tagged

from .assets import AssetCommon


@tagged("post_install", "-at_install")
class TestAssetChunks(AssetCommon):
    """Ten chairs in one lot, capitalised out of stock at 1,200.00, posted in chunks.

    Balances of stock, assets and loss, from before they were capitalised: whatever is
    posted, and whoever stops it there, no loss is booked twice.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.writeoff_chunk_size = 1
        cls.chairs = cls._create_product(
            "Chairs", cls.category, tracking="lot", standard_price=120.0
        )
        cls.lot = cls._create_lot(cls.chairs, "C1")
        cls.accounts = (
            cls.account_stock_valuation,
            cls.account_fixed,
            cls.loss_account,
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._receive(self.chairs, 10, self.lot)
        self._receive(self.product_avco, 1)
        self.before = self._balance(*self.accounts)
        self.asset = self._capitalise(self.lot, 1200.0)

    def _start(self, *quantities, others=()):
        lines = [(self.chairs, qty, {"lot_id": self.lot.id}) for qty in quantities]
        return self._begin(self._approve(*lines, *others))

    def _begin(self, writeoff):
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "posting")
        writeoff.sudo()._as_poster()._post_next_chunk()
        return writeoff

    def _step(self, writeoff):
        """Post a chunk, and return what the books have then."""
        writeoff.sudo()._as_poster()._post_next_chunk()
        self._assert_tied(writeoff)
        return self._get_books()

    def _get_books(self):
        return self._changes(self.before, self.accounts)

    def _close(self, writeoff):
        worker = self.env["inventory.writeoff.worker"]
        worker._stop(writeoff.id, UserError("No more of it"))
        writeoff.with_user(self.finance).action_close()
        self.assertEqual(writeoff.state, "partly_posted")
        return writeoff.rest_id

    def _assert_stays(self, writeoff, sentence, quantities=None):
        with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
            self._ask_back(writeoff, quantities)

    def _submit_rest(self, rest):
        # What is left was never asked for; who asked for the rest sends it again.
        rest.with_user(self.requester).action_submit()
        rest.with_user(self.approver).action_approve()
        return rest

    def test_every_chunk_is_exact(self):
        writeoff = self._start(4, 6, others=[(self.product_avco, 1)])
        self.assertEqual(self._get_books(), [-1200.0, 1200.0, 0.0])
        self.assertEqual(self._step(writeoff), [-1200.0, 1200.0, 0.0])
        self.assertEqual(self.asset.state, "open")
        self.assertEqual(self._step(writeoff), [-1200.0, 0.0, 650.0])
        self.assertEqual(self.asset.state, "removed")
        self.assertEqual(self._step(writeoff), [-1210.0, 0.0, 660.0])
        self.assertEqual(writeoff.state, "posted")
        self.assertRecordValues(
            writeoff.retirement_ids,
            [
                {"is_part": True, "value_loss": 0.0, "value_stock": 480.0},
                {"is_part": False, "value_loss": 650.0, "value_stock": 720.0},
            ],
        )
        reversal = self._begin(self._approve_back(writeoff))
        # What is back is stock until the asset is back with the last of its goods.
        self.assertEqual(self._step(reversal), [-730.0, 0.0, 180.0])
        self.assertEqual(self._step(reversal), [-1210.0, 1200.0, 10.0])
        self.assertEqual(self._step(reversal), [-1200.0, 1200.0, 0.0])
        self.assertEqual((writeoff.state, self.asset.state), ("reversed", "open"))

    def test_closed_halfway(self):
        """The first part loses nothing by itself: the asset goes with the rest."""
        writeoff = self._start(4, 6)
        self._step(writeoff)
        rest = self._close(writeoff)
        self.assertEqual(self._get_books(), [-1200.0, 1200.0, 0.0])
        self.assertEqual((self.asset.state, writeoff.total_loss), ("open", 0.0))
        self.assertNotIn("Assets retired", str(writeoff.message_ids[0].body))

        self._submit_rest(rest).with_user(self.finance).action_post()
        self.assertEqual(rest.state, "posted")
        self.assertEqual(self._get_books(), [-1200.0, 0.0, 650.0])
        self.assertEqual(rest.total_loss, 650.0)
        self._assert_tied(rest)

        first = f"retired with the rest .* {rest.name}. Reverse that one first"
        self._assert_stays(writeoff, first)
        self._reverse(rest)
        self.assertEqual(self._get_books(), [-1200.0, 1200.0, 0.0])
        self.assertEqual(self.asset.state, "open")
        self._reverse(writeoff)
        self.assertEqual(self._get_books(), [-1200.0, 1200.0, 0.0])
        self._assert_tied(writeoff)
        # All ten are there again, and go as one.
        self.company.writeoff_chunk_size = 10
        again = self._post((self.chairs, 10, {"lot_id": self.lot.id}))
        self.assertEqual(self._get_books(), [-1200.0, 0.0, 650.0])
        self.assertEqual(again.retirement_ids.value_stock, 1200.0)

    def test_first_part_comes_back_alone(self):
        writeoff = self._start(2, 2, 6)
        self._step(writeoff)
        self._step(writeoff)
        self._close(writeoff)
        first, second = writeoff.line_ids
        self.company.writeoff_chunk_size = 10
        self._assert_stays(writeoff, "comes back as a whole", {first: 1})
        for line in first, second:
            self._reverse(writeoff, {line: 2})
            self.assertEqual(self._get_books(), [-1200.0, 1200.0, 0.0])
            self._assert_tied(writeoff)
        self.assertEqual(writeoff.state, "reversed")

    def test_removed_by_hand_in_between(self):
        writeoff = self._start(4, 6)
        self._step(writeoff)
        self._close(writeoff)
        self.asset.state = "removed"
        self._assert_stays(writeoff, "has been removed in Accounting since")

    def test_reversal_closed_halfway(self):
        """The rest of the reversal brings the asset back, although it is not all."""
        self.company.writeoff_chunk_size = 10
        writeoff = self._post(
            (self.chairs, 4, {"lot_id": self.lot.id}),
            (self.chairs, 6, {"lot_id": self.lot.id}),
        )
        self.company.writeoff_chunk_size = 1
        reversal = self._begin(self._approve_back(writeoff))
        self.assertEqual(self._step(reversal), [-720.0, 0.0, 170.0])
        rest = self._close(reversal)
        self._submit_rest(rest).with_user(self.finance).action_post()
        self.assertEqual(self._get_books(), [-1200.0, 1200.0, 0.0])
        self.assertEqual((writeoff.state, self.asset.state), ("reversed", "open"))
        self._assert_tied(rest)
