from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .books import VALUATIONS, BooksCommon
from .reversals import ReversalCommon
from .tie_outs import TieOutCommon

# Value of 4 of 10 at 10.00 and 10 at 20.00, lost by a scrap and a count of 2 each.
VALUES = {"standard": 40.0, "average": 60.0, "fifo": 40.0}


@tagged("post_install", "-at_install", "slow")
class TestCatchUp(BooksCommon, TieOutCommon, ReversalCommon):
    """What was lost outside write-offs is booked, once, without moving it again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase", cls.category_avco)

    def _get_items(self, moves, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        items = self.env["inventory.writeoff.tie.out.item"]
        return items.with_user(user or self.requester).search(
            [("move_id", "in", moves.ids), ("kind", "in", ("scrap", "loss", "foreign"))]
        )

    def _catch_up(self, moves, **values):
        """Make a draft of stock moves as the requester does."""
        action = self._get_items(moves).action_catch_up()
        writeoff = self.env["inventory.writeoff"].browse(action["res_id"])
        writeoff = writeoff.with_user(self.requester)
        writeoff.write(
            {
                "reason_id": self.reason.id,
                "disposal_method_id": self.disposal.id,
                **values,
            }
        )
        return writeoff

    def _post_catch_up(self, moves, **values):
        writeoff = self._catch_up(moves, **values)
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        voided = writeoff.with_user(self.finance).action_post()
        self.assertFalse(voided)
        return writeoff

    def _lose(self, product=None):
        """Receive 20, close, and lose 2 by a scrap and 2 by a count."""
        product = product or self.product
        self._make_in_move(product, 10, 10.0)
        self._make_in_move(product, 10, 20.0)
        self._close_now()
        return self._scrap(product, 2) | self._count(product, 16)

    def test_a9_next_closing_finds_nothing(self):
        """In all of {standard, AVCO, FIFO} × {periodic, perpetual}."""
        for method, value in VALUES.items():
            for valuation in VALUATIONS:
                with self.subTest(method=method, valuation=valuation):
                    name = f"{method} {valuation}"
                    category = self._create_category(name, method, valuation)
                    product = self._create_product(name, category)
                    moves = self._lose(product)
                    writeoff = self._post_catch_up(moves)
                    self._assert_posted(writeoff, moves, value)
                    self._assert_closed()

    def _assert_posted(self, writeoff, moves, value):
        entry = writeoff.sudo().account_move_ids
        balances = {item.account_id: item.balance for item in entry.line_ids}
        self.assertEqual(
            balances, {self.loss_account: value, self.account_stock_valuation: -value}
        )
        self.assertEqual(entry.state, "posted")
        self.assertEqual(writeoff.value_posted, value)
        self.assertEqual(sum(moves.mapped("value")), value)
        self.assertEqual(moves.account_move_id, entry)
        self.assertFalse(writeoff.sudo().stock_move_ids)
        self.assertEqual(self._on_hand(moves.product_id), 16.0)

    def test_a10_tie_out(self):
        """The move is adopted: the item goes, and the three sides agree."""
        moves = self._lose()
        self.assertEqual(self._tie_out().stock_difference, -60.0)
        writeoff = self._post_catch_up(moves)
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (60.0, 60.0, 60.0, 0.0))
        self.assertEqual(self._get_explained(tie_out), {})
        self.assertEqual(tie_out.stock_difference, 0.0)
        self.assertEqual(writeoff.line_ids.loss_account_id, self.loss_account)
        # Whoever changes the stock move later is found.
        self.env.cr.execute(
            SQL("UPDATE stock_move SET value = value + 1 WHERE id = %s", moves[0].id)
        )
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (60.0, 61.0, 60.0, 1.0))
        self.assertEqual(self._open(tie_out, "edited").writeoff_id, writeoff)

    def test_what_it_says(self):
        """Values before and after, figures per item, and words of its own."""
        writeoff = self._catch_up(self._lose())
        self.assertEqual(writeoff.line_ids.mapped("value_estimated"), [30.0, 30.0])
        self.assertEqual(set(writeoff.line_ids.mapped("cost_basis")), {"moved"})
        self.assertEqual(writeoff.line_ids.mapped("quantity"), [2.0, 2.0])
        self.assertEqual(writeoff.line_ids.location_id, self.stock_location)
        before_after = ("value_before", "value_after")
        self.assertEqual([writeoff[name] for name in before_after], [300.0, 240.0])
        writeoff.action_submit()
        self.assertFalse(writeoff.sudo().stock_move_ids, "nothing is held")
        self.assertEqual(self._free(self.product), 16.0)
        self.assertIn("left stock without", writeoff.message_ids[0].body)
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        self.assertEqual([writeoff[name] for name in before_after], [300.0, 240.0])
        rows = self.env["inventory.writeoff.removal"].search([])
        self.assertNotIn(writeoff.id, rows.ids)

    def test_buttons_after_a_closing(self):
        """The form of one that is not posted opens."""
        writeoff = self._catch_up(self._lose())
        self.assertFalse(writeoff.can_reverse)
        self.assertTrue(writeoff.can_submit)
        writeoff.action_submit()
        self.assertFalse(writeoff.with_user(self.approver).can_reverse)

    def test_each_move_once(self):
        moves = self._lose()
        writeoff = self._catch_up(moves[0])
        items = self._get_items(moves)
        self.assertEqual(items.writeoff_id, writeoff)
        with self.assertRaisesRegex(UserError, "has taken it over already"):
            items.action_catch_up()
        line = writeoff.sudo().line_ids
        other = self._catch_up(moves[1]).sudo().line_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        "UPDATE inventory_writeoff_line SET adopted_move_id = %s "
                        "WHERE id = %s",
                        line.adopted_move_id.id,
                        other.id,
                    )
                )
        # Cancelled, or removed, it can be taken over again.
        writeoff.action_cancel()
        self._catch_up(moves[0]).unlink()
        posted = self._post_catch_up(moves[0])
        self.assertFalse(self._get_items(moves[0]))
        catch_ups = self.env["inventory.writeoff.catch.up"]
        with self.assertRaisesRegex(UserError, "has taken it over already"):
            catch_ups._create(moves[0])
        self.assertEqual(posted.state, "posted")

    def test_closed_moves(self):
        """What a closing has booked is not booked again: not offered, not posted."""
        moves = self._lose()
        writeoff = self._catch_up(moves)
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        self._close_now()
        with self.assertRaisesRegex(UserError, "inventory closing of .* has booked"):
            writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "approved")
        self.assertFalse(self._get_items(moves))
        writeoff.action_cancel()
        with self.assertRaisesRegex(UserError, "has booked the loss already"):
            self.env["inventory.writeoff.catch.up"]._create(moves)

    def test_location_with_an_account(self):
        """The closing books those by itself, on the account of the location."""
        location = self._get_count_location(self.product)
        location.valuation_account_id = self.loss_account
        moves = self._lose()
        self.assertFalse(self._get_items(moves))
        with self.assertRaisesRegex(UserError, "account of its location"):
            self.env["inventory.writeoff.catch.up"]._create(moves)

    def test_no_losses(self):
        receipt = self._make_in_move(self.product, 10, 10.0)
        delivery = self._make_out_move(self.product, 2)
        writeoff = self._post((self.product, 1))
        catch_ups = self.env["inventory.writeoff.catch.up"]
        for move, message in (
            (receipt, "no goods with a value"),
            (delivery, "did not go to an inventory loss location"),
            (writeoff.sudo().stock_move_ids, "has an entry already"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                catch_ups._create(move)

    def test_date(self):
        """Not before the goods were lost; the day they were is fine."""
        moves = self._lose()
        today = fields.Date.today()
        self.env.cr.execute(
            SQL(
                "UPDATE stock_move SET date = date - INTERVAL '1 day' WHERE id IN %s",
                tuple(moves.ids),
            )
        )
        closing = SQL("UPDATE account_move SET date = %s", today - timedelta(days=5))
        self.env.cr.execute(closing)
        self.env.invalidate_all()
        writeoff = self._catch_up(moves, accounting_date=today - timedelta(days=2))
        with self.assertRaisesRegex(UserError, "before .*, when the goods left stock"):
            writeoff.action_submit()

    def test_content_is_the_move_s(self):
        """Only reasons and the like can be changed, by form, RPC and import alike."""
        writeoff = self._catch_up(self._lose())
        line = writeoff.line_ids[0]
        other = self._create_product("Other")
        for vals in (
            {"quantity": 1},
            {"product_id": other.id},
            {"location_id": self.stock_location.id},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "done"):
                line.write(vals)
        with self.assertRaisesRegex(UserError, "takes its items from stock moves"):
            vals = self._line_vals(other, 1)
            writeoff.write({"line_ids": [Command.create(vals)]})
        with self.assertRaisesRegex(UserError, "is not duplicated"):
            writeoff.copy()
        with self.assertRaisesRegex(UserError, "takes its items from stock moves"):
            line.write({"adopted_move_id": False})
        plain = self._create_writeoff((self.product, 1))
        with self.assertRaisesRegex(UserError, "takes its items from stock moves"):
            plain.line_ids.write({"writeoff_id": writeoff.id})
        line.write({"note": "Found broken", "reason_id": self.reason.id})
        line.unlink()
        self.assertEqual(writeoff.line_count, 1)

    def test_no_way_in_for_clients(self):
        """Nobody makes an item of a stock move by its id."""
        moves = self._lose()
        writeoff = self._create_writeoff(
            (self.product, 1, {"adopted_move_id": moves[0].id}), is_catch_up=True
        )
        self.assertFalse(writeoff.is_catch_up)
        self.assertFalse(writeoff.sudo().line_ids.adopted_move_id)

    def test_a20_reversed(self):
        """The entry is mirrored, no goods move, and the moves are free again."""
        for method, value in VALUES.items():
            for valuation in VALUATIONS:
                with self.subTest(method=method, valuation=valuation):
                    name = f"{method} {valuation}"
                    category = self._create_category(name, method, valuation)
                    moves = self._lose(self._create_product(name, category))
                    writeoff = self._post_catch_up(moves)
                    reversal = self._reverse(writeoff)
                    self._assert_given_up(writeoff, reversal, moves, value)
                    # Another one takes them over, and the closing finds nothing.
                    again = self._post_catch_up(moves)
                    self._assert_posted(again, moves, value)
                    self.assertEqual(self._get_sides(self._tie_out())[3], 0.0)
                    self._assert_closed()

    def _assert_given_up(self, writeoff, reversal, moves, value):
        self.assertEqual((writeoff.state, reversal.state), ("reversed", "posted"))
        self.assertEqual(reversal.value_posted, -value)
        entry = reversal.sudo().account_move_ids
        self.assertEqual(entry.reversed_entry_id, writeoff.sudo().account_move_ids)
        balances = {item.account_id: item.balance for item in entry.line_ids}
        self.assertEqual(
            balances, {self.loss_account: -value, self.account_stock_valuation: value}
        )
        self.assertFalse(reversal.sudo().stock_move_ids)
        self.assertFalse(moves.account_move_id)
        self.assertEqual(self._on_hand(moves.product_id), 16.0)
        self.assertEqual(set(self._get_items(moves).mapped("kind")), {"scrap", "loss"})
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out)[3], 0.0)
        self.assertNotIn("edited", self._get_explained(tie_out))
        self.assertEqual(tie_out.unexplained, 0.0)

    def test_a21_one_item_of_it(self):
        """By item, as a whole: a stock move has one entry or none."""
        moves = self._lose()
        writeoff = self._post_catch_up(moves)
        first, second = writeoff.line_ids
        kept, freed = (line.sudo().adopted_move_id for line in (first, second))
        with self.assertRaisesRegex(UserError, "given up as a whole. Reverse all 2.0"):
            self._reverse(writeoff, {first: 1})
        self._reverse(writeoff, {second: 2})
        self.assertEqual(writeoff.state, "partly_reversed")
        self.assertEqual(kept.account_move_id, writeoff.sudo().account_move_ids)
        self.assertFalse(freed.account_move_id)
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (30.0, 30.0, 30.0, 0.0))
        self.assertEqual(tie_out.unexplained, 0.0)
        with self.assertRaisesRegex(UserError, "only 0.0 are left"):
            writeoff.reverse("Twice", {second.id: 2})

    def test_a20_not_after_a_closing(self):
        """A closing has counted with the entry: refused, at posting as well."""
        moves = self._lose()
        writeoff = self._post_catch_up(moves)
        reversal = self._approve_back(writeoff)
        self._make_in_move(self.product, 1, 10.0)
        later = datetime.now() + timedelta(days=2)
        with freeze_time(later):
            # The closing is of a later transaction than the catch-up.
            self.env.cr._now = later
            self._close()
            self.env.flush_all()
            message = "has counted with its entry"
            with self.assertRaisesRegex(UserError, message):
                reversal.with_user(self.finance).action_post()
            reversal.action_cancel()
            with self.assertRaisesRegex(UserError, message):
                writeoff.reverse("Wrong")

    def test_what_was_booked_stays(self):
        """Nobody of Inventory changes a stock move that a catch-up has booked."""
        manager = self._create_user("stock_manager", "stock.group_stock_manager")
        moves = self._lose()
        lines = moves.move_line_ids.with_user(manager)
        lines[0].quantity = 1.0
        lines[0].quantity = 2.0
        self._post_catch_up(moves)
        for act in (
            lambda: lines[0].write({"quantity": 1.0}),
            lambda: moves[0].with_user(manager).write({"value": 1.0}),
            lambda: moves[1].with_user(manager).write({"account_move_id": False}),
        ):
            with self.assertRaisesRegex(UserError, "which has booked it"):
                act()

    def test_who_may(self):
        moves = self._lose()
        items = self._get_items(moves)
        self.assertEqual(len(items), 2)
        for user in (self.auditor, self.finance, self.manager, self.senior):
            with self.subTest(user.login), self.assertRaises(AccessError):
                items.with_user(user).action_catch_up()
        for user in (self.approver, self.stock_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                items.with_user(user).read(["reference"])
        everything = self.env["inventory.writeoff.tie.out.item"]
        kinds = everything.with_user(self.requester).search([]).mapped("kind")
        self.assertEqual(set(kinds), {"scrap", "loss"})
        with self.assertRaisesRegex(UserError, "nothing to catch up on"):
            self._make_in_move(self.product, 1, 10.0)
            self._open(self._tie_out(), "not_closed").action_catch_up()
