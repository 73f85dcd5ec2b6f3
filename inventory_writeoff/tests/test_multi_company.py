from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .rpc import Refused, WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestMultiCompany(WriteoffRpcCommon):
    """Each company has its goods, its accounts, its write-offs; a branch its own."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.companies = cls.company | cls.other_company
        roles = ("user", "approver", "finance")
        cls.both, cls.both_approver, cls.both_finance = (
            cls._create_role_user(f"both_{role}", role) for role in roles
        )
        (cls.both | cls.both_approver | cls.both_finance).company_ids = cls.companies
        cls.stranger, cls.other_approver, cls.other_finance = (
            cls._create_role_user(f"other_{role}", role, company=cls.other_company)
            for role in roles
        )
        warehouses = cls.env["stock.warehouse"]
        cls.other_warehouse = warehouses.search(
            [("company_id", "=", cls.other_company.id)]
        )
        cls.other_location = cls.other_warehouse.lot_stock_id
        cls.branch_location = warehouses.search(
            [("company_id", "=", cls.branch.id)]
        ).lot_stock_id
        env = cls.env(context={"allowed_company_ids": cls.other_company.ids})
        cls.other_account = env["account.account"].create(
            {"code": "OTHLOS", "name": "Other losses", "account_type": "expense"}
        )
        cls.reason.with_company(cls.other_company).loss_account_id = cls.other_account

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 10, 10.0)
        self._stock(self.other_company, self.other_location)

    def _stock(self, company, location):
        env = self.env(context={"allowed_company_ids": company.ids})
        product = self.product.with_env(env)
        product.standard_price = 20.0
        env["stock.quant"]._update_available_quantity(product, location, 10)

    def _other_writeoff(self, user=None):
        writeoffs = self.env["inventory.writeoff"].with_user(user or self.stranger)
        return writeoffs.with_company(self.other_company).create(
            {
                "company_id": self.other_company.id,
                "reason_id": self.reason.id,
                "disposal_method_id": self.disposal.id,
                "line_ids": [
                    Command.create(
                        self._line_vals(
                            self.product, 2, location_id=self.other_location.id
                        )
                    )
                ],
            }
        )

    def test_strangers_see_and_do_nothing(self):
        """Neither by list, nor by id, nor by any button over RPC."""
        other = self._other_writeoff()
        other.action_submit()
        writeoffs = self.env["inventory.writeoff"]
        for user in (
            self.requester,
            self.approver,
            self.senior,
            self.finance,
            self.manager,
            self.auditor,
        ):
            self.assertFalse(writeoffs.with_user(user).search([]))
            for method in ("read", "action_approve", "action_post", "action_cancel"):
                with self.assertRaisesRegex(Refused, "access|role"):
                    self._rpc_on(user, other, method)
            # What the user says about the companies does not help.
            with self.assertRaisesRegex(Refused, "access|compan"):
                context = {"allowed_company_ids": self.companies.ids}
                self._rpc_on(user, other, "read", context=context)
        self.assertEqual(other.state, "to_approve")

    def test_switching_companies(self):
        own = self._submit((self.product, 1), user=self.both)
        other = self._other_writeoff(self.both)
        writeoffs = self.env["inventory.writeoff"].with_user(self.both)
        for companies, seen in (
            (self.company, own),
            (self.other_company, other),
            (self.companies, own | other),
        ):
            writeoffs = writeoffs.with_context(allowed_company_ids=companies.ids)
            self.assertEqual(writeoffs.search([]), seen)

    def test_one_batch_of_two_companies(self):
        """Each posts to its own account, journal and location, in its own entry."""
        own = self._submit((self.product, 2), user=self.both)
        other = self._other_writeoff(self.both)
        other.action_submit()
        batch = (own | other).with_context(allowed_company_ids=self.companies.ids)
        batch.with_user(self.both_approver).action_approve()
        batch.with_user(self.both_finance).action_post()
        for writeoff, company, account, value in (
            (own, self.company, self.loss_account, 20.0),
            (other, self.other_company, self.other_account, 40.0),
        ):
            entry = writeoff.sudo().account_move_ids
            loss = entry.line_ids.filtered("debit")
            move = writeoff.sudo().stock_move_ids
            self.assertEqual(entry.company_id, company)
            self.assertEqual(entry.journal_id, company.account_stock_journal_id)
            self.assertEqual((loss.account_id, loss.debit), (account, value))
            self.assertEqual(move.location_dest_id, company.writeoff_location_id)
            self.assertEqual(move.company_id, company)
            self.assertEqual(writeoff.value_before - writeoff.value_after, value)

    def test_reversals_of_two_companies(self):
        """Posted in one call, each comes back in its own company."""
        own = self._submit((self.product, 2), user=self.both)
        other = self._other_writeoff(self.both)
        other.action_submit()
        batch = (own | other).with_context(allowed_company_ids=self.companies.ids)
        batch.with_user(self.both_approver).action_approve()
        batch.with_user(self.both_finance).action_post()
        reversals = batch.reverse("Counted wrong")
        reversals.action_submit()
        reversals.with_user(self.both_approver).action_approve()
        reversals.with_user(self.both_finance).action_post()
        for reversal, original, value in zip(
            reversals, batch, (20.0, 40.0), strict=True
        ):
            entry = reversal.sudo().account_move_ids
            self.assertEqual(reversal.company_id, original.company_id)
            self.assertEqual(entry.company_id, original.company_id)
            self.assertEqual(sum(entry.line_ids.mapped("credit")), value)
            self.assertEqual(
                reversal.sudo().stock_move_ids.company_id, original.company_id
            )
            self.assertEqual(original.state, "reversed")

    def test_a_batch_is_all_or_nothing(self):
        own = self._approve((self.product, 2), user=self.both)
        other = self._other_writeoff(self.both)
        other.action_submit()
        other.with_user(self.other_approver).action_approve()
        self.reason.with_company(self.other_company).loss_account_id = False
        batch = (own | other).with_context(allowed_company_ids=self.companies.ids)
        self.assertRefused(
            f"{other.name}.*no loss account in Other Company",
            batch.with_user(self.both_finance).action_post,
        )
        self.assertEqual(set(batch.mapped("state")), {"approved"})

    def _get_foreign_records(self):
        env = self.env(context={"allowed_company_ids": self.other_company.ids})
        company = self.other_company.id
        product = env["product.product"].create(
            {"name": "Foreign cup", "is_storable": True, "company_id": company}
        )
        box = env["stock.package"].create({"name": "Foreign box"})
        # A package belongs to the company of what is in it.
        env["stock.quant"]._update_available_quantity(
            self.product.with_env(env), self.other_location, 1, package_id=box
        )
        return {
            "location_id": self.other_location,
            "product_id": product,
            "lot_id": env["stock.lot"].create(
                {"name": "Foreign lot", "product_id": product.id, "company_id": company}
            ),
            "package_id": box,
            "owner_id": env["res.partner"].create(
                {"name": "Foreign owner", "company_id": company}
            ),
        }

    def test_records_of_another_company(self):
        """In an item, over RPC: named, with what to do, whoever may see them."""
        draft = self._create_writeoff((self.product, 1), user=self.both)
        vals = self._line_vals(self.product, 1)
        for field, record in self._get_foreign_records().items():
            pattern = f"{record.display_name} does not belong to Inventory Test.*Choose"
            foreign = {field: record.id}
            if field == "lot_id":
                # A lot is its product's company's, so it is the product that is wrong.
                pattern = "lot Foreign lot is a lot of Foreign cup. Choose"
            for user in (self.both, self.requester):
                header = {"line_ids": [Command.create({**vals, **foreign})]}
                with self.subTest(field=field, user=user.login):
                    self.assertRefused(
                        pattern,
                        self._rpc,
                        user,
                        draft._name,
                        "create",
                        [header],
                    )
            with self.subTest(field=field):
                self.assertRefused(
                    pattern,
                    self._rpc_on,
                    self.both,
                    draft.line_ids,
                    "write",
                    foreign,
                )

    def test_header_of_another_company(self):
        draft = self._create_writeoff((self.product, 1), user=self.both)
        self.assertRefused(
            "New: Location Other/Stock does not belong to Inventory Test.*Choose",
            self._rpc_on,
            self.both,
            draft,
            "write",
            {"location_id": self.other_location.id},
        )
        self.assertRefused(
            "belong.*Choose",
            self._rpc_on,
            self.both,
            draft,
            "write",
            {"company_id": self.other_company.id},
        )
        with self.assertRaisesRegex(Refused, "access"):
            vals = {"company_id": self.other_company.id}
            self._rpc(self.requester, draft._name, "create", [vals])

    def test_settings_of_another_company(self):
        """A reason and the settings take accounts and locations of the company only."""
        reason = self.reason.with_user(self.manager)
        for field, record in (
            ("loss_account_id", self.other_account),
            ("loss_location_id", self.other_company.writeoff_location_id),
        ):
            self.assertRefused(
                f"TEST.*{record.name}.*Inventory Test Company. Choose",
                self._rpc_on,
                self.manager,
                reason,
                "write",
                {field: record.id},
            )
        for field, record in (
            ("writeoff_loss_account_id", self.other_account),
            ("writeoff_location_id", self.other_company.writeoff_location_id),
            ("writeoff_journal_id", self.other_company.account_stock_journal_id),
        ):
            with self.assertRaisesRegex(ValidationError, "Choose|choose"):
                self.company[field] = record

    def test_branch(self):
        """A branch has its own goods and location, and its parent's accounts."""
        self._stock(self.branch, self.branch_location)
        self.assertTrue(self.branch.writeoff_location_id)
        self.assertEqual(self.branch.writeoff_location_id.company_id, self.branch)
        users = self.both | self.both_approver | self.both_finance
        users.company_ids = self.company | self.branch
        users.company_id = self.branch
        self.reason.with_company(self.branch).loss_account_id = self.loss_account
        writeoff = (
            self.env["inventory.writeoff"]
            .with_user(self.both)
            .create(
                {
                    "reason_id": self.reason.id,
                    "disposal_method_id": self.disposal.id,
                    "location_id": self.branch_location.id,
                    "line_ids": [
                        Command.create({"product_id": self.product.id, "quantity": 2})
                    ],
                }
            )
        )
        self.assertEqual(writeoff.company_id, self.branch)
        writeoff.action_submit()
        with self.assertRaises(AccessError):
            writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.both_approver).action_approve()
        writeoff.with_user(self.both_finance).action_post()
        entry = writeoff.sudo().account_move_ids
        self.assertEqual(entry.company_id, self.branch)
        self.assertEqual(entry.line_ids.filtered("debit").account_id, self.loss_account)

    def test_company_without_accounts(self):
        """Every missing piece is named at once, before anything is held."""
        company = self.env["res.company"].create({"name": "Bare Company"})
        self.assertTrue(company.writeoff_location_id)
        user = self._create_role_user("bare", "user", company=company)
        location = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", company.id)])
            .lot_stock_id
        )
        self._stock(company, location)
        writeoff = (
            self.env["inventory.writeoff"]
            .with_user(user)
            .create(
                {
                    "reason_id": self.reason.id,
                    "disposal_method_id": self.disposal.id,
                    "location_id": location.id,
                    "line_ids": [
                        Command.create({"product_id": self.product.id, "quantity": 1})
                    ],
                }
            )
        )
        message = self.assertRefused(
            "no journal", self._rpc_on, user, writeoff, "action_submit"
        )
        self.assertRegex(message, "Bare Company has no journal for write-offs. Set")
        self.assertRegex(message, "has no loss account in Bare Company. Set")
        self.assertRegex(message, "Avco has no stock valuation account. Set")
        with self.assertRaises(UserError):
            writeoff.action_submit()
        self.assertFalse(writeoff.sudo().stock_move_ids)
