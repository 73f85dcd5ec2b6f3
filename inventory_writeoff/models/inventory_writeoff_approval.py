from odoo import api, fields, models

from ..writer import as_writer
from .inventory_writeoff_approval_step import OPEN_STEPS

APPROVE_ACTIVITY = "inventory_writeoff.mail_activity_type_approve"


class InventoryWriteoff(models.Model):
    """The approvals of a write-off: planned at submission, decided one after another.

    What the policy asks for is in `inventory_writeoff_policy.py`, who may decide now
    in `inventory_writeoff_deciders.py`.
    """

    _inherit = "inventory.writeoff"

    approval_ids = fields.One2many(
        "inventory.writeoff.approval",
        "writeoff_id",
        "Approvals",
        readonly=True,
        copy=False,
    )
    approval_round = fields.Integer(readonly=True, copy=False)
    amount_tested = fields.Monetary(
        readonly=True,
        copy=False,
        help="What the limits of approval rules were compared with at submission.",
    )
    approval_switches = fields.Json(
        readonly=True,
        copy=False,
        help="The company's settings of approval, as they were at submission.",
    )
    next_decider_ids = fields.Many2many(
        "res.users", string="Waits For", compute="_compute_progress", compute_sudo=True
    )
    approval_progress = fields.Char(
        "Approval", compute="_compute_progress", compute_sudo=True
    )

    @api.depends("state", "approval_ids.state")
    def _compute_progress(self):
        deputies = self._get_deputies()
        for writeoff in self:
            asked = writeoff._get_asked_steps()
            writeoff.next_decider_ids = writeoff._get_approvers(deputies)
            writeoff.approval_progress = writeoff._describe_progress(asked)

    def _describe_progress(self, asked):
        steps = self._get_round_steps()
        if not asked:
            return False
        done = len(steps.filtered(lambda step: step.state == "approved"))
        return self.env._(
            "%(step)s (%(done)s of %(total)s approvals given)",
            step=asked[0].name,
            done=done,
            total=len(steps),
        )

    def _get_round_steps(self):
        """Return the approvals of the present round, in their order."""
        return self.approval_ids.filtered(
            lambda step: step.round == step.writeoff_id.approval_round
        ).sorted(lambda step: (step.writeoff_id.id, step.step, step.id))

    def _get_asked_steps(self):
        return self._get_round_steps().filtered(lambda step: step.state == "asked")

    def _get_open_steps(self):
        return self._get_round_steps().filtered(lambda step: step.state in OPEN_STEPS)

    def _set_state(self, state, **values):
        result = super()._set_state(state, **values)
        if state in ("draft", "cancelled", "rejected"):
            # Who ends a round need not be able to read its steps.
            left = self.sudo()._get_open_steps()
            as_writer(left).write({"state": "dropped"})
        return result

    def _start_approval(self):
        """Plan the approvals of what has just been submitted, and ask for the first."""
        policy = self.env["inventory.writeoff.policy"]
        plans = policy._plan(self)
        policy._check_decidable(plans)
        self._open_round(plans)
        free = self.filtered(lambda writeoff: plans[writeoff].free_rule)
        (self - free)._ask_for_approval()
        free._pass_without_approval(plans)

    def _open_round(self, plans):
        vals_list = []
        for writeoff in self:
            plan = plans[writeoff]
            values = {
                "approval_round": writeoff.approval_round + 1,
                "amount_tested": plan.amount,
                "approval_switches": writeoff.company_id.sudo()._get_switches(),
            }
            as_writer(writeoff.sudo()).write(values)
            vals_list += writeoff._prepare_steps(plan)
        self._create_steps(vals_list)
        self._log_plans(plans)

    def _log_plans(self, plans):
        events = self.env["inventory.writeoff.event"]
        payloads = {
            writeoff: writeoff._prepare_plan_payload(plans[writeoff])
            for writeoff in self
        }
        free = {w: payloads[w] for w in self if plans[w].free_rule}
        asked = {w: payloads[w] for w in self if not plans[w].free_rule}
        events._log("approval_planned", asked)
        events._log("approval_not_needed", free)

    def _prepare_plan_payload(self, plan):
        return {
            "round": self.approval_round,
            "amount_tested": plan.amount,
            "rule": plan.free_rule.name or None,
            "steps": [
                {
                    "name": step.name,
                    "rule": step.rule.id or None,
                    "needed": step.needed,
                    "asked": {user.id: user.login for user in step.users},
                    "why": step.why,
                }
                for step in plan.steps
            ],
        }

    def _prepare_steps(self, plan):
        """Return values: a record for every approval that a step needs."""
        return [
            {
                "writeoff_id": self.id,
                "name": step.name,
                "step": position,
                "rule_id": step.rule.id,
                "is_default": not step.rule,
                "user_ids": step.users.ids,
                "needed": step.needed,
                "amount_tested": plan.amount,
                "why": step.why,
            }
            for position, step in enumerate(plan.steps, start=1)
            for _place in range(step.needed)
        ]

    def _create_steps(self, vals_list):
        """Create approvals of the present round."""
        rounds = {writeoff.id: writeoff.approval_round for writeoff in self.sudo()}
        for vals in vals_list:
            vals["round"] = rounds[vals["writeoff_id"]]
        # Steps are made by submitting, and by nothing else.
        steps = as_writer(self.env["inventory.writeoff.approval"].sudo())
        return steps.create(vals_list)

    def _pass_without_approval(self, plans):
        """Approve what a rule says needs no approval, and say so."""
        if not self:
            return
        self._set_state("approved", decided_at=fields.Datetime.now())
        self._say(
            lambda w: w.env._(
                "Submitted, and no approval is needed: %(rule)s (%(when)s). Finance "
                "can post it now.",
                rule=plans[w].free_rule.name,
                when=plans[w].free_rule.summary,
            )
        )

    def _ask_for_approval(self, message=None):
        """Ask for the next approval of each write-off, and tell its followers why."""
        self._ask_next()
        for writeoff in self:
            writeoff.message_post(body=message or writeoff._get_submitted_message())

    def _go_on(self):
        """Ask for the next approval after one has been given."""
        self._ask_next()
        self._say(
            lambda w: w.env._(
                "Approved. Next: %(progress)s.", progress=w.approval_progress
            )
        )

    def _ask_next(self):
        """Ask those of the first step that is not decided yet."""
        to_ask = self.env["inventory.writeoff.approval"].sudo()
        for writeoff in self.sudo():
            left = writeoff._get_open_steps()
            first = left.filtered(lambda step, left=left: step.step == left[0].step)
            to_ask |= first.filtered(lambda step: step.state == "waiting")
        values = {"state": "asked", "asked_at": fields.Datetime.now()}
        as_writer(to_ask).write(values)
        self._plan_activities()

    def _plan_activities(self):
        """Plan an activity for everybody who can decide now, a call per person."""
        by_user = {}
        deputies = self._get_deputies()
        for writeoff in self:
            for user in writeoff._get_approvers(deputies):
                by_user.setdefault(user, []).append(writeoff.id)
        for user, ids in by_user.items():
            self.browse(ids)._plan_activities_of(user)

    def _plan_activities_of(self, user):
        self.activity_schedule(APPROVE_ACTIVITY, user_id=user.id)

    def _void_approval(self, message):
        """Send write-offs back for approval, because they have changed."""
        self.filtered(lambda w: w.state == "approved")._set_state(
            "to_approve", approver_id=False, decided_at=False
        )
        self._close_activities()
        self._restart_round()
        self._ask_for_approval(message)

    def _restart_round(self):
        """Let the same people decide again, where somebody has decided already."""
        writeoffs = self.sudo()
        decided = writeoffs.filtered(
            lambda w: set(w._get_round_steps().mapped("state")) - set(OPEN_STEPS)
        )
        steps = decided._get_round_steps()
        vals_list = [step._prepare_copy_vals() for step in steps]
        as_writer(steps).write({"state": "void"})
        # A rule let it pass: it has changed, so somebody looks at it now.
        free = writeoffs.filtered(lambda w: not w._get_round_steps())
        policy = self.env["inventory.writeoff.policy"]
        for writeoff in free:
            vals_list += writeoff._prepare_steps(policy._plan_default(writeoff))
        for writeoff in decided | free:
            as_writer(writeoff).approval_round += 1
        self._create_steps(vals_list)

    def _close_activities(self, feedback=None):
        """Close what asks for a decision; only who has decided has also done it."""
        # The activities belong to all approvers, and one of them has decided.
        writeoffs = self.sudo()
        if feedback:
            writeoffs.activity_feedback(
                [APPROVE_ACTIVITY], user_id=self.env.uid, feedback=feedback
            )
        writeoffs.activity_unlink([APPROVE_ACTIVITY])
