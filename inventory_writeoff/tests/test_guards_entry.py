import re

from odoo import Command
from odoo.tests import tagged

from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestGuardsEntry(WriteoffRpcCommon):
    """The journal entry of a write-off: changed by the write-off only.

    An accountant alone would give the loss back while the stock stays gone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What checks find is no business of these tests.
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.product = cls._create_product("Booked Vase")
        cls.accountant = cls._create_user("accountant", "account.group_account_manager")

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 30, 10.0)
        self.writeoff = self._post((self.product, 6))
        self.entry = self.writeoff.sudo().account_move_ids.with_env(self.env)
        self.loss_item = self.entry.line_ids.filtered("debit")
        self.other_entry = self._create_other_entry()
        self.env.flush_all()

    def _create_other_entry(self):
        accounts = self.entry.line_ids.account_id
        return self.env["account.move"].create(
            {
                "journal_id": self.entry.journal_id.id,
                "line_ids": [
                    Command.create({"account_id": accounts[0].id, "debit": 5.0}),
                    Command.create({"account_id": accounts[1].id, "credit": 5.0}),
                ],
            }
        )

    def _read_facts(self):
        entries = self.env["account.move"].search([])
        return {
            **super()._read_facts(),
            "entry values": entries.read(["state", "date", "ref", "writeoff_id"]),
            "items": entries.line_ids.read(
                ["account_id", "balance", "name", "analytic_distribution", "move_id"]
            ),
        }

    def _assert_refused_by_name(self, user, call, *args, **kwargs):
        self.assertRefused(re.escape(self.writeoff.name), call, user, *args, **kwargs)

    def test_buttons(self):
        for user in (self.invoicing_user, self.accountant):
            for method in ("button_draft", "button_cancel", "unlink"):
                with self.subTest(user=user.login, method=method):
                    self._assert_refused_by_name(user, self._rpc_on, self.entry, method)

    def test_delete_with_force(self):
        self._assert_refused_by_name(
            self.accountant,
            self._rpc_on,
            self.entry,
            "unlink",
            context={"force_delete": True},
        )

    def test_reversal_wizard(self):
        for user in (self.invoicing_user, self.accountant):
            for method in ("refund_moves", "modify_moves", "reverse_moves"):
                wizard = self.env["account.move.reversal"].create(
                    {
                        "move_ids": [Command.set(self.entry.ids)],
                        "journal_id": self.entry.journal_id.id,
                    }
                )
                wizard.create_uid = user
                self.env.flush_all()
                with self.subTest(user=user.login, method=method):
                    self._assert_refused_by_name(user, self._rpc_on, wizard, method)
        for cancel in (True, False):
            with self.subTest(cancel=cancel):
                self._assert_refused_by_name(
                    self.invoicing_user,
                    lambda user, cancel=cancel: self.entry.with_user(
                        user
                    )._reverse_moves([{}], cancel=cancel),
                )

    def test_write_entry(self):
        item = self.loss_item
        for user in (self.invoicing_user, self.accountant):
            for field, value in {
                "date": "2020-01-01",
                "ref": "Mine",
                "name": "MINE/1",
                "state": "draft",
                "journal_id": self.env["account.journal"].search([], limit=1).id,
                "partner_id": self.env.user.partner_id.id,
                "narration": "Mine",
                "move_type": "in_invoice",
                "company_id": self.env.ref("base.main_company").id,
                "currency_id": self.env.ref("base.EUR").id,
                "writeoff_id": False,
                "reversed_entry_id": self.other_entry.id,
                "reversal_move_ids": [Command.link(self.other_entry.id)],
                "stock_move_ids": [Command.clear()],
                "line_ids": [Command.update(item.id, {"name": "Mine"})],
                "invoice_line_ids": [Command.clear()],
                "line_ids 2": [Command.link(self.other_entry.line_ids[0].id)],
            }.items():
                with self.subTest(user=user.login, field=field):
                    self._assert_refused_by_name(
                        user,
                        self._rpc_on,
                        self.entry,
                        "write",
                        {field.split()[0]: value},
                    )
            with self.subTest(user=user.login, way="web_save"):
                self._assert_refused_by_name(
                    user, self._rpc_on, self.entry, "web_save", {"ref": "x"}, {"id": {}}
                )

    def test_write_item(self):
        for user in (self.invoicing_user, self.accountant):
            for field, value in {
                "account_id": self.other_entry.line_ids[0].account_id.id,
                "debit": 1.0,
                "balance": 1.0,
                "amount_currency": 1.0,
                "name": "Mine",
                "analytic_distribution": {"1": 100},
                "tax_ids": [Command.clear()],
                "tax_tag_ids": [Command.clear()],
                "move_id": self.other_entry.id,
                "partner_id": self.env.user.partner_id.id,
                "product_id": False,
                "quantity": 99.0,
                "date_maturity": "2020-01-01",
            }.items():
                with self.subTest(user=user.login, field=field):
                    self._assert_refused_by_name(
                        user, self._rpc_on, self.loss_item, "write", {field: value}
                    )
            with self.subTest(user=user.login, method="unlink"):
                self._assert_refused_by_name(
                    user, self._rpc_on, self.loss_item, "unlink"
                )

    def test_add_item(self):
        account = self.loss_item.account_id
        values = {"account_id": account.id, "name": "Mine", "balance": 0.0}
        for user in (self.invoicing_user, self.accountant):
            with self.subTest(user=user.login, way="create"):
                self._assert_refused_by_name(
                    user,
                    self._rpc,
                    "account.move.line",
                    "create",
                    [{**values, "move_id": self.entry.id}],
                )
            with self.subTest(user=user.login, way="from another entry"):
                self._assert_refused_by_name(
                    user,
                    self._rpc_on,
                    self.other_entry.line_ids[0],
                    "write",
                    {"move_id": self.entry.id},
                )

    def test_entry_that_claims_to_be_ours(self):
        moves = self.writeoff.sudo().stock_move_ids
        for user in (self.invoicing_user, self.accountant):
            for field, value in (
                ("writeoff_id", self.writeoff.id),
                ("reversed_entry_id", self.entry.id),
            ):
                values = {"journal_id": self.entry.journal_id.id}
                for way, method, args, context in (
                    ("value", "create", [[{**values, field: value}]], {}),
                    ("default", "create", [[values]], {f"default_{field}": value}),
                    ("write", "write", [self.other_entry.ids, {field: value}], {}),
                ):
                    with self.subTest(user=user.login, field=field, way=way):
                        self.assertRefused(
                            "write-off",
                            self._rpc,
                            user,
                            "account.move",
                            method,
                            *args,
                            context=context,
                        )
            with self.subTest(user=user.login, way="stock moves"):
                self._assert_refused_by_name(
                    user,
                    self._rpc_on,
                    self.other_entry,
                    "write",
                    {"stock_move_ids": [Command.link(moves.id)]},
                )

    def test_copy(self):
        copy_id = self._rpc_on(self.invoicing_user, self.entry, "copy")
        copied = self.entry.browse(copy_id)
        self.assertFalse(copied.writeoff_id)
        self.assertFalse(copied.reversed_entry_id)
        self.assertFalse(copied.stock_move_ids)
        self.assertEqual(copied.state, "draft")

    def test_what_harms_nothing(self):
        """Followers, activities, messages and files stay possible."""
        before = self._read_facts()
        self._rpc_on(self.invoicing_user, self.entry, "message_post", body="Seen.")
        self._rpc_on(
            self.invoicing_user,
            self.entry,
            "message_subscribe",
            partner_ids=self.accountant.partner_id.ids,
        )
        self._rpc_on(
            self.invoicing_user,
            self.entry,
            "activity_schedule",
            act_type_xmlid="mail.mail_activity_data_todo",
            user_id=self.accountant.id,
        )
        self._rpc(
            self.invoicing_user,
            "ir.attachment",
            "create",
            [{"name": "x.txt", "res_model": "account.move", "res_id": self.entry.id}],
        )
        self.assertIn("Seen.", str(self.entry.message_ids.mapped("body")))
        self.assertIn(self.accountant.partner_id, self.entry.message_partner_ids)
        self.assertTrue(self.entry.activity_ids)
        self.assertEqual(self._read_facts(), before)

    def test_secured_journal(self):
        """Entries are hashed on posting, and afterwards with the button."""
        journal = self.env["account.journal"].create(
            {"name": "Secured", "code": "SECW", "type": "general"}
        )
        journal.restrict_mode_hash_table = True
        self.company.writeoff_journal_id = journal
        secured = self._post((self.product, 2)).sudo().account_move_ids
        self.assertEqual(secured.journal_id, journal)
        self.assertEqual(secured.state, "posted")
        self.assertTrue(secured.inalterable_hash)
        self.assertFalse(self.entry.inalterable_hash)
        self._rpc_on(self.accountant, self.entry, "button_hash")
        self.assertTrue(self.entry.inalterable_hash)

    def test_other_entries_are_free(self):
        self._rpc_on(self.accountant, self.other_entry, "action_post")
        self._rpc_on(self.accountant, self.other_entry, "button_draft")
        self._rpc_on(self.invoicing_user, self.other_entry, "write", {"ref": "Free"})
        self.assertEqual(self.other_entry.ref, "Free")
        self._rpc_on(self.accountant, self.other_entry, "unlink")
        self.assertFalse(self.other_entry.exists())
