from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, format_list

# The same goods, as a condition on two rows with the columns of a write-off item.
SAME_STOCK = SQL(
    """other.product_id = mine.product_id
       AND other.location_id = mine.location_id
       AND other.lot_id IS NOT DISTINCT FROM mine.lot_id
       AND other.package_id IS NOT DISTINCT FROM mine.package_id
       AND other.owner_id IS NOT DISTINCT FROM mine.owner_id"""
)
# What tells goods from others, and losses from others, as columns of an item.
STOCK_KEY = SQL(
    """line.product_id, line.location_id, COALESCE(line.lot_id, 0),
       COALESCE(line.package_id, 0), COALESCE(line.owner_id, 0)"""
)
LOSS_KEY = SQL(
    """line.product_id, line.location_id, COALESCE(line.lot_id, 0),
       COALESCE(line.reason_id, 0),
       ROUND((line.quantity * unit.factor)::numeric, 6)::float8"""
)
# Of two write-offs with the same evidence the one submitted later is asked about.
SUBMITTED_EARLIER = SQL(
    """other_doc.state NOT IN ('draft', 'rejected', 'cancelled', 'reversed')
       AND other_doc.reversal_of_id IS NULL
       AND (mine_doc.state = 'draft'
            OR (other_doc.submitted_at, other_doc.id)
             < (mine_doc.submitted_at, mine_doc.id))"""
)


