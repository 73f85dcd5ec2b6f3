from odoo import api, fields, models
from odoo.exceptions import UserError

from ..writer import HOLDS_WRITTEN, is_writer


class StockMove(models.Model):
    """Moves of write-offs: held from submission, done at posting, never edited.

    A move with a `writeoff_id` belongs to the write-off. It is made, released and
    done by the write-off's own code (`..writer`); anyone else is refused.
    """

    _inherit = "stock.move"

    writeoff_id = fields.Many2one(
        "inventory.writeoff",
        "Write-Off",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    writeoff_line_id = fields.Many2one(
        "inventory.writeoff.line",
        "Write-Off Line",
        copy=False,
        readonly=True,
        # An item of a rejected write-off goes, its cancelled moves stay; an item
        # whose goods are held or gone is not deleted.
        ondelete="set null",
        index="btree_not_null",
    )

    _writeoff_held_idx = models.Index(
        "(product_id, location_id) "
        "WHERE writeoff_id IS NOT NULL AND state NOT IN ('done', 'cancel')"
    )

    @api.depends("writeoff_id.name")
    def _compute_reference(self):
        ours = self.filtered("writeoff_id")
        for move in ours:
            move.reference = move.writeoff_id.name
        return super(StockMove, self - ours)._compute_reference()

    # By these a move is part of a write-off, or says that it is.
    _WRITEOFF_LINKS = (
        "writeoff_id",
        "writeoff_line_id",
        "origin_returned_move_id",
        "account_move_id",
        "writeoff_relocation_id",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not is_writer(self.env):
            # Explicit values, so that no default of a user or a context gets in.
            defaults = {
                field: self.env.context.get(f"default_{field}", False)
                for field in self._WRITEOFF_LINKS
            }
            vals_list = [{**defaults, **vals} for vals in vals_list]
            self._check_writeoff_links(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_writeoff_guard()
        if not vals.keys().isdisjoint(self._WRITEOFF_LINKS):
            self._check_writeoff_links([vals])
        return super().write(vals)

    def unlink(self):
        self._check_writeoff_guard()
        return super().unlink()

    def _action_cancel(self):
        self._check_writeoff_guard()
        return super()._action_cancel()

    def _do_unreserve(self):
        self._check_writeoff_guard()
        return super()._do_unreserve()

    def _action_assign(self, force_qty=False):
        # The goods of a write-off are those that were asked for, never others.
        others = self.filtered(lambda move: not move.writeoff_id)
        return super(StockMove, others)._action_assign(force_qty=force_qty)

    def _action_done(self, cancel_backorder=False):
        self._check_writeoff_guard()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.move_line_ids._check_writeoff_rules()
        return moves

    def _set_value(self, correction_quantity=None):
        # What was posted stays: later price changes do not change a past loss, nor
        # what has come back of it.
        is_posting = is_writer(self.env)
        valued = self.filtered(
            lambda move: (
                not (
                    move.writeoff_id
                    and move.state == "done"
                    and (move.is_out or not is_posting)
                )
            )
        )
        result = super(StockMove, valued)._set_value(
            correction_quantity=correction_quantity
        )
        if ours := valued.filtered(lambda move: move.writeoff_id and move._is_out()):
            self.env["inventory.writeoff.posting"]._take_residues(ours)
        return result

    def _get_value_from_returns(self, quantity, at_date=None):
        data = super()._get_value_from_returns(quantity, at_date)
        line = self.writeoff_line_id
        if line.origin_line_id and data["quantity"]:
            # The same share, to the cent, as in the entry.
            data["value"] = line._get_value_given_back()
        return data

    def _create_account_move(self):
        ours = self.filtered("writeoff_id")
        entries = self.env["inventory.writeoff.posting"]._create_entries(ours)
        return entries | super(StockMove, self - ours)._create_account_move()

    def _skip_push(self):
        # A push rule would send the goods on, or turn the move to another location.
        return bool(self.writeoff_id) or super()._skip_push()

    def _get_source_document(self):
        return self.writeoff_id or super()._get_source_document()

    def action_open_reference(self):
        if self.writeoff_id:
            return self.writeoff_id.get_formview_action()
        return super().action_open_reference()

    def _check_writeoff_guard(self):
        """Refuse whoever is not the write-off's own code."""
        if is_writer(self.env):
            self.env.cr.precommit.data[HOLDS_WRITTEN] = True
            return
        # Some who may edit move lines may not read moves, and are told all the same.
        self.sudo()._refuse_writeoff_moves()

    def _refuse_writeoff_moves(self):
        """Refuse moves that are part of a write-off, whoever asks."""
        # A catch-up has moves of others, which have its entry.
        if ours := self.writeoff_id or self.account_move_id.writeoff_id:
            raise UserError(ours[0]._get_guard_message())

    def _check_writeoff_links(self, vals_list):
        """Refuse values that would make a move part of a write-off."""
        if is_writer(self.env):
            return
        if any(
            vals.get("writeoff_id") or vals.get("writeoff_line_id")
            for vals in vals_list
        ):
            raise UserError(
                self.env._(
                    "Stock moves of a write-off are made by submitting it. Create or "
                    "open the write-off instead."
                )
            )
        for field in ("origin_returned_move_id", "account_move_id"):
            ids = [vals[field] for vals in vals_list if vals.get(field)]
            targets = self.env[self._fields[field].comodel_name].browse(ids)
            targets._check_writeoff_guard()

    def _is_forced_on_writeoffs(self):
        """Tell whether these moves record what has happened already.

        Nobody can be asked: a count that found less, components used up by
        manufacturing, sales at a till, or a scheduled job.
        """
        if self.env.uid == api.SUPERUSER_ID:
            return True
        return all(move._is_forced_on_writeoff() for move in self)

    def _is_forced_on_writeoff(self):
        if self.is_inventory:
            return self.location_dest_id.usage == "inventory"
        production = "raw_material_production_id"
        if production in self._fields and self[production]:
            return True
        till = "pos_session_id"
        return till in self.picking_id._fields and bool(self.picking_id[till])
