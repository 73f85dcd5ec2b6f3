from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..writer import as_writer
from .inventory_writeoff_check import SEVERITIES

SENIOR = "inventory_writeoff.group_writeoff_senior"
# Write-offs that are still to be decided or posted.
OPEN_STATES = ("draft", "to_approve", "approved")
# What makes two findings the same.
IDENTITY = ("writeoff_id", "line_id", "check_id", "key")


class InventoryWriteoffFinding(models.Model):
    """What a check found on a write-off or on one of its items.

    | action | role           | from | restriction                               |
    |--------|----------------|------|-------------------------------------------|
    | settle | Senior Finance | open | not on one's own write-off; a justification |

    Findings are made and removed by the evaluation only. A finding of severity
    *block* is not settled by anyone: the write-off has to change.
    """

    _name = "inventory.writeoff.finding"
    _inherit = ["inventory.writeoff.recorded"]
    _description = "Write-Off Finding"
    _order = "writeoff_id desc, state, id"

    writeoff_id = fields.Many2one(
        "inventory.writeoff",
        "Write-Off",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        "inventory.writeoff.line",
        "Item",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="writeoff_id.company_id", store=True, precompute=True, index=True
    )
    requester_id = fields.Many2one(related="writeoff_id.requester_id")
    writeoff_state = fields.Selection(
        related="writeoff_id.state", string="Write-Off State"
    )
    check_id = fields.Many2one(
        "inventory.writeoff.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    message = fields.Text("What Was Found", required=True, readonly=True)
    remedy = fields.Text("What Would Settle It", readonly=True)
    key = fields.Char("Digest of the Facts", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")],
        required=True,
        readonly=True,
        default="open",
    )
    answer = fields.Text("What Settles It", compute="_compute_answer")
    settled_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    settled_at = fields.Datetime(readonly=True)
    justification = fields.Text(readonly=True)
    can_settle = fields.Boolean(compute="_compute_can_settle")

    _open_idx = models.Index("(company_id, severity) WHERE state = 'open'")
    _identity_unique = models.UniqueIndex(
        "(writeoff_id, COALESCE(line_id, 0), check_id, key)",
        "This finding is already on the write-off.",
    )

    @api.depends("check_id", "line_id")
    def _compute_display_name(self):
        for finding in self:
            subject = finding.line_id or finding.writeoff_id
            finding.display_name = f"{finding.check_id.name}: {subject.display_name}"

    @api.depends("state", "remedy", "justification", "settled_by_id")
    def _compute_answer(self):
        for finding in self:
            if finding.state == "open":
                finding.answer = finding.remedy
            else:
                finding.answer = self.env._(
                    "Settled by %(user)s: %(justification)s",
                    # Not everyone who reads findings may read other users.
                    user=finding.settled_by_id.sudo().name,
                    justification=finding.justification,
                )

    @api.depends("state", "severity", "writeoff_id.state", "writeoff_id.requester_id")
    @api.depends_context("uid")
    def _compute_can_settle(self):
        reasons = self._get_cannot_settle_reasons()
        for finding in self:
            finding.can_settle = not reasons[finding]

    def _get_recorded_reason(self):
        return self.env._(
            "Findings come and go with the checks. Change the write-off and "
            "press Check, or have senior finance settle the finding."
        )

    def action_settle(self):
        """Ask for the justification, which is part of the record."""
        self._check_can_settle()
        return {
            "name": self.env._("Settle Findings"),
            "type": "ir.actions.act_window",
            "res_model": "inventory.writeoff.settle",
            "view_mode": "form",
            "target": "new",
            "context": {"default_finding_ids": self.ids},
        }

    def settle(self, justification):
        """Settle the findings: a person answers for them, in words."""
        justification = (justification or "").strip()
        if not justification:
            raise UserError(
                self.env._(
                    "Say why the write-off may go on in spite of the findings: the "
                    "justification is part of the record."
                )
            )
        self.check_access("read")
        self._check_can_settle()
        as_writer(self.sudo()).write(
            {
                "state": "settled",
                "settled_by_id": self.env.uid,
                "settled_at": fields.Datetime.now(),
                "justification": justification,
            }
        )
        for writeoff, findings in self.grouped("writeoff_id").items():
            writeoff.message_post(body=findings._get_settled_message())
            writeoff._close_review()

    def action_open_writeoff(self):
        self.ensure_one()
        return self.writeoff_id.get_formview_action()

    def _check_can_settle(self):
        reasons = filter(None, self._get_cannot_settle_reasons().values())
        if message := "\n".join(dict.fromkeys(reasons)):
            raise UserError(message)

    def _get_cannot_settle_reasons(self):
        """Tell why the user cannot settle a finding: {finding: sentence or False}."""
        is_senior = self.env.user.has_group(SENIOR)
        return {
            finding: finding._get_cannot_settle_reason(is_senior) for finding in self
        }

    def _get_cannot_settle_reason(self, is_senior):
        writeoff = self.writeoff_id
        names = {"writeoff": writeoff.display_name, "finding": self.check_id.name}
        if not is_senior:
            return self.env._(
                "%(writeoff)s: findings are settled by the role Senior Finance. Ask "
                "one of them.",
                **names,
            )
        if self.state == "settled":
            return self.env._(
                "%(writeoff)s: %(finding)s is already settled. Reload the page.",
                **names,
            )
        if writeoff.state not in OPEN_STATES:
            return self.env._(
                "%(writeoff)s is closed, so its findings stay as they are.", **names
            )
        if self.severity == "block":
            return self.env._(
                "%(writeoff)s: %(finding)s blocks the write-off and cannot be settled. "
                "The write-off has to be changed.",
                **names,
            )
        if self.env.user in writeoff.requester_id | writeoff.submitted_by_id:
            return self.env._(
                "You asked for %(writeoff)s, so someone else must settle its findings.",
                **names,
            )
        return False

    def _get_settled_message(self):
        items = Markup().join(
            Markup("<li>%s</li>") % finding._get_sentence() for finding in self
        )
        title = self.env._("Findings settled: %(why)s", why=self[0].justification)
        return Markup("<p>%s</p><ul>%s</ul>") % (escape(title), items)

    def _get_sentence(self):
        """Return where and what, in one sentence."""
        self.ensure_one()
        subject = self.line_id._describe() if self.line_id else self.writeoff_id.name
        return f"{subject}: {self.message}"

    def _replace(self, writeoffs, found):
        """Make the write-offs' findings those that were found now.

        Settled ones whose facts are still the same stay as they are.

        :param found: values, as `inventory.writeoff.check._find` returns them
        """
        # Nobody may write findings; who evaluates has been checked by the caller.
        findings = as_writer(self.sudo())
        domain = [("writeoff_id", "in", writeoffs.ids)]
        known = {
            finding._get_identity(): finding for finding in findings.search(domain)
        }
        wanted = {tuple(vals[name] for name in IDENTITY): vals for vals in found}
        findings.concat(*(known[key] for key in known.keys() - wanted.keys())).unlink()
        findings.create([vals for key, vals in wanted.items() if key not in known])

    def _get_identity(self):
        record_ids = (self.writeoff_id.id, self.line_id.id, self.check_id.id)
        return (*record_ids, self.key)
