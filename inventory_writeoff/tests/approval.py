from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError

from ..writer import as_writer
from .common import WriteoffCommon


class ApprovalCommon(WriteoffCommon):
    """Two approvers, one senior, goods at 10.00 and verbs for approval rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approver_2 = cls._create_role_user("approver_2", "approver")
        cls.colleague = cls._create_role_user("colleague", "user")
        cls.product = cls._create_product("Vase", cls.category_standard)
        cls.jar = cls._create_product("Jar", cls.category_standard)
        for product in (cls.product, cls.jar):
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.stock_location, 1000.0
            )
        cls.rules = cls.env["inventory.writeoff.approval.rule"]
        cls._age_policy_changes()

    @classmethod
    def _age_policy_changes(cls):
        """Whatever was set up so far was set up long ago."""
        changes = as_writer(cls.env["inventory.writeoff.policy.change"].search([]))
        changes.write({"changed_at": fields.Datetime.now() - timedelta(days=400)})

    @classmethod
    def _create_rule(cls, name, **values):
        """Create a rule; `users` are those whom it names."""
        users = values.pop("users", None)
        if users:
            values["approver_type"] = "users"
            values["user_ids"] = [Command.set(users.ids)]
        return cls.rules.create({"name": name, **values})

    @classmethod
    def _create_two_steps(cls):
        """Any approver, and from 1,000.00 senior finance as well."""
        senior = cls.env.ref("inventory_writeoff.group_writeoff_senior")
        first = cls._create_rule("Approver", sequence=10)
        second = cls._create_rule(
            "Senior", sequence=20, amount_from=1000.0, group_id=senior.id
        )
        return first, second

    def _steps(self, writeoff):
        """Return [(name, state)] of the present round."""
        steps = writeoff.sudo()._get_round_steps()
        return [(step.name, step.state) for step in steps]

    def assertRefused(self, pattern, call, *args):
        """Check the sentence of a refusal, which leaves nothing behind."""
        with self.assertRaises(UserError) as refused:
            call(*args)
        self.assertRegex(str(refused.exception), pattern)

    def _back_date(self, writeoff, days):
        as_writer(writeoff).submitted_at = fields.Datetime.now() - timedelta(days=days)
