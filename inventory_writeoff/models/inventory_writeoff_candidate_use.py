from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..writer import as_writer
from .inventory_writeoff_candidate import GOODS_FIELDS
from .inventory_writeoff_findings import PAUSED

USER = "inventory_writeoff.group_writeoff_user"


class InventoryWriteoffCandidate(models.Model):
    """What becomes of unsellable stock: an item of a write-off, or dismissed."""

    _inherit = "inventory.writeoff.candidate"

    def action_create_writeoff(self):
        """Make one draft per company of the chosen candidates and open it."""
        candidates = self._start("open")
        problems = list(candidates._get_shortages())
        if problems:
            raise UserError("\n".join(problems))
        return candidates._create_writeoffs()._action_open_drafts()

    def action_add_to_writeoff(self):
        """Add the chosen candidates to the draft that the list was opened from."""
        writeoff = self.env["inventory.writeoff"].browse(
            self.env.context.get("add_to_writeoff_id") or []
        )
        candidates = self._start("open")
        writeoff._check_can_add_candidates(candidates)
        problems = list(candidates._get_shortages())
        if problems:
            raise UserError("\n".join(problems))
        candidates._add_to(writeoff)
        return {"type": "ir.actions.act_window_close"}

    def action_dismiss(self):
        """Take candidates off the list until the facts change."""
        candidates = self._start("open")
        as_writer(candidates.sudo()).write(
            {
                "state": "dismissed",
                "dismissed_by_id": self.env.uid,
                "dismissed_at": fields.Datetime.now(),
            }
        )

    def action_reopen(self):
        candidates = self._start("dismissed")
        as_writer(candidates.sudo()).write(
            {"state": "open", "dismissed_by_id": False, "dismissed_at": False}
        )

    def _start(self, state):
        """Check the role and the state, on rows that nobody else changes now."""
        self.check_access("read")
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._(
                    "You need the role %(role)s for this. Ask an administrator of "
                    "write-offs.",
                    role=self.env.ref(USER).sudo().name,
                )
            )
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked != self:
            raise UserError(
                self.env._(
                    "Some of these goods are no longer on the list, or someone else is "
                    "working on them right now. Reload the list and try again."
                )
            )
        wrong = self.filtered(lambda candidate: candidate.state != state)
        if wrong:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(items)s: %(state)s, so this is not possible. Reload the list to "
                    "see where things stand.",
                    items=", ".join(wrong.mapped("display_name")),
                    state=", ".join({states[item.state] for item in wrong}),
                )
            )
        return self

    def _create_writeoffs(self, **values):
        """Create one draft per company, as the user of this environment."""
        writeoffs = self.env["inventory.writeoff"]
        for company, candidates in self.grouped("company_id").items():
            reasons = candidates.reason_id
            writeoff = writeoffs.with_company(company).create(
                {
                    "company_id": company.id,
                    "reason_id": reasons.id if len(reasons) == 1 else False,
                    "location_id": False,
                    **values,
                }
            )
            candidates._add_to(writeoff)
            writeoffs |= writeoff
        return writeoffs

    def _add_to(self, writeoff, disposal_method=None):
        """Make items of a draft from the candidates.

        :param disposal_method: for reasons that leave more than one choice
        """
        method = disposal_method or writeoff.disposal_method_id
        # The checks are evaluated once, when they can see where the items came from.
        lines = self.env["inventory.writeoff.line"].with_context(**{PAUSED: True})
        lines = lines.create(
            [candidate._prepare_line_vals(writeoff, method) for candidate in self]
        )
        pairs = [
            SQL("(%s, %s)", candidate.id, line.id)
            for candidate, line in zip(self, lines, strict=True)
        ]
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                UPDATE inventory_writeoff_candidate candidate
                   SET state = 'in_writeoff', writeoff_line_id = pair.line_id,
                       writeoff_id = %s
                  FROM (VALUES %s) AS pair (id, line_id)
                 WHERE candidate.id = pair.id
             RETURNING candidate.id
                """,
                writeoff.id,
                SQL(", ").join(pairs),
            )
        )
        self.invalidate_model()
        writeoff.invalidate_recordset(["candidate_ids"])
        self._keep_photos(writeoff)
        writeoff._check_on_save()

    def _prepare_line_vals(self, writeoff, disposal_method):
        allowed = self.reason_id.disposal_method_ids
        if allowed and disposal_method not in allowed:
            disposal_method = allowed if len(allowed) == 1 else allowed.browse()
        return {
            "writeoff_id": writeoff.id,
            **{field: self[field].id for field in GOODS_FIELDS},
            "quantity": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "reason_id": self.reason_id.id,
            "disposal_method_id": disposal_method.id,
            "note": self.note and self.note.strip().replace("\n", " "),
        }

    def _keep_photos(self, writeoff):
        """Attach the photos to the write-off: the candidate goes, the proof stays."""
        # The photos were taken by warehouse staff.
        with_photo = self.sudo().search(
            Domain("id", "in", self.ids) & Domain("photo", "!=", False)
        )
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": self.env._("Photo of %(item)s", item=item.display_name),
                    "res_model": writeoff._name,
                    "res_id": writeoff.id,
                    "datas": item.photo,
                }
                for item in with_photo.with_context(bin_size=False)
            ]
        )

    def _give_back(self):
        """Put candidates back on the list whose write-off has ended without them.

        What was written off is gone; the rest is open again, together with what was
        found of the same goods meanwhile.
        """
        if not self:
            return
        facts = self.env["inventory.writeoff.candidate.facts"]
        candidates = self.sudo()
        done = facts._get_written_off(candidates)
        others = candidates._find_by_goods({item._get_key() for item in candidates})
        gone = candidates.browse()
        kept = {}
        for candidate in candidates:
            key = candidate._get_key()
            left = candidate.quantity - done.get(candidate.id, 0.0)
            if candidate.product_uom_id.compare(left, 0.0) <= 0:
                gone |= candidate
                continue
            if key in kept:
                gone |= candidate
            elif key in others:
                gone |= others[key].sudo()
                left += others[key].quantity
            first, quantity = kept.get(key, (candidate, 0.0))
            kept[key] = (first, quantity + left)
        gone.unlink()
        for candidate, quantity in kept.values():
            as_writer(candidate).write(
                {"state": "open", "writeoff_line_id": False, "quantity": quantity}
            )
        facts._follow_goods(set(kept))
