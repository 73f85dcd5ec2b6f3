from collections import namedtuple

from odoo import models
from odoo.exceptions import UserError

from .inventory_writeoff import APPROVER
from .inventory_writeoff_finding import SENIOR

# What a write-off needs: the amount tested, its steps, the rule that needs none.
ApprovalPlan = namedtuple("ApprovalPlan", ["amount", "steps", "free_rule"])
# The rule is empty in the step that every company has by default.
ApprovalStep = namedtuple("ApprovalStep", ["rule", "name", "users", "needed", "why"])


class InventoryWriteoffPolicy(models.AbstractModel):
    """Which approvals write-offs need now, from whom, and why."""

    _name = "inventory.writeoff.policy"
    _description = "Approval Policy"

    def _plan(self, writeoffs, amounts=None):
        """Return {write-off: `ApprovalPlan`} by the rules and members of today.

        :param amounts: {write-off: `TestedAmount`} where they are known already
        """
        # Requesters read neither rules, nor members of groups, nor others' write-offs.
        writeoffs = writeoffs.sudo()
        amounts = amounts or self.env["inventory.writeoff.tested.amount"]._get(
            writeoffs
        )
        rules = self.env["inventory.writeoff.approval.rule"].sudo()
        rules = rules.search([("company_id", "in", writeoffs.company_id.ids)])
        rules_by_company = rules.grouped("company_id")
        plans = {}
        for writeoff in writeoffs:
            company_rules = rules_by_company.get(writeoff.company_id, rules.browse())
            plans[writeoff] = self._plan_one(writeoff, company_rules, amounts[writeoff])
        return plans

    def _plan_one(self, writeoff, rules, tested):
        facts = {
            (
                line.reason_id.id,
                line.reason_id.kind,
                line.product_category_id.parent_path,
                line.location_id.parent_path,
            )
            for line in writeoff.line_ids
        }
        has_review = "review" in writeoff.finding_ids.mapped("severity")
        met = rules.filtered(
            lambda rule: rule._is_met(facts, tested.amount, has_review)
        )
        asking = met.filtered(lambda rule: rule.approval == "needed")
        # Whatever senior finance has to look at is decided by somebody.
        free = (met - asking)[:1] if not asking and not has_review else rules.browse()
        why = self._explain(writeoff, tested)
        steps = [self._prepare_step(writeoff, rule, why) for rule in asking]
        if not steps and not free:
            return self._plan_default(writeoff, tested.amount)
        return ApprovalPlan(tested.amount, steps, free)

    def _plan_default(self, writeoff, amount=None):
        """Return the plan of a write-off that no rule is meant for."""
        amount = writeoff.amount_tested if amount is None else amount
        rules = self.env["inventory.writeoff.approval.rule"]
        return ApprovalPlan(amount, [self._prepare_default_step(writeoff)], rules)

    def _prepare_step(self, writeoff, rule, why):
        return ApprovalStep(
            rule,
            rule.name,
            self._filter_deciders(writeoff, rule._get_users(writeoff)),
            rule.needed,
            f"{rule.summary} · {why}",
        )

    def _prepare_default_step(self, writeoff):
        role = self.env.ref(APPROVER).sudo()
        return ApprovalStep(
            self.env["inventory.writeoff.approval.rule"],
            role.name,
            self._filter_deciders(writeoff, role.all_user_ids, APPROVER),
            1,
            self.env._("No rule asks for anything else."),
        )

    def _filter_deciders(self, writeoff, users, *roles):
        """Return those of the users who can decide on the write-off."""
        groups = [self.env.ref(role).sudo() for role in roles or (APPROVER, SENIOR)]
        members = set().union(*(group.all_user_ids._ids for group in groups))
        company = writeoff.company_id
        concerned = users.browse()
        if company.writeoff_four_eyes:
            concerned = writeoff._get_requesters()
        return users.filtered(
            lambda user: (
                user.active
                and user.id in members
                and company in user.company_ids
                and user not in concerned
            )
        )

    def _explain(self, writeoff, tested):
        names = {
            "amount": writeoff.currency_id.format(tested.amount),
            "days": writeoff.company_id.writeoff_split_days,
        }
        if tested.source == "requester":
            return self.env._(
                "%(amount)s requested by %(requester)s within %(days)s days",
                requester=writeoff.requester_id.name,
                **names,
            )
        if tested.source == "goods":
            product_id, location_id = tested.goods
            product = self.env["product.product"].sudo().browse(product_id)
            location = self.env["stock.location"].sudo().browse(location_id)
            return self.env._(
                "%(amount)s of %(product)s in %(location)s within %(days)s days",
                product=product.display_name,
                location=location.display_name,
                **names,
            )
        return self.env._("%(amount)s in this write-off", **names)

    def _check_decidable(self, plans):
        """Refuse write-offs with a step that nobody could decide."""
        problems = filter(None, map(self._get_problem, plans, plans.values()))
        if message := "\n".join(problems):
            raise UserError(message)

    def _get_problem(self, writeoff, plan):
        """Return why the steps of the write-off cannot all be decided, or False."""
        step = self._find_undecidable(writeoff, plan)
        if not step:
            return False
        names = {
            "writeoff": writeoff.display_name,
            "rule": step.name,
            "needed": step.needed,
            "users": ", ".join(step.users.mapped("name")),
        }
        if not step.rule:
            return self.env._(
                "%(writeoff)s cannot be submitted: nobody but who asks for it has the "
                "role %(rule)s in the company. Ask an administrator to give it to "
                "somebody.",
                **names,
            )
        if not step.users:
            return self.env._(
                "%(writeoff)s cannot be submitted: approval rule %(rule)s asks for "
                "nobody who is active, may approve and is not the requester. Ask an "
                "administrator of write-offs to mend the rule.",
                **names,
            )
        return self.env._(
            "%(writeoff)s cannot be submitted: approval rule %(rule)s needs %(needed)s "
            "approvals, and too few people are left for it: %(users)s. Nobody decides "
            "twice. Ask an administrator of write-offs to name more approvers.",
            **names,
        )

    def _find_undecidable(self, writeoff, plan):
        """Return the first step for which no different people are left, or False."""
        seats = {}
        for step in plan.steps:
            if not writeoff.company_id.writeoff_one_step:
                seats = {}
            for place in range(step.needed):
                if not self._seat((step, place), seats, set()):
                    return step
        return False

    def _seat(self, place, seats, seen):
        """Find a person for the place; others move to places of theirs if need be."""
        for user_id in place[0].users._ids:
            if user_id in seen:
                continue
            seen.add(user_id)
            if user_id not in seats or self._seat(seats[user_id], seats, seen):
                seats[user_id] = place
                return True
        return False
