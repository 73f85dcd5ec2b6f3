from collections import defaultdict, namedtuple

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..writer import HOLDS_WRITTEN

GOODS_FIELDS = ("product_id", "location_id", "lot_id", "package_id", "owner_id")
# Less than this is rounding.
NOTHING = 0.000001
# What is held (move lines, the youngest first), what of it is missing, what is left.
TakenHold = namedtuple("TakenHold", ["line_ids", "missing", "left"])


class InventoryWriteoffHold(models.AbstractModel):
    """Notices when held goods are taken. Whoever moves stock pays for this.

    One query says whether the goods are any of our business, on what is in the
    database; what Odoo has yet to write stays unwritten, and is read from its cache.
    """

    _inherit = "inventory.writeoff.hold"

    def _find_watched(self, goods):
        """Return what is known about these goods, in one query.

        :param goods: keys as of `inventory.writeoff.line._get_stock_key`
        :return: what is held: {key: (move line ids, the youngest first, quantity)},
            and the keys of goods that are listed as unsellable
        """
        if not goods:
            return {}, set()
        self._flush_own()
        # The moves as an array: before PostgreSQL has statistics of many that are new,
        # it takes them for one, and would read all lines for each of them.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(line_key)s, ARRAY_AGG(line.id ORDER BY line.id DESC),
                       SUM(line.quantity_product_uom)
                  FROM stock_move_line line
                 WHERE line.move_id = ANY(ARRAY(
                        SELECT id FROM stock_move
                         WHERE writeoff_id IS NOT NULL
                           AND state NOT IN ('done', 'cancel')
                           AND product_id IN %(products)s
                           AND location_id IN %(locations)s
                       ))
              GROUP BY %(line_key)s
                 UNION ALL
                SELECT %(candidate_key)s, NULL, NULL
                  FROM inventory_writeoff_candidate candidate
                 WHERE candidate.state IN ('open', 'dismissed')
                   AND candidate.product_id IN %(products)s
                   AND candidate.location_id IN %(locations)s
                """,
                line_key=self._get_sql_key("line"),
                candidate_key=self._get_sql_key("candidate"),
                products=tuple({key[0] for key in goods}),
                locations=tuple({key[1] for key in goods}),
            )
        )
        # Other goods of the same product are none of the caller's business.
        found = [(tuple(row[:5]), *row[5:]) for row in rows if tuple(row[:5]) in goods]
        held = {key: (ids, quantity) for key, ids, quantity in found if ids}
        return held, {key for key, ids, _quantity in found if not ids}

    def _flush_own(self):
        """Write holds and candidates that this transaction has changed."""
        self.env["inventory.writeoff.candidate"].flush_model()
        if self.env.cr.precommit.data.get(HOLDS_WRITTEN):
            # Only our own code writes holds; others are spared the flush.
            self.env["stock.move"].flush_model(["writeoff_id", "state"])
            self.env["stock.move.line"].flush_model(
                ["quantity_product_uom", *GOODS_FIELDS]
            )

    def _get_sql_key(self, table):
        columns = (SQL.identifier(table, field) for field in GOODS_FIELDS)
        return SQL(", ").join(SQL("COALESCE(%s, 0)", column) for column in columns)

    def _protect(self, held, moves=None):
        """Decide what happens when stock that is held has just been taken.

        A person's transfer, scrap or lot change is refused, naming the write-off.
        Where Odoo records what has happened already (a count), the hold shrinks.

        :param held: what is held of the goods that may have been taken, as
            `_find_watched` returns it
        :param moves: the moves that took them
        """
        shortages = self._get_shortages_of_held(held)
        if not shortages:
            return
        if not moves or not moves._is_forced_on_writeoffs():
            raise UserError(self._get_taken_message(shortages))
        self._shrink(shortages)

    def _get_taken_holds(self, goods, column="quantity"):
        """Return {key of goods: `TakenHold`} of the goods held and not there.

        :param goods: keys as of `inventory.writeoff.line._get_stock_key`
        :param column: `quantity` of the quants, or `reserved_quantity`
        """
        held, _listed = self._find_watched(goods)
        return self._get_shortages_of_held(held, column)

    def _get_shortages_of_held(self, held, column="quantity"):
        stock = self._read_quants(held, column) if held else {}
        return {
            key: TakenHold(
                line_ids, quantity - stock.get(key, 0.0), stock.get(key, 0.0)
            )
            for key, (line_ids, quantity) in held.items()
            if quantity - stock.get(key, 0.0) > NOTHING
        }

    def _read_quants(self, keys, column):
        """Return {key: what the quants of these goods say now, written or not}."""
        domain = [
            ("product_id", "in", list({key[0] for key in keys})),
            ("location_id", "in", list({key[1] for key in keys})),
        ]
        stock = defaultdict(float)
        for quant in self.env["stock.quant"].sudo().search(domain):
            stock[tuple(quant[field].id or 0 for field in GOODS_FIELDS)] += quant[
                column
            ]
        return stock

    def _get_taken_message(self, shortages):
        line_ids = [line_id for hold in shortages.values() for line_id in hold.line_ids]
        # People of Inventory are told of write-offs that they cannot open.
        held = self.env["stock.move.line"].sudo().browse(line_ids)
        return self.env._(
            "%(products)s in %(locations)s is held by write-off %(writeoffs)s, and too "
            "little would be left for it. Take other goods, or have the write-off "
            "cancelled or rejected first.",
            products=", ".join(held.product_id.mapped("display_name")),
            locations=", ".join(held.location_id.mapped("display_name")),
            writeoffs=", ".join(held.move_id.writeoff_id.mapped("name")),
        )
