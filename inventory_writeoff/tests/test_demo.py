from unittest import SkipTest

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged

from ..models.inventory_writeoff import POSTED_STATES

STATES_AND_VALUES = {
    "writeoff_theft": ("partly_reversed", 168.0),
    "writeoff_expired_oil": ("posted", 108.0),
    "writeoff_lanterns": ("posted", 416.0),
    "writeoff_kitchen": ("posted", 162.0),
    "writeoff_recall": ("posted", 240.0),
    "writeoff_vases": ("posted", 50.0),
    "writeoff_expired_coffee": ("approved", 330.0),
    "writeoff_plates": ("to_approve", 156.0),
    "writeoff_filters": ("to_approve", 225.0),
    "writeoff_hob": ("rejected", 150.0),
    "writeoff_missing_drill": ("cancelled", 84.0),
    "writeoff_donation": ("draft", 72.0),
    "writeoff_sample": ("draft", 41.5),
    "writeoff_missing_lanterns": ("to_approve", 56.0),
}
ROLES = {
    "requester": "user",
    "warehouse": "user",
    "approver": "approver",
    "senior": "senior",
    "finance": "finance",
    "manager": "manager",
    "auditor": "auditor",
}


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """What the demo data promises, on a database that was installed with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first = cls.env.ref(
            "inventory_writeoff.writeoff_theft", raise_if_not_found=False
        )
        if not first:
            raise SkipTest("This database was installed without demo data.")
        cls.company = cls.env.ref("base.main_company")
        cls.writeoffs = {
            name: cls.env.ref(f"inventory_writeoff.{name}")
            for name in STATES_AND_VALUES
        }

    def _user(self, login):
        return self.env.ref(f"inventory_writeoff.user_demo_{login}")

    def test_states_and_values(self):
        found = {
            name: (writeoff.state, writeoff.value_posted or writeoff.value_estimated)
            for name, writeoff in self.writeoffs.items()
        }
        self.assertEqual(found, STATES_AND_VALUES)
        states = dict(self.env["inventory.writeoff"]._fields["state"].selection)
        # Nothing is reversed in whole: the story goes on with the rest. Nothing is so
        # large that it is posted in the background.
        others = {"reversed", "posting", "partly_posted"}
        self.assertEqual(
            {state for state, _value in found.values()}, set(states) - others
        )

    def test_posted_entries(self):
        """One balanced entry each, on the accounting date, decided by two people."""
        for name, writeoff in self.writeoffs.items():
            if writeoff.state not in POSTED_STATES:
                self.assertFalse(writeoff.account_move_ids, name)
                continue
            self.assertRecordValues(
                writeoff.account_move_ids,
                [
                    {
                        "state": "posted",
                        "date": writeoff.accounting_date,
                        "ref": writeoff.name,
                        "amount_total_signed": writeoff.value_posted,
                    }
                ],
            )
            items = writeoff.account_move_ids.line_ids
            self.assertEqual(sum(items.mapped("debit")), writeoff.value_posted, name)
            self.assertEqual(sum(items.mapped("credit")), writeoff.value_posted, name)
            self.assertNotEqual(writeoff.requester_id, writeoff.approver_id, name)
        days = {writeoff.accounting_date for writeoff in self.writeoffs.values()}
        self.assertEqual(len(days - {False}), 6)

    def test_reversal(self):
        """One of two stolen drills is back in stock, and half of the loss."""
        theft = self.writeoffs["writeoff_theft"]
        reversal = theft.reversal_ids
        self.assertRecordValues(
            reversal,
            [
                {
                    "state": "posted",
                    "value_posted": -84.0,
                    "requester_id": self._user("warehouse").id,
                    "approver_id": self._user("approver").id,
                    "poster_id": self._user("finance").id,
                }
            ],
        )
        self.assertEqual(theft.value_reversed, 84.0)
        entry = reversal.account_move_ids
        self.assertEqual(entry.reversed_entry_id, theft.account_move_ids)
        serial = reversal.line_ids.lot_id
        self.assertEqual(serial, self.env.ref("inventory_writeoff.serial_drill_4"))
        on_shelf = serial.quant_ids.filtered(
            lambda quant: quant.location_id == theft.line_ids.location_id
        )
        self.assertEqual(on_shelf.quantity, 1.0)

    def test_approvals(self):
        """Two steps for what is missing; the story of the vases takes one."""
        missing = self.writeoffs["writeoff_missing_lanterns"]
        self.assertEqual(
            [(step.state, step.decided_by_id) for step in missing.approval_ids],
            [
                ("approved", self._user("approver")),
                ("asked", self.env["res.users"]),
            ],
        )
        self.assertEqual(missing.next_decider_ids, self._user("senior"))
        missing.with_user(self._user("senior")).action_approve()
        self.assertEqual(missing.state, "approved")
        donation = self.writeoffs["writeoff_donation"]
        plan = self.env["inventory.writeoff.policy"]._plan(donation)[donation]
        self.assertEqual(len(plan.steps), 1)

    def test_findings(self):
        """What was posted for a past day was settled by senior finance, in words."""
        for name, writeoff in self.writeoffs.items():
            if writeoff.state in POSTED_STATES:
                to_review = writeoff.finding_ids.filtered(
                    lambda finding: finding.severity == "review"
                )
                self.assertEqual(
                    to_review.settled_by_id,
                    self._user("senior") if to_review else self.env["res.users"],
                    name,
                )
                self.assertTrue(all(to_review.mapped("justification")), name)

    def test_stock_and_ledger_agree(self):
        products = self.env["product.product"].search(
            [
                (
                    "categ_id.property_stock_valuation_account_id",
                    "in",
                    [
                        self.env.ref(f"inventory_writeoff.account_valuation_{name}").id
                        for name in ("household", "consumables")
                    ],
                )
            ]
        )
        accounts = self.company._get_accounts_by_product(products)
        stock = self.company.stock_value(accounts)
        ledger = self.company.stock_accounting_value(accounts)
        self.assertEqual(len(stock), 2)
        for account, value in stock.items():
            self.assertAlmostEqual(value, ledger[account], 2, account.display_name)

    def test_users(self):
        """Each has the role of the name and none of the others."""
        roles = {
            role: self.env.ref(f"inventory_writeoff.group_writeoff_{role}")
            for role in set(ROLES.values())
        }
        for login, role in ROLES.items():
            user = self._user(login)
            self.assertEqual((user.login, user.active), (login, True))
            mine = {
                name for name, group in roles.items() if group in user.all_group_ids
            }
            self.assertEqual(mine, {role}, login)

    def test_story(self):
        """Twelve broken vases, by three people, on the demo's own stock."""
        vase = self.env.ref("inventory_writeoff.product_vase")
        location = self.env.ref("stock.stock_location_stock")
        writeoff = (
            self.env["inventory.writeoff"]
            .with_user(self._user("requester"))
            .create(
                {
                    "reason_id": self.env.ref("inventory_writeoff.reason_damage").id,
                    "disposal_method_id": self.env.ref(
                        "inventory_writeoff.disposal_method_destroy"
                    ).id,
                    "location_id": location.id,
                    "line_ids": [
                        Command.create({"product_id": vase.id, "quantity": 12})
                    ],
                }
            )
        )
        self.assertEqual(writeoff.line_ids.free_quantity, 36)
        writeoff.action_submit()
        writeoff.with_user(self._user("approver")).action_approve()
        writeoff.with_user(self._user("finance")).action_post()
        self.assertEqual((writeoff.state, writeoff.value_posted), ("posted", 150.0))
        self.assertEqual(writeoff.accounting_date, fields.Date.context_today(writeoff))
        self.assertEqual(vase.with_context(location=location.id).qty_available, 24)
        self.assertRecordValues(
            writeoff.sudo().account_move_ids.line_ids.sorted("credit"),
            [
                {
                    "account_id": self.env.ref("inventory_writeoff.account_loss").id,
                    "debit": 150.0,
                    "credit": 0.0,
                },
                {
                    "account_id": self.env.ref(
                        "inventory_writeoff.account_valuation_household"
                    ).id,
                    "debit": 0.0,
                    "credit": 150.0,
                },
            ],
        )
