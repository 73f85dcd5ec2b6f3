from odoo import api, fields, models
from odoo.exceptions import UserError

from ..writer import as_writer, is_writer
from .inventory_writeoff_finding import OPEN_STATES, SENIOR

# Saving more items than this does not evaluate the checks: an import stays fast, and
# the button and the submission evaluate them.
LIVE_LIMIT = 200
# In the context while a whole document is saved, so that it is evaluated once.
PAUSED = "inventory_writeoff_checks_paused"
REVIEW_ACTIVITY = "inventory_writeoff.mail_activity_type_review"


class InventoryWriteoff(models.Model):
    """The findings of a write-off, and what they keep it from.

    | moment     | evaluated          | refused by                                   |
    |------------|--------------------|----------------------------------------------|
    | save       | all (open states)  |                                              |
    | Check      | all (open states)  |                                              |
    | submission | all                | block                                        |
    | approval   | all                | block, review that is not settled            |
    | posting    | block, not stored  | block, review found since and not settled    |
    """

    _inherit = "inventory.writeoff"

    finding_ids = fields.One2many(
        "inventory.writeoff.finding", "writeoff_id", readonly=True, copy=False
    )
    finding_count = fields.Integer(
        "Open Findings", compute="_compute_finding_count", compute_sudo=True
    )
    checked_at = fields.Datetime(
        "Checked",
        readonly=True,
        copy=False,
        help="Empty: changed since the last check.",
    )
    can_check = fields.Boolean(compute="_compute_can_check")
    can_settle = fields.Boolean(compute="_compute_can_settle")

    _CHECKED_FIELDS = {
        "company_id",
        "reason_id",
        "location_id",
        "accounting_date",
        "line_ids",
    }

    @api.depends("finding_ids.state")
    def _compute_finding_count(self):
        domain = [("writeoff_id", "in", self.ids), ("state", "=", "open")]
        groups = self.env["inventory.writeoff.finding"]._read_group(
            domain, ["writeoff_id"], ["__count"]
        )
        counts = dict(groups)
        for writeoff in self:
            writeoff.finding_count = counts.get(writeoff._origin, 0)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_check(self):
        for writeoff in self:
            is_open = writeoff.state in OPEN_STATES
            writeoff.can_check = is_open and bool(writeoff._origin)
        closed = self.filtered("can_check") - self._filtered_access("write")
        closed.can_check = False

    @api.depends("finding_ids.can_settle")
    @api.depends_context("uid")
    def _compute_can_settle(self):
        for writeoff in self:
            writeoff.can_settle = any(writeoff.finding_ids.mapped("can_settle"))

    @api.model_create_multi
    def create(self, vals_list):
        paused = self.with_context(**{PAUSED: True})
        writeoffs = super(InventoryWriteoff, paused).create(vals_list)
        writeoffs = writeoffs.with_env(self.env)
        writeoffs._check_on_save()
        return writeoffs

    def write(self, vals):
        if not self._CHECKED_FIELDS & vals.keys():
            return super().write(vals)
        paused = self.with_context(**{PAUSED: True})
        result = super(InventoryWriteoff, paused).write(vals)
        self._check_on_save()
        return result

    def action_check(self):
        """Evaluate the checks now."""
        self.check_access("write")
        closed = self.filtered(lambda w: w.state not in OPEN_STATES)
        if closed:
            raise UserError(closed[0]._get_wrong_state_reason())
        self._evaluate_findings()

    def action_settle(self):
        """Settle all findings that this user can settle, with one justification."""
        return self.finding_ids.filtered("can_settle").action_settle()

    def action_open_findings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_finding_action"
        )
        domain = [("writeoff_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    def _get_finding_facts(self):
        """Return nothing: what a check finds on a whole document, it names itself."""
        return []

    def _check_on_save(self):
        if self.env.context.get(PAUSED) or is_writer(self.env):
            return
        changed = self.filtered(lambda w: w.state in OPEN_STATES)
        if sum(changed.mapped("line_count")) <= LIVE_LIMIT:
            changed._evaluate_findings()
        else:
            as_writer(changed.sudo()).write({"checked_at": False})

    def _evaluate_findings(self):
        found = self.env["inventory.writeoff.check"]._find(self)
        self.env["inventory.writeoff.finding"]._replace(self, found)
        as_writer(self.sudo()).write({"checked_at": fields.Datetime.now()})

    def _get_standing_findings(self, *severities):
        """Return the open findings of these severities."""
        # Whoever acts on a write-off must be told, whatever else they may read.
        return self.sudo().finding_ids.filtered(
            lambda finding: finding.state == "open" and finding.severity in severities
        )

    def _is_clean(self):
        """Tell whether nothing speaks against the write-offs.

        No problem of validation, and no open finding that blocks or needs review.
        """
        if self.env["inventory.writeoff.validation"]._get_problems(self):
            return False
        self._evaluate_findings()
        return not self._get_standing_findings("review", "block")

    def _check_findings_to_submit(self):
        self._evaluate_findings()
        self._refuse_blocked(self._get_standing_findings("block"))
        self._ask_for_review()

    def _check_findings_to_approve(self):
        self._evaluate_findings()
        self._refuse_blocked(self._get_standing_findings("block"))
        self._refuse_unsettled()

    def _check_findings_to_post(self):
        """Refuse what has become certain, or was found since the approval.

        What the approver accepted is not judged again: only checks that block are.
        """
        found = self.env["inventory.writeoff.check"]._find(self, severities=["block"])
        findings = self.env["inventory.writeoff.finding"]
        self._refuse_blocked([findings.new(vals) for vals in found])
        self._refuse_unsettled()

    def _refuse_blocked(self, findings):
        if findings:
            raise UserError(
                "\n".join(
                    f"{finding._get_sentence()} {finding.remedy}"
                    for finding in findings
                )
            )

    def _refuse_unsettled(self):
        findings = self._get_standing_findings("review")
        if findings:
            sentences = [finding._get_sentence() for finding in findings]
            next_step = self.env._(
                "Senior finance must settle this first: open the write-off, press "
                "Check and settle the findings with a justification."
            )
            raise UserError("\n".join([*sentences, next_step]))

    def _get_reviewers(self):
        """Return who may settle findings of the write-off."""
        self.ensure_one()
        # Requesters may not read the members of a group.
        members = self.env.ref(SENIOR).sudo().all_user_ids
        concerned = self.requester_id | self.submitted_by_id | self.env.user
        return members.filtered(
            lambda user: self.company_id in user.company_ids and user not in concerned
        )

    def _ask_for_review(self):
        to_review = self._get_standing_findings("review")
        for writeoff, findings in to_review.grouped("writeoff_id").items():
            writeoff = writeoff.with_env(self.env)
            names = ", ".join(dict.fromkeys(findings.check_id.mapped("name")))
            summary = self.env._("Findings to settle: %(names)s", names=names)
            for reviewer in writeoff._get_reviewers():
                writeoff.activity_schedule(
                    REVIEW_ACTIVITY, summary=summary, user_id=reviewer.id
                )

    def _close_review(self):
        """Close the reviewers' activities once nothing is left to settle."""
        done = self.filtered(lambda w: not w._get_standing_findings("review"))
        # The activities belong to all reviewers, and one of them has settled.
        done.sudo().activity_unlink([REVIEW_ACTIVITY])

    def _close_activities(self, feedback=None):
        result = super()._close_activities(feedback)
        self.sudo().activity_unlink([REVIEW_ACTIVITY])
        return result
