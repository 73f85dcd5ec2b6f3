from markupsafe import Markup

from odoo import api, fields, models

from ..writer import as_writer

# What the draft of the rest takes from the write-off that it is left of.
KEPT_FIELDS = (
    "company_id",
    "requester_id",
    "reason_id",
    "disposal_method_id",
    "location_id",
    "reversal_of_id",
)


class InventoryWriteoff(models.Model):
    """The two ways on from a posting that stopped: try again, or leave it at that."""

    _inherit = "inventory.writeoff"

    rest_of_id = fields.Many2one(
        "inventory.writeoff",
        "Left Of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The write-off that was closed when it was posted in part.",
    )
    rest_ids = fields.One2many(
        "inventory.writeoff", "rest_of_id", "Split Off", readonly=True
    )
    rest_id = fields.Many2one(
        "inventory.writeoff", compute="_compute_rest_id", compute_sudo=True
    )

    @api.depends("rest_ids")
    def _compute_rest_id(self):
        for writeoff in self:
            writeoff.rest_id = writeoff.rest_ids[:1]

    def action_retry(self):
        """Go on with what is left, in the name of the user."""
        self._start("retry")
        for writeoff in self:
            vals = {"poster_id": self.env.uid, "posting_error": False}
            if not writeoff.posting_done:
                # Nothing is in the books: it begins now.
                vals["posting_since"] = fields.Datetime.now()
                vals["posting_date"] = writeoff._get_first_date()
                vals["posting_checked"] = False
            as_writer(writeoff).write(vals)
        self._log_resumed()
        self._say(lambda w: w.env._("Posting goes on."))
        self._send_progress()
        self.env["inventory.writeoff.worker"]._wake(self)

    def _get_first_date(self):
        return self.accounting_date or fields.Date.context_today(self)

    def action_close(self):
        """Close as partly posted: the rest is released and becomes a new draft."""
        self._start("close")
        half = self.filtered("posting_done")
        (self - half)._give_up()
        for writeoff in half:
            writeoff._close_partly()

    def _give_up(self):
        """Leave approved what was not begun, as if nobody had pressed Post."""
        self._call_off()
        self._say(lambda w: w.env._("Nothing was posted. It is approved as before."))
        self._send_progress()

    def _close_partly(self):
        self.env["inventory.writeoff.hold"]._release(self)
        rest = self._split_off_rest()
        self._set_state(
            "partly_posted",
            posted_at=fields.Datetime.now(),
            posting_error=False,
            posting_void=False,
        )
        if self.reversal_of_id:
            self._settle_original()
        self._freeze_impact()
        self._log_split(rest)
        self._say(
            lambda w: (
                Markup("%s %s") % (w._get_posted_message(), w._get_rest_message(rest))
            )
        )
        rest._say(
            lambda w: w.env._("Left of %(writeoff)s.", writeoff=self.name),
            notify="requester_id",
        )
        self._send_progress()

    def _split_off_rest(self):
        """Move the items that are not posted to a draft of the same requester."""
        lines = self.sudo().line_ids.filtered(lambda line: not line.posted_chunk)
        # Finance neither asks for write-offs nor edits items.
        rest = as_writer(self.sudo()).create(self._prepare_rest_vals())
        as_writer(lines).write({"writeoff_id": rest.id})
        lines._refresh_estimate()
        return rest.with_env(self.env)

    def _prepare_rest_vals(self):
        return {
            **{name: self[name].id for name in KEPT_FIELDS},
            "note": self.note,
            "reversal_reason": self.reversal_reason,
            "reversal_cause": self.reversal_cause,
            "rest_of_id": self.id,
        }

    def _get_rest_message(self, rest):
        return self.env._(
            "Closed as partly posted. What is left is no longer held; it is a new "
            "draft of %(requester)s, items: %(count)s.",
            requester=self.requester_id.sudo().name,
            count=rest.sudo().line_count,
        )

    def action_open_rest(self):
        self.ensure_one()
        return self._action_open_linked(self.rest_id or self.rest_of_id)
