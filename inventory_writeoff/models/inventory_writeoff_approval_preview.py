from markupsafe import Markup

from odoo import api, fields, models


class InventoryWriteoff(models.Model):
    """Which approvals a draft would need, before it is submitted."""

    _inherit = "inventory.writeoff"

    approval_preview = fields.Html(
        compute="_compute_approval_preview", compute_sudo=True, sanitize=False
    )

    @api.depends("state", "line_ids.value_estimated", "line_ids.reason_id")
    def _compute_approval_preview(self):
        policy = self.env["inventory.writeoff.policy"]
        drafts = self.filtered(lambda w: w.state == "draft" and w.line_ids)
        (self - drafts).approval_preview = False
        plans = policy._plan(drafts)
        for draft in drafts:
            problem = policy._get_problem(draft, plans[draft])
            draft.approval_preview = draft._render_plan(plans[draft], problem)

    def _render_plan(self, plan, problem):
        if plan.free_rule:
            names = {"rule": plan.free_rule.name, "when": plan.free_rule.summary}
            sentence = self.env._(
                "No approval is needed: %(rule)s (%(when)s).", **names
            )
            return Markup("<p>%s</p>") % sentence
        rows = Markup().join(
            Markup(
                "<tr><td>%s</td><td><strong>%s</strong></td><td>%s</td><td>%s</td></tr>"
            )
            % (position, step.name, self._name_approvers(step), step.why)
            for position, step in enumerate(plan.steps, start=1)
        )
        alert = Markup('<p class="text-danger">%s</p>') % problem if problem else ""
        return Markup(
            '<p class="text-muted">%s</p>%s<div class="table-responsive">'
            '<table class="table table-sm"><tbody>%s</tbody></table></div>'
        ) % (self.env._("Once submitted, it needs these approvals:"), alert, rows)

    def _name_approvers(self, step):
        names = ", ".join(step.users.mapped("name"))
        if step.needed == 1:
            return names
        return self.env._("%(count)s of: %(whom)s", count=step.needed, whom=names)