class InventoryWriteoffCheck(models.Model):
    """What has been asked for, written off or proved before."""

    _inherit = "inventory.writeoff.check"

    def _find_same_stock(self, lines):
        keys = {line: line._get_stock_key() for line in lines}
        earlier = self._find_earlier(
            keys,
            key=STOCK_KEY,
            condition=SQL(
                "doc.state IN ('draft', 'to_approve', 'approved', 'posting')"
            ),
        )
        for line, writeoffs in earlier.items():
            names = [self._get_writeoff_name(writeoff) for writeoff in writeoffs]
            yield (
                line,
                self.env._(
                    "The same goods are already in %(writeoffs)s.",
                    writeoffs=format_list(self.env, list(dict.fromkeys(names))),
                ),
                self.env._("Remove the item here or there, unless it is other pieces."),
                [writeoff.id for writeoff in writeoffs],
            )

    def _find_earlier(self, keys, key, condition):
        """Return {line: earlier write-offs} of items with the same key.

        The rows are matched here, not in SQL: without fresh statistics PostgreSQL
        compares every item of a location with every other.

        :param keys: {line: key}
        :param key: the same key, as columns of a write-off item
        :param condition: which write-offs count
        """
        lines = self.env["inventory.writeoff.line"].concat(*keys)
        rows = lines and self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.writeoff_id, %(key)s
                  FROM inventory_writeoff_line line
                  JOIN inventory_writeoff doc ON doc.id = line.writeoff_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                 WHERE line.product_id IN %(products)s
                   AND line.company_id = %(company)s
                   AND line.quantity > COALESCE(line.quantity_reversed, 0)
                   AND line.origin_line_id IS NULL
                   AND %(condition)s
              ORDER BY line.writeoff_id
                """,
                key=key,
                products=tuple(lines.product_id.ids),
                company=self.env.company.id,
                condition=condition,
            )
        )
        writeoffs = {
            writeoff.id: writeoff
            for writeoff in lines.writeoff_id.browse({row[0] for row in rows})
        }
        known = defaultdict(list)
        for writeoff_id, *parts in rows:
            known[tuple(parts)].append(writeoffs[writeoff_id])
        found = {}
        for line, parts in keys.items():
            mine = line.writeoff_id
            if earlier := [doc for doc in known[parts] if self._is_earlier(doc, mine)]:
                found[line] = earlier
        return found

    def _is_earlier(self, other, mine):
        """Tell which of two write-offs is there first: the later is asked about."""
        if other == mine:
            return False
        if other.state == "draft":
            return other.id < mine.id
        if mine.state == "draft":
            return True
        return (other.submitted_at, other.id) < (mine.submitted_at, mine.id)

    def _get_writeoff_name(self, writeoff):
        if writeoff.state != "draft":
            return writeoff.name
        return self.env._(
            "a draft of %(requester)s", requester=writeoff.requester_id.name
        )

    def _find_same_candidate(self, lines):
        if "inventory.writeoff.candidate" not in self.env:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id, other.id, other.quantity
                  FROM inventory_writeoff_line mine
                  JOIN inventory_writeoff_candidate other
                    ON other.company_id = mine.company_id AND %(same_stock)s
                 WHERE mine.id IN %(lines)s
                   AND other.state = 'open'
                   AND other.writeoff_line_id IS DISTINCT FROM mine.id
                """,
                same_stock=SAME_STOCK,
                lines=tuple(lines.ids),
            )
        )
        by_id = {line.id: line for line in lines}
        for line_id, candidate_id, quantity in rows:
            line = by_id[line_id]
            unit = line.product_id.uom_id
            yield (
                line,
                self.env._(
                    "%(quantity)s %(unit)s of the same goods also stand in Unsellable "
                    "Stock.",
                    quantity=f"{unit.round(quantity):.10g}",
                    unit=unit.name,
                ),
                self.env._("Dismiss them there, or add them from there instead."),
                candidate_id,
            )

    def _find_repeated(self, lines):
        keys = {
            line: (
                line.product_id.id,
                line.location_id.id,
                line.lot_id.id or 0,
                line.reason_id.id or 0,
                round(line.quantity * line.product_uom_id.factor, 6),
            )
            # A serial number has checks of its own.
            for line in lines
            if line.tracking != "serial" and line.quantity
        }
        condition = SQL(
            """doc.state IN (
                   'to_approve', 'approved', 'posting', 'partly_posted', 'posted',
                   'partly_reversed'
               )
               AND COALESCE(doc.posted_at, doc.submitted_at) >= %s""",
            fields.Datetime.now() - timedelta(days=self.days),
        )
        for line, writeoffs in self._find_earlier(keys, LOSS_KEY, condition).items():
            yield (
                line,
                self.env._(
                    "The same product, quantity, reason and location is already in "
                    "%(writeoffs)s.",
                    writeoffs=format_list(self.env, [w.name for w in writeoffs]),
                ),
                self.env._(
                    "Compare the two, and remove the item if it is the same loss."
                ),
                [writeoff.id for writeoff in writeoffs],
            )

    def _find_serial_again(self, lines):
        for line, writeoff, on_hand in self._read_serials_written_off(lines):
            if on_hand <= 0:
                yield (
                    line,
                    self.env._(
                        "Serial number %(serial)s was written off with %(writeoff)s "
                        "and has not come back into stock.",
                        serial=line.lot_id.name,
                        writeoff=writeoff.name,
                    ),
                    self.env._("Remove the item, or choose the right serial number."),
                    writeoff.id,
                )

    def _find_serial_back(self, lines):
        for line, writeoff, on_hand in self._read_serials_written_off(lines):
            if on_hand > 0:
                yield (
                    line,
                    self.env._(
                        "Serial number %(serial)s was written off with %(writeoff)s, "
                        "which was not reversed, and is in stock again.",
                        serial=line.lot_id.name,
                        writeoff=writeoff.name,
                    ),
                    self.env._("Find out how it came back before it is lost again."),
                    writeoff.id,
                )

    def _read_serials_written_off(self, lines):
        """Return (line, last write-off, on hand) of serials written off before."""
        serials = lines.filtered(lambda line: line.tracking == "serial" and line.lot_id)
        if not serials:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (done.lot_id) done.lot_id, move.writeoff_id, (
                           SELECT COALESCE(SUM(quant.quantity), 0)
                             FROM stock_quant quant
                             JOIN stock_location place ON place.id = quant.location_id
                            WHERE quant.lot_id = done.lot_id
                              AND place.usage IN ('internal', 'transit')
                       )
                  FROM stock_move_line done
                  JOIN stock_move move ON move.id = done.move_id
                  JOIN stock_location origin ON origin.id = done.location_id
                 WHERE done.lot_id IN %(lots)s
                   AND move.writeoff_id IS NOT NULL
                   AND move.state = 'done'
                   AND origin.usage IN ('internal', 'transit')
                   AND NOT EXISTS (
                           SELECT 1 FROM stock_move back
                            WHERE back.origin_returned_move_id = move.id
                              AND back.state = 'done'
                       )
              ORDER BY done.lot_id, done.date DESC, done.id DESC
                """,
                lots=tuple(serials.lot_id.ids),
            )
        )
        lost = {lot: (writeoff, on_hand) for lot, writeoff, on_hand in rows}
        writeoffs = lines.writeoff_id.browse([row[1] for row in rows])
        by_id = {writeoff.id: writeoff for writeoff in writeoffs}
        return [
            (line, by_id[lost[line.lot_id.id][0]], lost[line.lot_id.id][1])
            for line in serials
            if line.lot_id.id in lost
        ]

    def _find_evidence_again(self, lines):
        rows = self.env.execute_query(
            SQL(
                """
                WITH evidence AS (%(evidence)s)
                SELECT mine.writeoff_id, mine.name, mine.checksum,
                       ARRAY_AGG(DISTINCT other.writeoff_id)
                  FROM evidence mine
                  JOIN inventory_writeoff mine_doc ON mine_doc.id = mine.writeoff_id
                  JOIN evidence other ON other.checksum = mine.checksum
                  JOIN inventory_writeoff other_doc ON other_doc.id = other.writeoff_id
                 WHERE mine.writeoff_id IN %(writeoffs)s
                   AND other.writeoff_id != mine.writeoff_id
                   AND other_doc.company_id = mine_doc.company_id
                   AND %(earlier)s
              GROUP BY mine.writeoff_id, mine.name, mine.checksum
                """,
                evidence=self._get_sql_evidence(),
                writeoffs=tuple(lines.writeoff_id.ids),
                earlier=SUBMITTED_EARLIER,
            )
        )
        by_id = {writeoff.id: writeoff for writeoff in lines.writeoff_id}
        all_ids = {other_id for *_file, ids in rows for other_id in ids}
        names = {other.id: other.name for other in lines.writeoff_id.browse(all_ids)}
        for writeoff_id, file_name, checksum, other_ids in rows:
            yield (
                by_id[writeoff_id],
                self.env._(
                    "The file %(file)s was already used for %(writeoffs)s.",
                    file=file_name,
                    writeoffs=", ".join(names[other_id] for other_id in other_ids),
                ),
                self.env._("Attach evidence of this loss."),
                [checksum, other_ids],
            )

    def _get_sql_evidence(self):
        """Return a query of the files that prove a loss."""
        return SQL(
            """SELECT res_id AS writeoff_id, checksum, name
                 FROM ir_attachment
                WHERE res_model = 'inventory.writeoff' AND res_field IS NULL
                  AND type = 'binary' AND checksum IS NOT NULL"""
        )
