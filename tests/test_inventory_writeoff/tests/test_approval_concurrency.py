from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.inventory_writeoff.writer import as_writer

from .own_database import OwnDatabaseCase


@tagged("post_install", "-at_install")
class TestApprovalConcurrency(OwnDatabaseCase):
    """Several people decide in the same second: no decision is lost or made twice."""

    @classmethod
    def prepare(cls, env):
        company = env["res.company"].create({"name": "Deciding Company"})
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        env.user.write({"company_ids": [Command.link(company.id)]})
        env = env(context={"allowed_company_ids": company.ids})
        cls.company_id = company.id
        cls.users = {
            login: cls._create_user(env, company, login, role)
            for login, role in (
                ("asks", "user"),
                ("decides", "approver"),
                ("decides_too", "approver"),
                ("decides_last", "senior"),
            )
        }
        company.writeoff_loss_account_id = env["account.account"].create(
            {"code": "WOLOSS", "name": "Losses", "account_type": "expense"}
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)])
        cls.location_id = warehouse.lot_stock_id.id
        senior = env.ref("inventory_writeoff.group_writeoff_senior")
        rules = env["inventory.writeoff.approval.rule"]
        rules.create({"name": "Approver", "needed": 2})
        rules.create({"name": "Senior", "sequence": 20, "group_id": senior.id})
        changes = as_writer(env["inventory.writeoff.policy.change"].search([]))
        changes.changed_at = fields.Datetime.now() - timedelta(days=1)

    @classmethod
    def _create_user(cls, env, company, login, role):
        return new_test_user(
            env,
            login,
            groups=f"inventory_writeoff.group_writeoff_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        ).id

    def _submit(self):
        with self._open() as env:
            product = env["product.product"].create(
                {"name": "Goods", "is_storable": True}
            )
            location = env["stock.location"].browse(self.location_id)
            env["stock.quant"]._update_available_quantity(product, location, 10)
        with self._open(self.users["asks"]) as env:
            writeoff = env["inventory.writeoff"].create(
                {
                    "reason_id": env.ref("inventory_writeoff.reason_damage").id,
                    "disposal_method_id": env.ref(
                        "inventory_writeoff.disposal_method_destroy"
                    ).id,
                    "location_id": self.location_id,
                    "line_ids": [
                        Command.create({"product_id": product.id, "quantity": 1})
                    ],
                }
            )
            writeoff.action_submit()
            return writeoff.id

    def _call(self, writeoff_id, method, *args):
        def call(env):
            getattr(env["inventory.writeoff"].browse(writeoff_id), method)(*args)
            return "done"

        return call

    def _try(self, login, writeoff_id, method, *args):
        """Do it as a person does who is told to try again."""
        with self._open(self.users[login]) as env:
            return self._call(writeoff_id, method, *args)(env)

    def _at_once_on(self, writeoff_id, *calls):
        return self._at_once(
            *(
                (self.users[login], self._call(writeoff_id, method, *args))
                for login, method, *args in calls
            )
        )

    def _check_refusals(self, results, sentence):
        for result in results:
            if result != "done":
                self.assertIsInstance(result, UserError)
                self.assertRegex(str(result), sentence)

    def _read(self, writeoff_id):
        """Return the state, and [(round, state, decided by)] of the steps."""
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            steps = writeoff.approval_ids.sorted("id")
            return writeoff.state, [
                (step.round, step.state, step.decided_by_id.id) for step in steps
            ]

    def test_two_approvers_at_once(self):
        """Both decisions count, each on a place of its own."""
        writeoff_id = self._submit()
        both = ("decides", "decides_too")
        results = self._at_once_on(
            writeoff_id, *((login, "action_approve") for login in both)
        )
        self.assertIn("done", results)
        self._check_refusals(results, "Someone else is working")
        for login, result in zip(both, results, strict=True):
            if result != "done":
                self._try(login, writeoff_id, "action_approve")
        state, steps = self._read(writeoff_id)
        self.assertEqual(state, "to_approve")
        self.assertEqual([step[1] for step in steps], ["approved"] * 2 + ["asked"])
        self.assertEqual(
            {step[2] for step in steps[:2]}, {self.users[login] for login in both}
        )

    def test_one_person_twice_at_once(self):
        """Two clicks, or two browsers: one decision."""
        writeoff_id = self._submit()
        results = self._at_once_on(writeoff_id, *[("decides", "action_approve")] * 2)
        self.assertEqual(results.count("done"), 1)
        self._check_refusals(results, "Someone else is working|You have approved")
        _state, steps = self._read(writeoff_id)
        self.assertEqual([step[1] for step in steps], ["approved", "asked", "waiting"])

    def test_approve_while_rejecting(self):
        writeoff_id = self._submit()
        results = self._at_once_on(
            writeoff_id,
            ("decides", "action_approve"),
            ("decides_too", "reject", "Not broken"),
        )
        self._check_refusals(results, "Someone else is working|is Rejected")
        state, steps = self._read(writeoff_id)
        given = [step[1] for step in steps]
        if results[1] == "done":
            self.assertEqual(state, "rejected")
            self.assertIn("rejected", given)
            self.assertNotIn("asked", given)
        else:
            self.assertEqual((state, given[0]), ("to_approve", "approved"))
        self.assertEqual(given.count("approved"), results[0] == "done")

    def test_resubmit_while_approving(self):
        """An approval never lands in the round that came after it."""
        writeoff_id = self._submit()

        def resubmit(env):
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            writeoff.action_draft()
            writeoff.line_ids.quantity = 5
            writeoff.action_submit()
            return "done"

        results = self._at_once(
            (self.users["decides"], self._call(writeoff_id, "action_approve")),
            (self.users["asks"], resubmit),
        )
        self._check_refusals(results, "Someone else is working")
        self.assertIn("done", results)
        state, steps = self._read(writeoff_id)
        self.assertEqual(state, "to_approve")
        last = max(step[0] for step in steps)
        self.assertEqual(last, 2 if results[1] == "done" else 1)
        self.assertEqual(len(steps), 3 * last)
        approved = [step for step in steps if step[1] == "approved"]
        self.assertEqual(len(approved), results[0] == "done")
