"""What people do, as functions of an environment and a generator of numbers.

Each looks at the database as it is, chooses, and does it in the same transaction. The
order of what it chooses from depends on nothing but the database.
"""

from odoo import Command, fields

CAUSES = ("damage", "expired", "theft")
# Of an action that needs no write-off.
ANY = "any"


def on(*states):
    """Say in which states the write-offs are on which something is done."""

    def mark_function(function):
        function.states = states
        return function

    return mark_function


@on(ANY)
def receive(env, draw, world):
    """Goods arrive."""
    product = env["product.product"].browse(draw.choice(world.product_ids))
    lot = env["stock.lot"]
    if product.tracking == "lot":
        lot = draw.choice(lot.search([("product_id", "=", product.id)], order="id"))
    shelf_id = draw.choice(world.shelf_ids)
    return receive_goods(env, world, product, lot, shelf_id, draw.randint(5, 20))


def receive_goods(env, world, product, lot, shelf_id, quantity):
    """Move goods from a supplier to a shelf."""
    move = _create_move(env, world, product, world.supplier_id, shelf_id, quantity)
    line = {"quantity": quantity, "lot_id": lot.id, "picked": True}
    move.move_line_ids = [
        Command.clear(),
        Command.create({**move._prepare_move_line_vals(), **line}),
    ]
    move._action_done()
    return move.quantity


@on(ANY)
def deliver(env, draw, world):
    """Goods leave, as far as they are free."""
    quant = _draw_quant(env, draw, world)
    if not quant:
        return "nothing to deliver"
    ends = (quant.location_id.id, world.customer_id)
    move = _create_move(env, world, quant.product_id, *ends, draw.randint(1, 4))
    move._action_assign()
    if not move.quantity:
        return "none free"
    move.picked = True
    move._action_done()
    return move.quantity


def _create_move(env, world, product, from_id, to_id, quantity):
    move = env["stock.move"].create(
        {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "location_id": from_id,
            "location_dest_id": to_id,
            "company_id": world.company_id,
        }
    )
    move._action_confirm()
    return move


@on(ANY)
def count(env, draw, world):
    """Somebody counts a shelf, and finds less or more."""
    quant = _draw_quant(env, draw, world)
    if not quant:
        return "nothing to count"
    counted = max(quant.quantity + draw.randint(-3, 2), 0)
    quant = quant.with_context(inventory_mode=True)
    quant.inventory_quantity = counted
    quant.action_apply_inventory()
    return counted


@on(ANY)
def mark(env, draw, world):
    """Warehouse staff mark something as unsellable."""
    quant = _draw_quant(env, draw, world)
    if not quant:
        return "nothing to mark"
    wizard = env["inventory.writeoff.mark"].create(
        {
            "company_id": world.company_id,
            "location_id": quant.location_id.id,
            "reason_id": _draw_reason(env, draw).id,
            "line_ids": [Command.create(_prepare_goods(quant, draw.randint(1, 2)))],
        }
    )
    wizard.action_mark()
    return quant.id


@on(ANY)
def request(env, draw, world):
    """Ask for a write-off of what lies on the shelves."""
    quants = {_draw_quant(env, draw, world) for _item in range(draw.randint(1, 5))}
    quants = sorted(filter(None, quants), key=lambda quant: quant.id)
    if not quants:
        return "nothing to write off"
    destroy = env.ref("inventory_writeoff.disposal_method_destroy")
    writeoff = env["inventory.writeoff"].create(
        {
            "reason_id": _draw_reason(env, draw).id,
            "disposal_method_id": destroy.id,
            "line_ids": [
                Command.create(_prepare_goods(quant, draw.randint(1, 3)))
                for quant in quants
            ],
        }
    )
    return writeoff.id


@on("posted", "partly_posted", "partly_reversed")
def reverse(env, draw, world):
    """Ask for the reversal of all or some of it."""
    writeoff = _draw_writeoff(env, draw, reverse.states)
    if not writeoff:
        return "nothing to reverse"
    quantities = None
    if draw.random() < 0.5:
        line = draw.choice(writeoff.line_ids.sorted("id"))
        quantities = {line.id: 1}
    return writeoff.reverse("Found again", quantities).id


def press(method, states, *args):
    """Return the action that presses a button on a write-off in one of the states."""

    @on(*states)
    def action(env, draw, world):
        writeoff = _draw_writeoff(env, draw, states)
        if not writeoff:
            return "none"
        getattr(writeoff, method)(*args)
        return writeoff.id, writeoff.state

    action.__name__ = method
    return action


@on("posting")
def work(env, draw, world):
    """A worker posts the next chunk of something."""
    writeoff = _draw_writeoff(env, draw, work.states)
    if not writeoff:
        return "none"
    worker = env["inventory.writeoff.worker"]
    return writeoff.id, worker._post_chunk(writeoff.id)


@on(ANY)
def seal(env, draw, world):
    env["inventory.writeoff.sealer"]._cron_seal()


@on(ANY)
def reprice(env, draw, world):
    """Somebody types in a standard cost.

    Of an average cost Odoo tells by the second whether it was typed in before or after
    a stock move, and of a FIFO cost that is typed in it takes no notice.
    """
    products = env["product.product"].browse(world.product_ids)
    product = draw.choice(products.filtered(lambda p: p.cost_method == "standard"))
    product.standard_price = draw.randint(500, 1500) / 100
    return product.id, product.standard_price


@on(ANY)
def lock(env, draw, world):
    """Close the books up to some day, or open them again."""
    company = env["res.company"].browse(world.company_id)
    days = draw.choice((None, 0, 1, 30))
    today = fields.Date.context_today(company)
    date = today and days is not None and fields.Date.subtract(today, days=days)
    company.fiscalyear_lock_date = date
    return str(date)


def _draw_quant(env, draw, world):
    quants = env["stock.quant"].search(
        [("location_id", "in", world.shelf_ids), ("quantity", ">", 0)], order="id"
    )
    return quants and draw.choice(quants)


def _draw_writeoff(env, draw, states):
    domain = [("state", "in", states)]
    writeoffs = env["inventory.writeoff"].search(domain, order="id")
    return writeoffs and draw.choice(writeoffs)


def _draw_reason(env, draw):
    return env.ref(f"inventory_writeoff.reason_{draw.choice(CAUSES)}")


def _prepare_goods(quant, quantity):
    return {
        "product_id": quant.product_id.id,
        "lot_id": quant.lot_id.id,
        "location_id": quant.location_id.id,
        "quantity": quantity,
    }
