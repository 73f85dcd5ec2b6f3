import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class InventoryWriteoffRule(models.Model):
    """Turns proposals of the nightly scan into write-offs, without a person.

    Off until somebody enables it. What rules match becomes one draft per company and
    day, asked for by the company's responsible user; what stands in rules that submit
    goes into a draft of its own, which submits itself when nothing speaks against it.
    Approval and posting stay with people.
    """

    _name = "inventory.writeoff.rule"
    _description = "Rule for Unsellable Stock"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    sequence = fields.Integer(default=10)
    enabled = fields.Boolean(help="The rule acts after the nightly scan.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    source = fields.Selection(
        [
            ("expired", "Expired"),
            ("aged", "Not moving"),
            ("quarantine", "In quarantine"),
        ],
        help="Empty: proposals of every source.",
    )
    reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: proposals of every reason.",
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        ondelete="restrict",
        index="btree_not_null",
        help="With the categories below it. Empty: all.",
    )
    location_id = fields.Many2one(
        "stock.location",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('usage', 'in', ('internal', 'transit', 'view'))]",
        help="With the locations below it. Empty: all.",
    )
    disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method",
        ondelete="restrict",
        help="What happens to the goods. Needed to submit, unless the reason allows "
        "one method only.",
    )
    submit = fields.Boolean(
        "Submit by Itself",
        help="Only when no finding asks for a review or blocks and nothing is missing.",
    )

    @api.depends("source", "reason_id", "category_id", "location_id")
    def _compute_name(self):
        sources = dict(self._fields["source"]._description_selection(self.env))
        for rule in self:
            parts = [
                sources.get(rule.source),
                rule.reason_id.display_name,
                rule.category_id.display_name,
                rule.location_id.display_name,
            ]
            rule.name = " · ".join(filter(None, parts)) or self.env._("All proposals")

    @api.constrains("enabled", "company_id")
    def _check_responsible(self):
        for rule in self.filtered("enabled"):
            if not rule.company_id.sudo().writeoff_rule_user_id:
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s cannot act: nobody is set to ask for automatic "
                        "write-offs of %(company)s. Choose the responsible in the "
                        "write-off settings first.",
                        rule=rule.name,
                        company=rule.company_id.display_name,
                    )
                )

    @api.model
    def _run(self, company):
        """Make today's write-offs of what the enabled rules of the company match."""
        rules = self.search([("company_id", "=", company.id), ("enabled", "=", True)])
        if not rules:
            return
        if not company._can_act_for_rules():
            _logger.warning(
                "Rules for unsellable stock of %s do nothing: the responsible user is "
                "missing, archived or no requester.",
                company.name,
            )
            return
        taken = self.env["inventory.writeoff.candidate"]
        for submit in (True, False):
            matched = {}
            for rule in rules.filtered_domain([("submit", "=", submit)]):
                matched[rule] = rule._match() - taken
                taken |= matched[rule]
            self._act(company, submit, matched)

    def _match(self):
        """Return the proposals that the rule is meant for."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "=", "open") & Domain("source", "!=", "manual")
        if self.source:
            domain &= Domain("source", "=", self.source)
        if self.reason_id:
            domain &= Domain("reason_id", "=", self.reason_id.id)
        for field in ("category_id", "location_id"):
            if self[field]:
                domain &= Domain(field, "child_of", self[field].id)
        return self.env["inventory.writeoff.candidate"].search(domain)

    def _act(self, company, submit, matched):
        """Put what was matched into today's draft, as the responsible user."""
        if not any(matched.values()):
            return
        writeoff = self._find_draft(company, submit)
        if not writeoff:
            # Today's has been submitted: these wait for tomorrow's.
            return
        for rule, candidates in matched.items():
            if candidates:
                candidates = candidates.with_env(writeoff.env)
                method = rule.disposal_method_id.with_env(writeoff.env)
                candidates._add_to(writeoff, method)
        if submit:
            self._submit(writeoff)

    def _find_draft(self, company, submit):
        """Return today's draft, a new one, or nothing when today's is submitted."""
        user = company.writeoff_rule_user_id
        writeoffs = self.env["inventory.writeoff"].with_user(user).with_company(company)
        today = fields.Date.context_today(self)
        made = writeoffs.search(
            [
                ("company_id", "=", company.id),
                ("automatic_on", "=", today),
                ("is_submitted_by_rule", "=", submit),
            ]
        )
        if made:
            return made.filtered(lambda writeoff: writeoff.state == "draft")[:1]
        writeoff = writeoffs.create({"company_id": company.id, "location_id": False})
        writeoff._mark_automatic(today, submit)
        return writeoff

    def _submit(self, writeoff):
        try:
            writeoff._submit_by_rule()
        except UserError as error:
            writeoff.message_post(
                body=self.env._(
                    "Not submitted by itself: %(problems)s", problems=str(error)
                )
            )
