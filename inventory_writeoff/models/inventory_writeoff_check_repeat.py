from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# The same goods, as a condition on two rows with the columns of a write-off item.
SAME_STOCK = SQL(
    """other.product_id = mine.product_id
       AND other.location_id = mine.location_id
       AND other.lot_id IS NOT DISTINCT FROM mine.lot_id
       AND other.package_id IS NOT DISTINCT FROM mine.package_id
       AND other.owner_id IS NOT DISTINCT FROM mine.owner_id"""
)
# Of two write-offs the later one is asked about: the one submitted later, or, of two
# drafts, the one entered later.
SUBMITTED_EARLIER = SQL(
    """other_doc.state NOT IN ('draft', 'rejected', 'cancelled')
       AND (mine_doc.state = 'draft'
            OR (other_doc.submitted_at, other_doc.id)
             < (mine_doc.submitted_at, mine_doc.id))"""
)


class InventoryWriteoffCheck(models.Model):
    """What has been asked for, written off or proved before."""

    _inherit = "inventory.writeoff.check"

    def _find_same_stock(self, lines):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id, ARRAY_AGG(other.id ORDER BY other.id)
                  FROM inventory_writeoff_line mine
                  JOIN inventory_writeoff mine_doc ON mine_doc.id = mine.writeoff_id
                  JOIN inventory_writeoff_line other ON %(same_stock)s
                  JOIN inventory_writeoff other_doc ON other_doc.id = other.writeoff_id
                 WHERE mine.id IN %(lines)s
                   AND other.writeoff_id != mine.writeoff_id
                   AND other.quantity > 0
                   AND other_doc.state IN ('draft', 'to_approve', 'approved', 'posting')
                   AND (%(earlier)s
                        OR other_doc.state = 'draft' AND other_doc.id < mine_doc.id)
              GROUP BY mine.id
                """,
                same_stock=SAME_STOCK,
                earlier=SUBMITTED_EARLIER,
                lines=tuple(lines.ids),
            )
        )
        others = lines.browse([other for _id, ids in rows for other in ids])
        by_id = {line.id: line for line in lines}
        names = {line.id: self._get_writeoff_name(line.writeoff_id) for line in others}
        for line_id, other_ids in rows:
            places = dict.fromkeys(names[other_id] for other_id in other_ids)
            yield (
                by_id[line_id],
                self.env._(
                    "The same goods are already in %(writeoffs)s.",
                    writeoffs=", ".join(places),
                ),
                self.env._("Remove the item here or there, unless it is other pieces."),
                other_ids,
            )

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
        # A serial number has checks of its own.
        lines = lines.filtered(lambda line: line.tracking != "serial")
        if not lines:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id, ARRAY_AGG(other_doc.id ORDER BY other_doc.id)
                  FROM inventory_writeoff_line mine
                  JOIN inventory_writeoff mine_doc ON mine_doc.id = mine.writeoff_id
                  JOIN uom_uom mine_unit ON mine_unit.id = mine.product_uom_id
                  JOIN inventory_writeoff_line other
                    ON other.product_id = mine.product_id
                   AND other.location_id = mine.location_id
                   AND other.reason_id = mine.reason_id
                   AND other.lot_id IS NOT DISTINCT FROM mine.lot_id
                  JOIN uom_uom other_unit ON other_unit.id = other.product_uom_id
                  JOIN inventory_writeoff other_doc ON other_doc.id = other.writeoff_id
                 WHERE mine.id IN %(lines)s
                   AND other.writeoff_id != mine.writeoff_id
                   AND other_doc.state IN (
                       'to_approve', 'approved', 'posting', 'partly_posted', 'posted'
                   )
                   AND %(since)s
                       <= COALESCE(other_doc.posted_at, other_doc.submitted_at)
                   AND %(earlier)s
                   AND mine.quantity > 0
                   AND ABS(other.quantity * other_unit.factor
                           - mine.quantity * mine_unit.factor) < 0.000001
              GROUP BY mine.id
                """,
                lines=tuple(lines.ids),
                earlier=SUBMITTED_EARLIER,
                since=fields.Datetime.now() - timedelta(days=self.days),
            )
        )
        writeoffs = lines.writeoff_id.browse({doc for _id, ids in rows for doc in ids})
        by_id = {line.id: line for line in lines}
        names = {writeoff.id: writeoff.name for writeoff in writeoffs}
        for line_id, writeoff_ids in rows:
            yield (
                by_id[line_id],
                self.env._(
                    "The same product, quantity, reason and location is already in "
                    "%(writeoffs)s.",
                    writeoffs=", ".join(names[doc_id] for doc_id in writeoff_ids),
                ),
                self.env._(
                    "Compare the two, and remove the item if it is the same loss."
                ),
                writeoff_ids,
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
