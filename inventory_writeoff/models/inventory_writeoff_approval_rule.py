from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .inventory_writeoff import APPROVER
from .inventory_writeoff_finding import SENIOR


class InventoryWriteoffApprovalRule(models.Model):
    """Who has to approve which write-offs.

    Every rule that matches a write-off is one step of its approval, in the order of
    the rules. Where none matches, any approver of the company decides. A rule that
    needs no approval counts only when no other rule matches. What is needed is
    computed at submission and stays as it was then.
    """

    _name = "inventory.writeoff.approval.rule"
    _description = "Approval Rule"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="What the step is called.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_from = fields.Monetary(
        help="The amount tested is the largest of the write-off, of what its requester "
        "has asked for lately, and of what was asked for lately of the same product "
        "in the same location.",
    )
    amount_to = fields.Monetary("Amount Below", help="0: no upper limit.")
    reason_ids = fields.Many2many(
        "inventory.writeoff.reason",
        "inventory_writeoff_approval_rule_reason_rel",
        string="Reasons",
        help="Empty: every reason.",
    )
    kind_ids = fields.Many2many(
        "inventory.writeoff.kind",
        "inventory_writeoff_approval_rule_kind_rel",
        string="Kinds of Reasons",
        help="Empty: every kind.",
    )
    category_ids = fields.Many2many(
        "product.category",
        "inventory_writeoff_approval_rule_category_rel",
        string="Product Categories",
        help="With the categories below them. Empty: all.",
    )
    location_ids = fields.Many2many(
        "stock.location",
        "inventory_writeoff_approval_rule_location_rel",
        string="Locations",
        check_company=True,
        domain="[('usage', 'in', ('internal', 'transit', 'view'))]",
        help="With the locations below them. Empty: all.",
    )
    only_review = fields.Boolean(
        "Only with Findings to Review",
        help="Only write-offs on which a check has found something that senior finance "
        "has to settle.",
    )
    approval = fields.Selection(
        [("needed", "Approval needed"), ("none", "No approval needed")],
        required=True,
        default="needed",
    )
    approver_type = fields.Selection(
        [
            ("group", "Members of a group"),
            ("users", "Named users"),
            ("field", "A user of the write-off"),
        ],
        "Approvers",
        required=True,
        default="group",
    )
    group_id = fields.Many2one(
        "res.groups",
        ondelete="restrict",
        default=lambda self: self.env.ref(APPROVER, raise_if_not_found=False),
        help="Of its members, those decide who are approvers or senior finance.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "inventory_writeoff_approval_rule_user_rel",
        string="Users",
        domain=lambda self: self._get_user_domain(),
    )
    user_field = fields.Selection("_get_user_fields", "User")
    needed = fields.Integer(
        "Approvals Needed", default=1, help="How many of the approvers must approve."
    )
    summary = fields.Char("When", compute="_compute_summary")
    approvers = fields.Char("From Whom", compute="_compute_approvers")

    _amounts_are_a_range = models.Constraint(
        "CHECK (amount_from >= 0 AND (amount_to = 0 OR amount_to > amount_from))",
        "The amounts of an approval rule are not negative, and the upper limit is "
        "above the lower one. Use 0 for no upper limit.",
    )
    _needed_is_positive = models.Constraint(
        "CHECK (needed >= 1)", "An approval rule needs at least one approval."
    )

    def _get_user_domain(self):
        groups = self.env.ref(APPROVER) | self.env.ref(SENIOR)
        return [("all_group_ids", "in", groups.ids)]

    @api.model
    def _get_user_fields(self):
        choices = [("requester_approver", self.env._("The requester's approver"))]
        if "hr.employee" in self.env:
            manager = self.env._("The requester's manager in Employees")
            choices.append(("employee_manager", manager))
        return choices

    @api.depends(
        "amount_from",
        "amount_to",
        "reason_ids",
        "kind_ids",
        "category_ids",
        "location_ids",
        "only_review",
    )
    def _compute_summary(self):
        for rule in self:
            rule.summary = " · ".join(rule._get_conditions()) or self.env._(
                "Every write-off"
            )

    def _get_conditions(self):
        """Return what must be true of a write-off, in words."""
        conditions = []
        if self.amount_from:
            amount = self.currency_id.format(self.amount_from)
            conditions.append(self.env._("from %(amount)s", amount=amount))
        if self.amount_to:
            amount = self.currency_id.format(self.amount_to)
            conditions.append(self.env._("below %(amount)s", amount=amount))
        for name in ("reason_ids", "kind_ids", "category_ids", "location_ids"):
            if self[name]:
                conditions.append(", ".join(self[name].mapped("display_name")))
        if self.only_review:
            conditions.append(self.env._("findings to review"))
        return conditions

    @api.depends(
        "approval", "approver_type", "group_id", "user_ids", "user_field", "needed"
    )
    def _compute_approvers(self):
        user_fields = dict(self._get_user_fields())
        for rule in self:
            names = {
                "group": rule.group_id.name,
                "users": ", ".join(rule.user_ids.mapped("name")),
                "field": user_fields.get(rule.user_field),
            }
            whom = names[rule.approver_type or "group"] or self.env._("Nobody")
            if rule.approval == "none":
                whom = self.env._("No approval needed")
            elif rule.needed > 1:
                whom = self.env._(
                    "%(count)s of: %(whom)s", count=rule.needed, whom=whom
                )
            rule.approvers = whom

    @api.constrains("approval", "approver_type", "group_id", "user_ids", "user_field")
    def _check_approvers(self):
        names = {"group": "group_id", "users": "user_ids", "field": "user_field"}
        for rule in self.filtered(lambda rule: rule.approval == "needed"):
            if not rule[names[rule.approver_type]]:
                raise ValidationError(
                    self.env._(
                        "Approval rule %(rule)s asks nobody. Choose the group, the "
                        "users or the user field that approves.",
                        rule=rule.name,
                    )
                )

    @api.constrains("approval", "amount_to")
    def _check_limit(self):
        for rule in self:
            if rule.approval == "none" and not rule.amount_to:
                raise ValidationError(
                    self.env._(
                        "Approval rule %(rule)s would let write-offs of any amount "
                        "pass without an approval. Set the amount below which none is "
                        "needed.",
                        rule=rule.name,
                    )
                )

    @api.constrains("user_ids")
    def _check_users(self):
        allowed = self._get_user_domain()
        for rule in self:
            strangers = rule.user_ids - rule.user_ids.filtered_domain(allowed)
            if strangers:
                raise ValidationError(
                    self.env._(
                        "Approval rule %(rule)s: %(users)s has neither the role "
                        "Approver nor Senior Finance, and could not decide. Give the "
                        "role first, or choose others.",
                        rule=rule.name,
                        users=", ".join(strangers.mapped("name")),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._log_change("rule_created")
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._log_change("rule_changed", sorted(vals))
        return result

    def unlink(self):
        self._log_change("rule_deleted")
        return super().unlink()

    def _log_change(self, kind, fields_changed=()):
        changes = self.env["inventory.writeoff.policy.change"]
        for company, rules in self.grouped("company_id").items():
            names = ", ".join(
                f"{rule.name} ({rule.summary}: {rule.approvers})" for rule in rules
            )
            changes._record(kind, company, names, list(fields_changed))

    def _is_met(self, facts, amount, has_review):
        """Tell whether a write-off meets the conditions: one item meets all of them.

        :param facts: reason, kind and the paths of category and location, per item
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        if compare(amount, self.amount_from) < 0:
            return False
        if self.amount_to and compare(amount, self.amount_to) >= 0:
            return False
        if self.only_review and not has_review:
            return False
        return any(self._is_item_met(*fact) for fact in facts)

    def _is_item_met(self, reason_id, kind, category_path, location_path):
        return (
            (not self.reason_ids or reason_id in self.reason_ids.ids)
            and (not self.kind_ids or kind in self.kind_ids.mapped("code"))
            and self._is_below(self.category_ids, category_path)
            and self._is_below(self.location_ids, location_path)
        )

    def _is_below(self, records, path):
        ancestors = {int(part) for part in (path or "").split("/") if part}
        return not records or bool(ancestors & set(records.ids))

    def _get_users(self, writeoff):
        """Return the users that the rule asks, whoever they are."""
        self.ensure_one()
        if self.approver_type == "group":
            return self.group_id.all_user_ids
        if self.approver_type == "users":
            return self.user_ids
        return getattr(self, f"_get_{self.user_field}")(writeoff)

    def _get_requester_approver(self, writeoff):
        return writeoff.requester_id.writeoff_approver_id

    def _get_employee_manager(self, writeoff):
        requester = writeoff.requester_id.with_company(writeoff.company_id)
        has_employees = "employee_id" in requester._fields
        return (
            has_employees
            and requester.employee_id.parent_id.user_id
            or (requester.browse())
        )
