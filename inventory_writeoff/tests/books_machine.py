from datetime import timedelta

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.sql_db import Savepoint

from .books_invariants import BooksInvariants

QUANTITIES = st.integers(1, 9)
# Prices that do not divide evenly leave cents behind.
PRICES = st.integers(1, 4000).map(lambda cents: cents / 100)
CHOICES = st.integers(0, 10**6)
MOST_OF_A_SEED = 8


class BooksMachine(BooksInvariants, RuleBasedStateMachine):
    """Two companies whose goods come, go, are written off and come back, at random.

    Every rule is one thing that people do; the invariants hold after each of them.
    Every run starts from the same database, an hour passes with every rule.
    """

    books = None

    def __init__(self):
        super().__init__()
        self.savepoint = Savepoint(self.books.env.cr)
        self.orders, self.open, self.posted = [], [], []

    def teardown(self):
        self.books.env.transaction.clear()
        self.savepoint.close()
        self.books.env.transaction.clear()
        self.books.registry.clear_all_caches()

    def _pick(self, sequence, choice):
        return sequence[choice % len(sequence)]

    def _pick_goods(self, choice):
        """Return a shop, a product and one of its lots."""
        shop = self._pick(self.books.shops, choice)
        return shop, *self._pick(self.books.goods, choice // 2)

    def _pass_time(self):
        self.books.pass_time(timedelta(hours=1))

    @initialize(choices=st.lists(CHOICES, min_size=2, max_size=4), price=PRICES)
    def start(self, choices, price):
        for choice in choices:
            self.receive(choice, 6, price)

    @rule(choice=CHOICES, quantity=QUANTITIES, price=PRICES)
    def receive(self, choice, quantity, price):
        self._pass_time()
        shop, product, lot = self._pick_goods(choice)
        shop.receive(product, lot, quantity, price)

    @rule(choice=CHOICES, quantity=QUANTITIES, price=PRICES)
    def order(self, choice, quantity, price):
        self._pass_time()
        shop, product, lot = self._pick_goods(choice)
        self.orders.append((shop, shop.order(product, lot, quantity, price)))

    @precondition(lambda self: self._get_unbilled())
    @rule(choice=CHOICES, price=PRICES)
    def bill(self, choice, price):
        self._pass_time()
        shop, order = self._pick(self._get_unbilled(), choice)
        shop.bill(order, price)

    def _get_unbilled(self):
        return [pair for pair in self.orders if not pair[1].invoice_ids]

    @precondition(lambda self: self._get_freighted())
    @rule(choice=CHOICES, amount=PRICES)
    def add_freight(self, choice, amount):
        self._pass_time()
        shop, order = self._pick(self._get_freighted(), choice)
        shop.add_freight(order, amount)

    def _get_freighted(self):
        """Return orders that a landed cost can be added to: not at standard price."""
        return [
            (shop, order)
            for shop, order in self.orders
            if order.order_line.product_id.with_env(shop.env).cost_method != "standard"
        ]

    @rule(choice=CHOICES, price=PRICES)
    def change_price(self, choice, price):
        self._pass_time()
        shop, product, lot = self._pick_goods(choice)
        shop.set_price(product, lot, price)

    @precondition(lambda self: self._get_free())
    @rule(choice=CHOICES, quantity=QUANTITIES)
    def deliver(self, choice, quantity):
        self._pass_time()
        shop, quant = self._pick(self._get_free(), choice)
        free = quant.quantity - quant.reserved_quantity
        shop.deliver(quant.product_id, quant.lot_id, min(quantity, free))

    def _get_free(self):
        """Return (shop, quant) of goods that nobody holds."""
        return [
            (shop, quant)
            for shop in self.books.shops
            for quant in self.books.env["stock.quant"].search(
                [("location_id", "=", shop.location.id)], order="id"
            )
            if quant.quantity > quant.reserved_quantity
        ]

    @precondition(lambda self: self._get_free())
    @rule(
        choices=st.lists(CHOICES, min_size=1, max_size=3),
        quantity=QUANTITIES,
        is_posted=st.booleans(),
    )
    def write_off(self, choices, quantity, is_posted):
        """Write goods of one company off, or all there are of them, now or later."""
        self._pass_time()
        shop, _quant = self._pick(self._get_free(), choices[0])
        free = [quant for own, quant in self._get_free() if own is shop]
        quants = {self._pick(free, choice) for choice in choices}
        writeoff = self.books.submit_goods(
            shop,
            [
                (quant, min(quantity, quant.quantity - quant.reserved_quantity))
                for quant in sorted(quants, key=lambda quant: quant.id)
            ],
        )
        self.open.append(writeoff)
        if is_posted:
            self._settle(writeoff, True)

    @precondition(lambda self: self.open)
    @rule(choice=CHOICES, is_posted=st.booleans())
    def settle(self, choice, is_posted):
        """Post what others have held meanwhile, or give it up."""
        self._settle(self._pick(self.open, choice), is_posted)

    def _settle(self, writeoff, is_posted):
        self._pass_time()
        self.open.remove(writeoff)
        if not is_posted:
            writeoff.action_cancel()
            return
        self.books.post(writeoff)
        if writeoff.reversal_of_id:
            self.books.posted["reversals"] += 1
        else:
            self.books.posted["write-offs"] += 1
            self.posted.append(writeoff)

    @precondition(lambda self: self._get_reversible())
    @rule(choice=CHOICES, quantity=QUANTITIES)
    def reverse(self, choice, quantity):
        self._pass_time()
        line = self._pick(self._get_reversible(), choice)
        left = line.quantity - line.quantity_reversed
        reversal = line.writeoff_id.reverse(
            "Counted wrong", {line.id: min(quantity, left)}
        )
        reversal.action_submit()
        self.open.append(reversal)
        self._settle(reversal, True)

    def _get_reversible(self):
        return [
            line
            for writeoff in self.posted
            for line in writeoff.line_ids
            if line.quantity_reversed < line.quantity
        ]

    @rule(choice=CHOICES)
    def close(self, choice):
        """Close, and find nothing more to close."""
        self._pass_time()
        shop = self._pick(self.books.shops, choice)
        if shop.close():
            self._assert_nothing_open(shop)
        self._pass_time()
        assert not shop.close(), "a second closing finds something"

    def _assert_nothing_open(self, shop):
        """What a closing has booked is no longer listed."""
        explained = self._read_explained(shop)
        # The cost of a FIFO product is what Odoo's own closing does not look at; and it
        # takes the goods that another company has of a lot for this one's.
        others = {other.company.name for other in self.books.shops if other is not shop}
        left = [row for row in explained if row[0] != "product.product"]
        assert not [row for row in left if row[-1] not in others], explained

    @invariant()
    def the_books_are_right(self):
        self.books.env.flush_all()
        self.books.env.invalidate_all()
        self.entries_are_balanced()
        self.everything_ties_out()
        self.stock_is_never_negative()
        self.no_quantity_is_no_value()
        self.held_is_reserved()


def run_books(books, examples, steps, first_seed):
    """Run the machine on the two shops of a test.

    From the tenth example on, hypothesis draws most of them as one of those before
    with one step repeated. New ones find more, so a seed is used for fewer.
    """
    rounds = -(-examples // MOST_OF_A_SEED)
    for number in range(rounds):
        machine = type("Books", (BooksMachine,), {"books": books})
        run_state_machine_as_test(
            seed(first_seed + number)(machine),
            settings=settings(
                database=None,
                deadline=None,
                max_examples=-(-examples // rounds),
                stateful_step_count=steps,
                # The steps say what failed; making them fewer would take very long.
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
