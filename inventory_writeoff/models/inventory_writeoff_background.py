from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from ..writer import as_writer


class ApprovalVoid(UserError):
    """What is left to post is not what was approved: trying again is no use."""


class InventoryWriteoff(models.Model):
    """Large write-offs are posted in the background, chunk after chunk.

    With more items than the company's chunk size it goes to `posting`: the button
    answers at once, and `inventory.writeoff.worker` does the rest in the name of who
    pressed it. First all items are checked; then each chunk is one transaction: stock
    moves, an entry, the items' values, the log. What was committed is never done again,
    so it can be killed at any moment. An error stops this write-off only and stands on
    it in words.
    """

    _inherit = "inventory.writeoff"

    posting_since = fields.Datetime(readonly=True, copy=False)
    posting_date = fields.Date(
        readonly=True,
        copy=False,
        help="The date of all entries of the posting, as it was when posting began.",
    )
    posting_checked = fields.Boolean(readonly=True, copy=False)
    posting_chunk = fields.Integer("Chunks Posted", readonly=True, copy=False)
    posting_done = fields.Integer("Items Posted", readonly=True, copy=False)
    posting_total = fields.Integer("Items to Post", readonly=True, copy=False)
    posting_error = fields.Text("Why Posting Stopped", readonly=True, copy=False)
    posting_void = fields.Boolean(
        readonly=True, copy=False, help="The rest must be approved again."
    )

    def action_post(self):
        """Post: at once what is small, in the background what is large."""
        large = self.filtered(lambda w: w._is_large())
        if not large:
            return super().action_post()
        large._start_in_background()
        small = self - large
        return small.action_post() if small else None

    def _is_large(self):
        size = self.company_id.writeoff_chunk_size
        # A catch-up moves nothing: its entry is made in a moment.
        return not self.is_catch_up and self.line_count > size

    def _start_in_background(self):
        self._start("post")
        dates = self.env["inventory.writeoff.dates"]
        validation = self.env["inventory.writeoff.validation"]
        # What is certain now is not found out in the background.
        validation._refuse(
            dates._get_lock_problems(self.sudo(), self.line_ids.browse())
        )
        for writeoff in self:
            writeoff._set_state("posting", **writeoff._prepare_posting_vals())
        self.env["inventory.writeoff.worker"]._wake(self)

    def _prepare_posting_vals(self):
        return {
            "poster_id": self.env.uid,
            "posting_since": fields.Datetime.now(),
            "posting_date": self._get_accounting_date(),
            "posting_total": self.line_count,
        }

    def _get_accounting_date(self):
        if self.state == "posting":
            return self.posting_date
        return super()._get_accounting_date()

    def _is_backdated(self):
        """Tell whether the date was in the past already when posting began."""
        began = fields.Datetime.context_timestamp(self, self.posting_since)
        return self.posting_date < began.date()

    def _compute_totals(self):
        """Add up in the database: a chunk does not read the items of all others."""
        posting = self.filtered(lambda w: w.state == "posting" and w._origin == w)
        result = super(InventoryWriteoff, self - posting)._compute_totals()
        sums = posting._sum_lines()
        left = posting._sum_lines([("posted_chunk", "=", 0)])
        for writeoff in posting:
            count, estimated, posted = sums.get(writeoff, (0, 0.0, 0.0))
            writeoff.line_count = count
            writeoff.value_estimated = estimated
            writeoff.value_posted = posted
            writeoff.value = posted + left.get(writeoff, (0, 0.0, 0.0))[1]
        return result

    def _sum_lines(self, domain=()):
        """Return {write-off: (number of items, estimated value, posted value)}."""
        # Totals are of all items, whoever asks.
        groups = self.env["inventory.writeoff.line"].sudo()
        groups = groups._read_group(
            [("writeoff_id", "in", self.ids), *domain],
            ["writeoff_id"],
            ["__count", "value_estimated:sum", "value_posted:sum"],
        )
        return {writeoff.with_env(self.env): tuple(sums) for writeoff, *sums in groups}

    def _compute_values(self):
        result = super()._compute_values()
        for writeoff in self:
            if writeoff.state == "posting" and writeoff.posting_checked:
                writeoff.value_before = writeoff.posted_value_before
                writeoff.value_after = writeoff.value_before - writeoff.value
        return result

    def _is_in_state_to(self, action):
        if self.state != "posting":
            return action not in ("retry", "close") and super()._is_in_state_to(action)
        return action in ("retry", "close") and bool(self.posting_error)

    def _get_missing_right_reasons(self, action):
        reasons = super()._get_missing_right_reasons(action)
        if action == "retry":
            for writeoff, reason in reasons.items():
                reasons[writeoff] = (
                    reason
                    or writeoff._get_poster_reason()
                    or writeoff._get_void_reason()
                )
        return reasons

    def _get_void_reason(self):
        """Return why the rest cannot be posted by trying again, or False."""
        if not self.posting_void:
            return False
        return self.env._(
            "%(writeoff)s: the approval of the rest is void. Close it as partly "
            "posted: the rest becomes a new draft.",
            writeoff=self.display_name,
        )

    def _get_wrong_state_reason(self):
        if self.state != "posting":
            return super()._get_wrong_state_reason()
        names = {
            "writeoff": self.display_name,
            "done": self.posting_done,
            "total": self.posting_total,
        }
        if not self.posting_error:
            return self.env._(
                "%(writeoff)s is being posted: %(done)s of %(total)s items are off "
                "stock. Wait until it is through.",
                **names,
            )
        return self.env._(
            "%(writeoff)s is half posted: %(done)s of %(total)s items are off stock. "
            "Finance tries the rest again, or closes it as partly posted.",
            **names,
        )

    def _get_guard_message(self):
        # People of Inventory and Accounting are told of write-offs they cannot open.
        if self.sudo().state != "posting":
            return super()._get_guard_message()
        return self.env._(
            "This belongs to write-off %(writeoff)s, which is being posted: its goods "
            "are held until they are off stock, and what is posted stays as it is.",
            writeoff=self.sudo().name,
        )

    def _void_approval(self, message):
        """Stop what is half posted; what is not begun goes back to be approved."""
        posting = self.filtered(lambda w: w.state == "posting")
        half = posting.filtered("posting_done")
        half._stop_posting(message, is_void=True)
        (posting - half)._tell_poster(message)
        (posting - half)._call_off()
        rest = self - half
        return rest and super(InventoryWriteoff, rest)._void_approval(message)

    def _call_off(self):
        """Leave write-offs approved of which nothing was posted."""
        names = ("posting_since", "posting_date", "posting_checked", "posting_error")
        names += ("posting_total", "posting_void", "poster_id", "posted_value_before")
        for writeoff in self:
            writeoff._set_state("approved", **dict.fromkeys(names, False))

    def _stop_posting(self, message, is_void=False):
        """Keep in words what went wrong, and tell who posts it."""
        if not self:
            return
        as_writer(self.sudo()).write(
            {"posting_error": message, "posting_void": is_void}
        )
        payloads = {
            writeoff: {"reason": message, "items_posted": writeoff.posting_done}
            for writeoff in self
        }
        self.env["inventory.writeoff.event"]._log("posting_stopped", payloads)
        self._tell_poster(message)
        self._send_progress()

    def _tell_poster(self, message):
        """Tell followers and, wherever they work now, who posts."""
        # In the name of the system: nobody is notified of what they say themselves.
        system = self.with_user(SUPERUSER_ID)
        system._say(lambda writeoff: message, notify="poster_id")

    def _send_progress(self):
        """Let open forms move on."""
        readers = self.env["res.groups"].sudo().browse(self._get_reader_ids())
        for writeoff in self:
            progress = {
                "id": writeoff.id,
                "done": writeoff.posting_done,
                "total": writeoff.posting_total,
                "is_over": writeoff.state != "posting" or bool(writeoff.posting_error),
            }
            for group in readers:
                self.env["bus.bus"]._sendone(group, "writeoff_progress", progress)

    def _get_reader_ids(self):
        roles = ("user", "approver", "senior", "finance", "manager", "auditor")
        return [
            self.env.ref(f"inventory_writeoff.group_writeoff_{role}").id
            for role in roles
        ]
