from datetime import timedelta

from odoo import Command, api, fields, models

from ..models.inventory_writeoff_tested_amount import TestedAmount


class InventoryWriteoffDryRun(models.TransientModel):
    """Runs today's approval policy over write-offs of the past, and changes nothing."""

    _name = "inventory.writeoff.dry.run"
    _description = "Dry Run of the Approval Policy"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "Submitted From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=365),
    )
    date_to = fields.Date(
        "Until", required=True, default=lambda self: fields.Date.context_today(self)
    )
    line_ids = fields.One2many(
        "inventory.writeoff.dry.run.line",
        "dry_run_id",
        "Would Need Other Approvers",
        readonly=True,
    )
    tested_count = fields.Integer(readonly=True)
    result = fields.Char(compute="_compute_result")

    @api.depends("tested_count", "line_ids")
    def _compute_result(self):
        for dry_run in self:
            dry_run.result = dry_run.tested_count and self.env._(
                "%(changed)s of %(count)s write-offs would have needed other "
                "approvers.",
                changed=len(dry_run.line_ids),
                count=dry_run.tested_count,
            )

    def action_run(self):
        self.ensure_one()
        writeoffs = self._get_writeoffs()
        plans = self._plan(writeoffs)
        lines = [
            Command.create(self._prepare_line(writeoff, plans[writeoff]))
            for writeoff in writeoffs
            if self._get_old(writeoff) != self._get_new(plans[writeoff])
        ]
        self.write(
            {"line_ids": [Command.clear(), *lines], "tested_count": len(writeoffs)}
        )
        return {
            "name": self.env._("Test the Policy"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_writeoffs(self):
        after = fields.Date.to_date(self.date_to) + timedelta(days=1)
        return self.env["inventory.writeoff"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("submitted_at", ">=", self.date_from),
                ("submitted_at", "<", after),
            ]
        )

    def _plan(self, writeoffs):
        """Return the plans of now, with the amounts as they were at submission."""
        amounts = {
            writeoff: TestedAmount(writeoff.amount_tested, "document", False)
            for writeoff in writeoffs
        }
        return self.env["inventory.writeoff.policy"]._plan(writeoffs, amounts)

    def _get_old(self, writeoff):
        """Return [(approvals needed, users)] as they were asked for."""
        steps = writeoff._get_round_steps()
        asked = {step.step: (step.needed, step.user_ids) for step in steps}
        return [(needed, set(users.ids)) for needed, users in asked.values()]

    def _get_new(self, plan):
        return [(step.needed, set(step.users.ids)) for step in plan.steps]

    def _prepare_line(self, writeoff, plan):
        steps = writeoff._get_round_steps()
        old = {step.step: (step.name, step.user_ids) for step in steps}
        new = [(step.name, step.users) for step in plan.steps]
        return {
            "writeoff_id": writeoff.id,
            "amount_tested": writeoff.amount_tested,
            "was_asked": self._describe(old.values()),
            "would_be_asked": self._describe(new),
        }

    def _describe(self, steps):
        names = [f"{name} ({', '.join(users.mapped('name'))})" for name, users in steps]
        return " → ".join(names) or self.env._("No approval needed")
