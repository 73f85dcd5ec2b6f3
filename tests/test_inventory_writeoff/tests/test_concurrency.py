from odoo.exceptions import UserError
from odoo.tests import tagged

from .busy_company import BusyCompanyCase


@tagged("post_install", "-at_install")
class TestConcurrency(BusyCompanyCase):
    """Two people at the same goods in the same second, in real transactions."""

    roles = {
        "asks": "user",
        "decides": "approver",
        "posts": "finance",
        "posts_too": "finance",
    }

    def _approved(self, product_id, quantity):
        (writeoff_id,) = self._drafts([product_id], quantity)
        self._act("asks", "action_submit", writeoff_id)
        self._act("decides", "action_approve", writeoff_id)
        return writeoff_id

    def _assert_one_done(self, results, sentence):
        refusals = [result for result in results if result != "done"]
        self.assertEqual(len(refusals), len(results) - 1, results)
        for refusal in refusals:
            self.assertIsInstance(refusal, UserError)
            self.assertRegex(str(refusal), sentence)

    def test_a27_post_twice(self):
        """A27: two users post at once, and there is one set of moves and one entry."""
        (product_id,) = self._stock()
        writeoff_id = self._approved(product_id, 4)
        results = self._at_once(
            (self.users["posts"], self._call(writeoff_id, "action_post")),
            (self.users["posts_too"], self._call(writeoff_id, "action_post")),
        )
        self._assert_one_done(results, "is Posted|Someone else is working")
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            self.assertEqual(writeoff.state, "posted")
            self.assertEqual(len(writeoff.stock_move_ids), 1)
            self.assertEqual(len(writeoff.account_move_ids), 1)
            self.assertEqual(writeoff.value_posted, 40.0)

    def test_reverse_twice(self):
        """A22: of two requests for everything at once, one makes a reversal."""
        (product_id,) = self._stock()
        writeoff_id = self._approved(product_id, 4)
        self._act("posts", "action_post", writeoff_id)

        def reverse(env):
            env["inventory.writeoff"].browse(writeoff_id).reverse("Found again")
            return "done"

        asks = self.users["asks"]
        results = self._at_once((asks, reverse), (asks, reverse))
        self._assert_one_done(results, "Nothing of|Someone else is working")
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            self.assertEqual(len(writeoff.reversal_ids), 1)

    def test_submit_two_reversals(self):
        """A22: three of four pieces, twice: one of the two gets in."""
        (product_id,) = self._stock()
        writeoff_id = self._approved(product_id, 4)
        self._act("posts", "action_post", writeoff_id)
        with self._open(self.users["asks"]) as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            line_id = writeoff.line_ids.id
            drafts = writeoff.reverse("Found again", {line_id: 2})
            drafts |= writeoff.reverse("Found again", {line_id: 2})
            drafts.line_ids.quantity = 3
            draft_ids = drafts.ids
        results = self._at_once(
            *(
                (self.users["asks"], self._call(draft_id, "action_submit"))
                for draft_id in draft_ids
            )
        )
        self._assert_one_done(results, r"only 1\.0 are left|Someone else is working")

    def test_approve_while_cancelling(self):
        (product_id,) = self._stock()
        (writeoff_id,) = self._drafts([product_id], 4)
        self._act("asks", "action_submit", writeoff_id)
        results = self._at_once(
            (self.users["decides"], self._call(writeoff_id, "action_approve")),
            (self.users["asks"], self._call(writeoff_id, "action_cancel")),
        )
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            held = writeoff.stock_move_ids.filtered(lambda m: m.state == "assigned")
            # Cancelling after the approval is allowed, approving after it is not.
            self.assertIn(results[1], ["done"], results)
            self.assertEqual(writeoff.state, "cancelled")
            self.assertFalse(held)

    def test_hold_the_same_goods(self):
        """Ten pieces, two requests of eight: one of them holds them."""
        (product_id,) = self._stock(10.0)
        drafts = self._drafts([product_id] * 2, 8)
        results = self._at_once(
            *((self.users["asks"], self._call(id_, "action_submit")) for id_ in drafts)
        )
        self._assert_one_done(results, r"only 2\.0 are free")
        with self._open() as env:
            quant = env["stock.quant"].search([("product_id", "=", product_id)])
            self.assertEqual(sum(quant.mapped("reserved_quantity")), 8.0)

    def test_many_submissions(self):
        """Twenty at once on different goods: none fails, every number is its own."""
        product_ids = self._stock(count=20)
        drafts = self._drafts(product_ids, 1)
        results = self._at_once(
            *((self.users["asks"], self._call(id_, "action_submit")) for id_ in drafts)
        )
        self.assertEqual(results, ["done"] * 20)
        with self._open() as env:
            names = env["inventory.writeoff"].browse(drafts).mapped("name")
            self.assertEqual(len(set(names)), 20)

    def test_deliver_while_submitting(self):
        """A forced delivery and a hold of the same ten pieces: never both."""
        (product_id,) = self._stock(10.0)
        (writeoff_id,) = self._drafts([product_id], 10)

        def deliver(env):
            move = env["stock.move"].create(
                {
                    "product_id": product_id,
                    "product_uom_qty": 10,
                    "location_id": self.location_id,
                    "location_dest_id": self.customer_id,
                    "picking_type_id": self.picking_type_id,
                    "company_id": self.company_id,
                }
            )
            move._action_confirm()
            move.quantity = 10
            move.picked = True
            move._action_done()
            return "done"

        with self._open() as env:
            stock_user = self._create_user(env, "ships", "stock.group_stock_user")
        results = self._at_once(
            (self.users["asks"], self._call(writeoff_id, "action_submit")),
            (stock_user, deliver),
        )
        self.assertIn("done", results)
        if results.count("done") == 2:
            # Neither saw the other, so the hold is on goods that have left.
            with self.assertRaisesRegex(UserError, "asked for, but only"):
                self._act("decides", "action_approve", writeoff_id)
            self._act("asks", "action_draft", writeoff_id)
        with self._open() as env:
            quants = env["stock.quant"].search(
                [
                    ("product_id", "=", product_id),
                    ("location_id", "=", self.location_id),
                ]
            )
            self.assertGreaterEqual(sum(quants.mapped("quantity")), 0.0)
