from odoo import Command, models
from odoo.tools import SQL

from ..writer import as_writer

# What tells goods from others, as columns of quants and of move lines.
KEY = SQL(
    "product_id, location_id, COALESCE(lot_id, 0), COALESCE(package_id, 0), "
    "COALESCE(owner_id, 0)"
)


class InventoryWriteoffHold(models.AbstractModel):
    """Goods that a submitted write-off has set aside.

    A hold is a stock move with one explicit move line (product, lot, package,
    owner, location, quantity) from the shelf to the loss location, reserved and
    not picked. What is held is read from these lines: the reserved quantity on a
    quant can be written by anyone in Inventory.
    """

    _name = "inventory.writeoff.hold"
    _description = "Hold of a Write-Off"

    def _get_stock(self, lines):
        """Return {line: (on hand, free)}, in the product's unit.

        What the lines hold themselves counts as free for them.
        """
        stock = self._read_stock(lines)
        held = self._read_own_holds(lines)
        result = {}
        for line in lines:
            key = line._get_stock_key()
            on_hand, taken = stock.get(key, (0.0, 0.0))
            result[line] = (on_hand, max(on_hand - taken + held.get(key, 0.0), 0.0))
        return result

    def _read_stock(self, lines):
        """Return {stock key: (on hand, taken)} of the goods of the lines.

        Taken is what move lines have reserved, or what the quant says is reserved,
        whichever is more.
        """
        goods = self._get_sql_goods(lines)
        if goods is None:
            return {}
        self.env["stock.quant"].flush_model()
        self.env["stock.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(key)s, SUM(on_hand), GREATEST(SUM(on_quant), SUM(on_lines))
                  FROM (
                    SELECT product_id, location_id, lot_id, package_id, owner_id,
                           quantity AS on_hand, reserved_quantity AS on_quant,
                           0 AS on_lines
                      FROM stock_quant WHERE %(goods)s
                     UNION ALL
                    SELECT product_id, location_id, lot_id, package_id, owner_id,
                           0, 0, quantity_product_uom
                      FROM stock_move_line
                     WHERE %(goods)s AND state NOT IN ('done', 'cancel')
                  ) AS goods
              GROUP BY %(key)s
                """,
                key=KEY,
                goods=goods,
            )
        )
        return {tuple(row[:5]): (row[5], row[6]) for row in rows}

    def _get_sql_goods(self, lines):
        product_ids = tuple(set(lines.product_id._origin.ids))
        location_ids = tuple(set(lines.location_id._origin.ids))
        if not product_ids or not location_ids:
            return None
        return SQL("product_id IN %s AND location_id IN %s", product_ids, location_ids)

    def _read_own_holds(self, lines):
        """Return {stock key: what the lines hold themselves}."""
        line_ids = tuple(lines._origin.ids)
        if not line_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(key)s, SUM(quantity_product_uom)
                  FROM stock_move_line
                 WHERE move_id IN (
                        SELECT id FROM stock_move
                         WHERE writeoff_line_id IN %(lines)s
                           AND state NOT IN ('done', 'cancel')
                       )
              GROUP BY %(key)s
                """,
                key=KEY,
                lines=line_ids,
            )
        )
        return {tuple(row[:5]): row[5] for row in rows}

    def _lock_stock(self, lines):
        """Wait for the rows of these goods and keep others from changing them.

        A row that was changed meanwhile makes PostgreSQL refuse the transaction, and
        Odoo runs the request again on the new state.
        """
        goods = self._get_sql_goods(lines)
        if goods is not None:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM stock_quant WHERE %s ORDER BY id FOR NO KEY UPDATE",
                    goods,
                )
            )

    def _get_held_lines(self, lines):
        # The goods of a reversal are not on a shelf yet, those of a catch-up no longer.
        return lines.filtered(
            lambda line: not line.origin_line_id and not line.adopted_move_id
        )

    def _check_free(self, lines):
        """Refuse lines whose goods are not free; nobody can take them meanwhile."""
        lines = self._get_held_lines(lines)
        self._lock_stock(lines)
        self.env["inventory.writeoff.validation"]._refuse(self._get_shortages(lines))

    def _hold(self, lines):
        """Set the goods of the lines aside; refuse if they are not free."""
        lines = self._get_held_lines(lines)
        self._check_free(lines)
        # Requesters have no rights in Inventory; the goods were checked above.
        moves = self._batch(self.env["stock.move"], lines)
        moves = moves.create([self._prepare_move_vals(line) for line in lines])
        as_writer(moves)._action_confirm(merge=False)

    def _get_shortages(self, lines):
        """Return a sentence for each line whose goods are not free."""
        stock = self._get_stock(lines)
        keys = {line: line._get_stock_key() for line in lines}
        free = {key: stock[line][1] for line, key in keys.items()}
        short_lines = {}
        for line, key in keys.items():
            uom = line.product_id.uom_id
            if uom.compare(line.quantity_product_uom, free[key]) > 0:
                short_lines[line] = free[key]
            free[key] = max(free[key] - line.quantity_product_uom, 0.0)
        return self.env["inventory.writeoff.shortage"]._get_messages(short_lines)

    def _prepare_move_vals(self, line):
        writeoff = line.writeoff_id
        destination = line.reason_id._get_loss_location(line.company_id)
        return {
            "writeoff_id": writeoff.id,
            "writeoff_line_id": line.id,
            "company_id": line.company_id.id,
            "origin": writeoff.name,
            "product_id": line.product_id.id,
            "product_uom": line.product_uom_id.id,
            "product_uom_qty": line.quantity,
            "location_id": line.location_id.id,
            "location_dest_id": destination.id,
            "restrict_partner_id": line.owner_id.id,
            "move_line_ids": [
                Command.create(self._prepare_move_line_vals(line, destination))
            ],
        }

    def _prepare_move_line_vals(self, line, destination):
        return {
            "company_id": line.company_id.id,
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "quantity": line.quantity,
            "picked": False,
            "lot_id": line.lot_id.id,
            "package_id": line.package_id.id,
            "owner_id": line.owner_id.id,
            "location_id": line.location_id.id,
            "location_dest_id": destination.id,
        }

    def _get_open_moves(self, records):
        """Return the moves that hold the goods of write-offs, or of some items."""
        # Finance has no right to read all stock moves; these are the write-off's own.
        moves = records.sudo().stock_move_ids
        return moves.filtered(lambda move: move.state not in ("done", "cancel"))

    def _release(self, writeoffs):
        """Give the goods back: others can reserve them again."""
        moves = self._get_open_moves(writeoffs)
        self._batch(moves, moves.move_line_ids)._action_cancel()

    def _batch(self, moves, goods):
        moves = as_writer(moves.sudo())
        batch = self.env["inventory.writeoff.batch"]
        return batch._start(moves, goods, goods.location_id)

    def _get_problems(self, writeoffs, lines=None):
        """Return why what is held is not what was asked for, a sentence each.

        Every move line is compared with its write-off line; then the goods
        themselves, under locks: on hand, and not taken by anyone else.

        :param lines: the items to look at, all of them unless told
        """
        lines = self._get_held_lines(writeoffs.line_ids if lines is None else lines)
        self._lock_stock(lines)
        exact = self._get_exact_ids(lines)
        others = lines.filtered(lambda line: line.id not in exact)
        moves_by_line = self._get_open_moves(others).grouped("writeoff_line_id")
        problems = []
        for line, owner in zip(others, others.sudo(), strict=True):
            moves = moves_by_line.get(owner, self.env["stock.move"])
            if not self._is_held(line, moves):
                problems.append(
                    self.env._(
                        "%(line)s: what is held is no longer what was asked for. Ask "
                        "the requester to set the write-off back to draft and submit "
                        "it again.",
                        line=line._describe(),
                    )
                )
        return problems or self._get_shortages(lines)

    def _is_held(self, line, moves):
        if line.product_id.uom_id.is_zero(line.quantity_product_uom):
            return not moves
        if len(moves) != 1 or len(moves.move_line_ids) != 1:
            return False
        destination = line.reason_id._get_loss_location(line.company_id)
        expected = {
            **self._prepare_move_line_vals(line, destination),
            "state": "assigned",
        }
        held = moves.move_line_ids
        if moves.product_uom.id != line.product_uom_id.id:
            return False
        return all(
            self._get_plain_value(held[field]) == value
            for field, value in expected.items()
        ) and not moves.product_uom.compare(moves.product_uom_qty, line.quantity)

    def _get_plain_value(self, value):
        return value.id if isinstance(value, models.BaseModel) else value

    def _shrink(self, shortages):
        """Lower the holds to what is left and send the write-offs for approval."""
        # The count is made by warehouse staff, who cannot edit write-offs.
        all_lines = self.env["inventory.writeoff.line"].sudo()
        losses = {}
        move_lines = as_writer(self.env["stock.move.line"].sudo())
        for line_ids, missing, _left in shortages.values():
            for held in move_lines.browse(line_ids):
                taken = min(missing, held.quantity_product_uom)
                if taken <= 0:
                    break
                losses[held.move_id.writeoff_line_id] = taken
                all_lines |= held.move_id.writeoff_line_id
                self._shrink_one(held, taken)
                missing -= taken
        for writeoff, lines in all_lines.grouped("writeoff_id").items():
            writeoff._void_approval(self._get_shrunk_message(lines, losses))

    def _shrink_one(self, held, taken):
        move, line = held.move_id, held.move_id.writeoff_line_id
        left = held.quantity_product_uom - taken
        unit = line.product_id.uom_id
        if unit.is_zero(left):
            move._action_cancel()
            left = 0.0
        else:
            vals = {"product_uom_id": unit.id, "quantity": left}
            held.write(vals)
            move.with_context(do_not_unreserve=True).write(
                {"product_uom": unit.id, "product_uom_qty": left}
            )
            move._recompute_state()
        as_writer(line).write({"product_uom_id": unit.id, "quantity": left})

    def _get_shrunk_message(self, lines, losses):
        return self.env._(
            "A count or another operation that cannot be refused found less than is "
            "held: %(items)s. The quantities were lowered to what is left, and the "
            "write-off must be approved again.",
            items=", ".join(
                f"{line.display_name} −{losses[line]:g} {line.product_uom_id.name}"
                for line in lines
            ),
        )
