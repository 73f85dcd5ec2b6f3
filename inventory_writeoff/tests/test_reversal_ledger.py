from odoo import fields
from odoo.tests import tagged

from .books import LOT_VALUES, VALUES, BooksCommon
from .reversals import ReversalCommon


@tagged("post_install", "-at_install", "slow")
class TestReversalLedger(BooksCommon, ReversalCommon):
    """The books after a reversal; the names are those of the accounting rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls._create_categories()

    def _assert_given_back(self, writeoff, reversal, value):
        """Register, stock moves and ledger agree on what came back."""
        moves = reversal.sudo().stock_move_ids
        self.assertEqual(reversal.value_posted, -value)
        self.assertEqual(sum(moves.mapped("value")), value)
        entry = reversal.sudo().account_move_ids
        self.assertEqual(entry.reversed_entry_id, writeoff.sudo().account_move_ids)
        self.assertEqual(entry.state, "posted")
        self.assertEqual(sum(entry.line_ids.mapped("credit")), value)
        self.assertEqual(sum(entry.line_ids.mapped("debit")), value)

    def test_a20_a9_matrix(self):
        """Written off, partly reversed, then whole: closed after every step."""
        for (method, valuation), category in self.categories.items():
            with self.subTest(method=method, valuation=valuation):
                product = self._receive_plain(f"P {method} {valuation}", category)
                self._close()
                losses = self._balance(self.loss_account)
                stock = self._balance(self.account_stock_valuation)
                writeoff = self._post((product, 12))
                part = self._reverse(writeoff, {writeoff.line_ids: 3})
                value = VALUES[method]
                self._assert_given_back(writeoff, part, value / 4)
                self.assertEqual(writeoff.state, "partly_reversed")
                self._assert_closed()
                rest = self._reverse(writeoff)
                self._assert_given_back(writeoff, rest, value * 3 / 4)
                self.assertEqual(writeoff.state, "reversed")
                self.assertEqual(self._on_hand(product), 20.0)
                self.assertEqual(self._balance(self.loss_account), losses)
                self.assertEqual(self._balance(self.account_stock_valuation), stock)
                self._assert_closed()

    def test_a20_a9_by_lot(self):
        """Each lot gets back what it had; the parts come in any order."""
        for (method, valuation), category in self.categories.items():
            with self.subTest(method=method, valuation=valuation):
                product, cheap, dear = self._receive_lots(
                    f"L {method} {valuation}", category
                )
                self._close()
                stock = self._balance(self.account_stock_valuation)
                writeoff = self._post(
                    (product, 8, {"lot_id": dear.id}),
                    (product, 4, {"lot_id": cheap.id}),
                )
                first, second = writeoff.line_ids
                part = self._reverse(writeoff, {first: 2, second: 4})
                back = first.value_posted / 4 + second.value_posted
                self._assert_given_back(writeoff, part, back)
                self._assert_closed()
                rest = self._reverse(writeoff)
                self._assert_given_back(writeoff, rest, LOT_VALUES[method] - back)
                self.assertEqual(self._balance(self.account_stock_valuation), stock)
                quants = product.stock_quant_ids.filtered(
                    lambda quant: quant.location_id == self.stock_location
                )
                quantities = {quant.lot_id: quant.quantity for quant in quants}
                self.assertEqual(quantities, {cheap: 10.0, dear: 10.0})
                self._assert_closed()

    def test_a20_the_cost_is_the_original_one(self):
        """70 out, 70 back, although the layers that are left are dearer."""
        for method, value in (("fifo", 70.0), ("average", 90.0), ("standard", 60.0)):
            with self.subTest(method):
                category = self.categories[method, "real_time"]
                product = self._create_product(f"C {method}", category)
                self._make_in_move(product, 5, 10.0)
                self._make_in_move(product, 5, 20.0)
                writeoff = self._post((product, 6))
                self._make_in_move(product, 10, 90.0)
                if method != "fifo":
                    product.standard_price = 77.0
                reversal = self._reverse(writeoff)
                self._assert_given_back(writeoff, reversal, value)

    def test_a16_later_prices(self):
        """Whoever changes a price later is free to: what came back stays as it was."""
        manager = self._create_user(
            "prices", "stock.group_stock_manager,product.group_product_manager"
        )
        for method in ("average", "standard", "fifo"):
            category = self.categories[method, "real_time"]
            plain = self._receive_plain(f"Later {method}", category)
            product, cheap, _dear = self._receive_lots(f"Lots {method}", category)
            writeoff = self._post((plain, 4), (product, 4, {"lot_id": cheap.id}))
            reversal = self._reverse(writeoff, {line: 2 for line in writeoff.line_ids})
            moves = reversal.sudo().stock_move_ids
            values = moves.mapped("value")
            for goods in (plain, product, cheap):
                with self.subTest(method, goods=goods.display_name):
                    goods.with_user(manager).standard_price = 77.0
                    self.env.invalidate_all()
                    self.assertEqual(moves.mapped("value"), values)
            # And what is left comes back at what it has cost.
            rest = self._reverse(writeoff)
            self.assertEqual(rest.value_posted, reversal.value_posted)

    def test_a20_the_entry_is_mirrored(self):
        """Accounts, journal and analytic distribution of each item, by its share."""
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        north, south = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("North", "South")]
        )
        journal = self.env["account.journal"].create(
            {"name": "Write-offs", "code": "WOFF", "type": "general"}
        )
        self.company.writeoff_journal_id = journal
        for detail, count in (("summed", 3), ("line", 4)):
            with self.subTest(detail):
                self.company.writeoff_entry_detail = detail
                product = self._create_product(f"P {detail}")
                self._make_in_move(product, 20, 10.0)
                writeoff = self._post(
                    (product, 6, {"analytic_distribution": {str(north.id): 100.0}}),
                    (product, 4, {"analytic_distribution": {str(south.id): 100.0}}),
                )
                # What is set later is another matter.
                self.company.writeoff_journal_id = False
                self.company.writeoff_entry_detail = "summed"
                first, second = writeoff.line_ids
                reversal = self._reverse(writeoff, {first: 3, second: 1})
                self.company.writeoff_journal_id = journal
                entry = reversal.sudo().account_move_ids
                self.assertEqual(entry.journal_id, journal)
                self.assertEqual(
                    entry.ref, f"{reversal.name} (reversal of {writeoff.name})"
                )
                self.assertEqual(len(entry.line_ids), count)
                losses = entry.line_ids.filtered(
                    lambda item: item.account_id == self.loss_account
                )
                self.assertEqual(
                    {
                        next(iter(item.analytic_distribution)): item.balance
                        for item in losses
                    },
                    {str(north.id): -30.0, str(south.id): -10.0},
                )
                others = entry.line_ids - losses
                self.assertEqual(sum(others.mapped("balance")), 40.0)
                self.assertFalse(any(others.mapped("analytic_distribution")))
                if detail == "line":
                    self.assertEqual(sorted(losses.mapped("quantity")), [1.0, 3.0])

    def test_a10_the_register_adds_up(self):
        """The items of write-offs and reversals sum to the balance of the account."""
        product = self._create_product("Vase", self.categories["fifo", "periodic"])
        self._make_in_move(product, 5, 10.0)
        self._make_in_move(product, 5, 20.0)
        losses = self._balance(self.loss_account)
        writeoff = self._post((product, 6))
        self._reverse(writeoff, {writeoff.line_ids: 2})
        self._post((product, 1))
        lines = self.env["inventory.writeoff.line"].search(
            [("product_id", "=", product.id), ("writeoff_id.posted_at", "!=", False)]
        )
        self.assertEqual(
            sum(lines.mapped("value_posted")), self._balance(self.loss_account) - losses
        )
        today = fields.Date.context_today(writeoff)
        rows = self.env["inventory.writeoff.tie.out"]._get_tie_out(
            self.company, today, today
        )
        (row,) = [row for row in rows if row["account_id"] == self.loss_account]
        net = sum(lines.mapped("value_posted"))
        sides = [row[side] for side in ("register", "moved", "booked", "difference")]
        self.assertEqual(sides, [net, net, net, 0.0])

    def test_a8_goods_without_value(self):
        """Consigned goods come back without an entry."""
        product = self._create_product("Consigned")
        self._make_in_move(product, 5, 10.0, owner_id=self.owner.id)
        writeoff = self._post((product, 3, {"owner_id": self.owner.id}))
        reversal = self._reverse(writeoff)
        self.assertEqual(reversal.state, "posted")
        self.assertFalse(reversal.sudo().account_move_ids)
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(self._on_hand(product), 5.0)

    def test_a13_units(self):
        """One of two packs of six comes back as six pieces of 10.00."""
        product = self._create_product("Eggs", uom_ids=[self.uom_pack_of_6.id])
        self._make_in_move(product, 12, 10.0)
        writeoff = self._post((product, 2, {"product_uom_id": self.uom_pack_of_6.id}))
        reversal = self._reverse(writeoff, {writeoff.line_ids: 1})
        self.assertEqual(reversal.value_posted, -60.0)
        self.assertEqual(self._on_hand(product), 6.0)
        self.assertEqual(writeoff.line_ids.quantity_reversed, 1.0)

    def test_queries_do_not_grow_with_items(self):
        """What is checked and mirrored, for 2 and for 12 items, with warm caches."""
        counts = {}
        for items in (2, 2, 12):
            products = self._create_product("Vase")
            for number in range(items - 1):
                products |= self._create_product(f"Vase {number}")
            for product in products:
                self._make_in_move(product, 2, 10.0)
            reversal = self._approve_back(self._post(*[(p, 1) for p in products]))
            counts[items] = [
                self._count_queries(action, reversal)
                for action in (
                    self.env["inventory.writeoff.validation"]._get_problems,
                    self.env["inventory.writeoff.reversal"]._get_items,
                )
            ]
        self.assertEqual(counts[2], counts[12])
