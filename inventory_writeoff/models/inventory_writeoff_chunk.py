from odoo import models
from odoo.exceptions import AccessError, UserError

from ..writer import as_writer
from .inventory_writeoff_background import ApprovalVoid


class InventoryWriteoff(models.Model):
    """One chunk of a large write-off: checked, posted and logged as a whole.

    Called with the rights of who posts, on a row that nobody else changes meanwhile.
    """

    _inherit = "inventory.writeoff"

    def _as_poster(self):
        """Return the write-off as who posts it sees it, with no more rights."""
        return self.with_user(self.poster_id)._for_poster()

    def _for_poster(self):
        """Return the write-off in the language and company of who posts it."""
        poster = self.sudo().poster_id
        return self.with_context(
            lang=poster.lang, tz=poster.tz, allowed_company_ids=self.company_id.ids
        )

    def _count_chunks_left(self):
        left = self.posting_total - self.posting_done
        return -(-left // self.company_id.writeoff_chunk_size)

    def _post_next_chunk(self):
        """Do the next step of the posting, and tell whether more is left to do."""
        self.ensure_one()
        self._check_can_go_on()
        if not self.posting_checked:
            self._check_before_chunks()
            self._send_progress()
            return self.state == "posting"
        if lines := self._get_next_lines():
            self._post_chunk(lines)
        is_through = not self._get_next_lines(limit=1)
        if is_through:
            self._finish_posting()
        self._send_progress()
        return not is_through

    def _check_can_go_on(self):
        """Judge the rights of who posts again: they may have been taken away."""
        if reason := self._get_cannot_go_on_reason():
            raise UserError(reason)

    def _get_cannot_go_on_reason(self):
        # Who posts may not even be allowed to read it any more.
        writeoff, user = self.sudo(), self.env.user.sudo()
        names = {"writeoff": writeoff.display_name, "user": user.name}
        if not user.active:
            return self.env._(
                "%(writeoff)s is posted in the name of %(user)s, who was deactivated. "
                "Someone else with the role Finance has to press Retry.",
                **names,
            )
        if writeoff.company_id not in user.company_ids:
            return self.env._(
                "%(writeoff)s is posted in the name of %(user)s, who no longer has "
                "access to %(company)s. Someone else with the role Finance has to "
                "press Retry.",
                company=writeoff.company_id.name,
                **names,
            )
        try:
            self.check_access("write")
        except AccessError as error:
            return str(error)
        return self._get_missing_right_reasons("post")[self]

    def _check_before_chunks(self):
        """Check all items, as a small write-off is checked when it is posted."""
        self._check_books()
        if self._void_changed():
            return
        self._check_content()
        self._check_held()
        self._check_findings_to_post()
        value = self.env["inventory.valuation"]._get_value(self.company_id)
        as_writer(self).write({"posting_checked": True, "posted_value_before": value})

    def _get_next_lines(self, limit=None):
        """Return the items of the next chunk, in the order of the write-off."""
        # Who posts reads all items of it; the domain is not to be narrowed by rules.
        lines = self.env["inventory.writeoff.line"].sudo()
        lines = lines.search(
            [("writeoff_id", "=", self.id), ("posted_chunk", "=", 0)],
            limit=limit or self.company_id.writeoff_chunk_size,
        )
        return lines.sudo(self.env.su)

    def _post_chunk(self, lines):
        self._check_chunk_content(lines)
        validation = self.env["inventory.writeoff.validation"]
        validation._refuse(validation._get_chunk_problems(self.sudo(), lines.sudo()))
        validation._refuse(
            self.env["inventory.writeoff.hold"]._get_problems(self, lines)
        )
        self.env["inventory.writeoff.posting"]._post_lines(self, lines)
        # Finance posts write-offs without any right to edit items.
        lines = as_writer(lines.sudo())
        lines.write({"posted_chunk": self.posting_chunk + 1})
        self._check_chunk_value()
        lines._freeze_stock_values()
        self._count_chunk(lines)
        self._log_chunk(lines)

    def _check_chunk_content(self, lines):
        """Refuse items that are not what was approved, or are booked otherwise."""
        # The entry of a reversal mirrors the original, whatever has changed since.
        if self.reversal_of_id:
            return
        content = self.env["inventory.writeoff.content"]
        found = content._read_lines(self, lines)[self.id]
        approved = self.sudo().approved_content
        # What other add-ons know of an item, they check themselves.
        expected = {
            key: {name: line[name] for name in found[key] if name in line}
            for key, line in approved["lines"].items()
            if key in found
        }
        if content._hash(expected) != content._hash(found):
            changes = content._describe_changes(
                {**approved, "lines": expected}, {**approved, "lines": found}
            )
            raise ApprovalVoid(self._get_changed_message(changes))

    def _count_chunk(self, lines):
        vals = {
            "posting_chunk": self.posting_chunk + 1,
            "posting_done": self.posting_done + len(lines),
        }
        if self.accounting_date != self.posting_date:
            vals["accounting_date"] = self.posting_date
        as_writer(self).write(vals)

    def _check_chunk_value(self):
        """Refuse a chunk that leads beyond the tolerance for the whole write-off."""
        if self.reversal_of_id:
            return
        sums = self._sum_lines([("posted_chunk", ">", 0)])
        _count, estimated, posted = sums[self]
        if self._is_beyond_tolerance(self.value_approved - estimated + posted):
            # What is left may make up for it, as it may have when posting began.
            value = posted + self._get_values_now()[self]
            if self._is_beyond_tolerance(value):
                raise ApprovalVoid(self._get_drift_message(value))

    def _finish_posting(self):
        self._set_posted(self.posted_value_before)
        self._freeze_impact()
        self._tell_poster(self._get_posted_message())
