import json
from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import WriteoffCommon

VIEWS = ("list", "kanban", "form", "search", "activity")
LINE_VIEWS = ("list", "kanban", "form", "search", "pivot", "graph")


@tagged("post_install", "-at_install")
class TestViews(WriteoffCommon):
    """Every role opens every screen with the rights of the role alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Broken Vase", cls.category_avco)
        cls.roles = (cls.requester | cls.approver | cls.senior) | (
            cls.finance | cls.manager | cls.auditor
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 10, 10.0)
        self._make_in_move(self.product, 10, 15.0)

    def _get_views(self, model, user, *kinds):
        views = [(False, kind) for kind in kinds]
        return self.env[model].with_user(user).get_views(views)["views"]

    def _get_buttons(self, model, user, kind="form"):
        arch = etree.fromstring(self._get_views(model, user, kind)[kind]["arch"])
        return [button.get("name") for button in arch.iter("button")]

    def _read(self, record, arch):
        """Read what a view shows of a record, as the web client does."""
        self.env.invalidate_all()
        (values,) = record.web_read(self._get_specification(etree.fromstring(arch)))
        return values

    def _get_specification(self, node):
        specification = {}
        for child in node:
            if child.tag == "field":
                fields = self._get_specification(child)
                specification[child.get("name")] = {"fields": fields} if fields else {}
            else:
                specification.update(self._get_specification(child))
        return specification

    def _get_menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False).values()
        return {
            menu["xmlid"].split(".")[1]
            for menu in menus
            if (menu.get("xmlid") or "").startswith("inventory_writeoff.")
        }

    def test_every_role_opens_a_posted_writeoff(self):
        writeoff = self._post((self.product, 12))
        for user in self.roles:
            with self.subTest(login=user.login):
                views = self._get_views("inventory.writeoff", user, *VIEWS)
                for kind in ("form", "list", "kanban"):
                    values = self._read(writeoff.with_user(user), views[kind]["arch"])
                    self.assertEqual(values["value"], 150.0)
                views = self._get_views("inventory.writeoff.line", user, *LINE_VIEWS)
                for kind in ("form", "list", "kanban"):
                    line = writeoff.line_ids.with_user(user)
                    values = self._read(line, views[kind]["arch"])
                    self.assertEqual(values["value_posted"], 150.0)

    def test_items_of_the_entry_for_those_who_may_read_it(self):
        writeoff = self._post((self.product, 12))
        for user in self.roles:
            arch = self._get_views("inventory.writeoff", user, "form")["form"]["arch"]
            may_read = user in (self.senior | self.finance | self.auditor)
            self.assertEqual("account_move_line_ids" in arch, may_read, user.login)
        arch = self._get_views("inventory.writeoff", self.finance, "form")["form"][
            "arch"
        ]
        values = self._read(writeoff.with_user(self.finance), arch)
        items = values["account_move_line_ids"]
        self.assertEqual(sum(item["debit"] for item in items), 150.0)

    def test_entry_opens_for_finance_and_for_accountants(self):
        writeoff = self._post((self.product, 12))
        own_form = self.env.ref("inventory_writeoff.account_move_writeoff_view_form")
        action = writeoff.with_user(self.finance).action_open_account_moves()
        self.assertEqual(action["views"], [(own_form.id, "form")])
        entries = self.env["account.move"].with_user(self.finance)
        arch = entries.get_views(action["views"])["views"]["form"]["arch"]
        values = self._read(entries.browse(action["res_id"]), arch)
        self.assertEqual(sum(item["credit"] for item in values["line_ids"]), 150.0)
        accountant = self._create_user(
            "accountant",
            "account.group_account_user,inventory_writeoff.group_writeoff_finance",
        )
        action = writeoff.with_user(accountant).action_open_account_moves()
        self.assertEqual(action["views"], [(False, "form")])

    def test_entry_leads_back_to_the_writeoff(self):
        writeoff = self._post((self.product, 12))
        self.assertIn(
            "action_open_writeoff", self._get_buttons("account.move", self.finance)
        )
        self.assertNotIn(
            "action_open_writeoff",
            self._get_buttons("account.move", self.invoicing_user),
        )
        entry = writeoff.with_user(self.finance).account_move_ids
        action = entry.action_open_writeoff()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("inventory.writeoff", writeoff.id)
        )

    def test_items_and_stock_moves_open_for_every_role(self):
        writeoff = self._post((self.product, 12))
        for user in self.roles:
            with self.subTest(login=user.login):
                record = writeoff.with_user(user)
                for action in (
                    record.action_open_lines(),
                    record.action_open_stock_moves(),
                ):
                    model = self.env[action["res_model"]].with_user(user)
                    views = model.get_views(action["views"])["views"]
                    self._read(model.search(action["domain"]), views["list"]["arch"])

    def test_line_leads_to_its_writeoff(self):
        writeoff = self._create_writeoff((self.product, 12))
        action = writeoff.line_ids.action_open_writeoff()
        self.assertEqual(action["res_id"], writeoff.id)

    def test_items_are_grouped_by_fields_of_the_writeoff(self):
        self._post((self.product, 12))
        self._create_writeoff((self.product, 2))
        lines = self.env["inventory.writeoff.line"].with_user(self.auditor)
        domain = [("product_id", "=", self.product.id)]
        groups = lines._read_group(
            domain, ["state", "requester_id"], ["value_posted:sum"]
        )
        self.assertEqual(
            groups, [("draft", self.requester, 0.0), ("posted", self.requester, 150.0)]
        )

    def test_entry_of_items(self):
        requester = self._create_user(
            "clerk", "inventory_writeoff.group_writeoff_user,uom.group_uom"
        )
        form = Form(self.env["inventory.writeoff"].with_user(requester))
        form.reason_id = self.reason
        form.disposal_method_id = self.disposal
        form.location_id = self.stock_location
        with form.line_ids.new() as line:
            line.product_id = self.product
            line.quantity = 12
            self.assertEqual(line.product_uom_id, self.product.uom_id)
            self.assertEqual(line.reason_id, self.reason)
            self.assertEqual(line.disposal_method_id, self.disposal)
            self.assertEqual(line.location_id, self.stock_location)
            self.assertEqual(line.free_quantity, 20.0)
            self.assertEqual(line.value_estimated, 150.0)
        self.assertEqual(form.value, 150.0)
        self.assertEqual(form.value_after, form.value_before - 150.0)
        writeoff = form.save()
        writeoff.action_submit()
        self.assertEqual(writeoff.state, "to_approve")

    def test_preview_is_the_entry_that_is_posted(self):
        writeoff = self._create_writeoff((self.product, 12))
        preview = json.loads(writeoff.entry_preview)["groups_vals"][0]["items_vals"]
        amount = writeoff.currency_id.format(150.0)
        loss, stock = self.loss_account, self.account_stock_valuation
        self.assertEqual(
            [
                (vals["account"], vals.get("debit"), vals.get("credit"))
                for *_, vals in preview
            ],
            [
                (loss.with_user(self.requester).display_name, amount, None),
                (stock.with_user(self.requester).display_name, None, amount),
            ],
        )
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        items = writeoff.sudo().account_move_line_ids
        self.assertEqual(
            [(item.account_id, item.balance) for item in items.sorted("credit")],
            [(loss, 150.0), (stock, -150.0)],
        )
        self.assertFalse(writeoff.entry_preview)

    def test_preview_names_a_missing_account(self):
        self.reason.loss_account_id = False
        self.company.writeoff_loss_account_id = False
        writeoff = self._create_writeoff((self.product, 12))
        self.assertIn("No account set", writeoff.entry_preview)

    def test_preview_of_many_items_is_cut(self):
        self.company.writeoff_entry_detail = "line"
        writeoff = self._create_writeoff(*[(self.product, 0.5)] * 24)
        preview = json.loads(writeoff.entry_preview)
        self.assertEqual(len(preview["groups_vals"][0]["items_vals"]), 40)
        self.assertEqual(preview["options"]["discarded_number"], "8 items")

    def test_buttons_per_role(self):
        expected = {
            self.requester: {"action_submit", "action_draft", "action_cancel"},
            self.approver: {"action_approve", "action_reject"},
            self.finance: {"action_post", "action_retry", "action_close"},
            self.auditor: set(),
        }
        steps = set.union(*expected.values())
        for user, buttons in expected.items():
            shown = set(self._get_buttons("inventory.writeoff", user))
            self.assertEqual(shown & steps, buttons, user.login)

    def test_one_highlighted_button_per_state(self):
        user = self._create_user(
            "all_roles",
            ",".join(
                f"inventory_writeoff.group_writeoff_{role}"
                for role in ("user", "approver", "finance")
            ),
        )
        arch = self._get_views("inventory.writeoff", user, "form")["form"]["arch"]
        buttons = etree.fromstring(arch).xpath("//header/button[@class='oe_highlight']")
        # One person plays all the roles.
        self.company.writeoff_separate_poster = False
        flags = [f"can_{name}" for name in ("submit", "approve", "post", "draft")]
        flags += ["can_retry", "can_close", "posting_void"]
        writeoff = self._create_writeoff((self.product, 2))
        states = {}
        for action in (
            "submit",
            "approve",
            "reject",
            "draft",
            "submit",
            "approve",
            "post",
        ):
            record = writeoff.with_user(user)
            values = {"state": record.state, **{flag: record[flag] for flag in flags}}
            states[record.state] = [
                button.get("name")
                for button in buttons
                if not safe_eval(button.get("invisible"), values)
            ]
            if action == "reject":
                record.reject("Once more.")
            else:
                asked = action in ("submit", "draft")
                getattr(writeoff if asked else record, f"action_{action}")()
        self.assertEqual(
            states,
            {
                "draft": ["action_submit"],
                "to_approve": ["action_approve"],
                "approved": ["action_post"],
                "rejected": ["action_draft"],
            },
        )

    def test_menus_per_role(self):
        common = {
            "inventory_writeoff_menu_root",
            "inventory_writeoff_menu",
            "inventory_writeoff_line_menu",
        }
        to_approve = "inventory_writeoff_menu_to_approve"
        reasons = "inventory_writeoff_reason_menu"
        settings = "inventory_writeoff_settings_menu"
        expected = {
            self.requester: set(),
            self.approver: {to_approve},
            self.senior: {to_approve},
            self.finance: set(),
            self.manager: {reasons, settings},
            self.auditor: {reasons},
        }
        for user, own in expected.items():
            menus = self._get_menus(user)
            self.assertLessEqual(common | own, menus, user.login)
            self.assertFalse(
                menus & ({to_approve, reasons, settings} - own), user.login
            )
        for user in (self.stock_user, self.invoicing_user):
            self.assertFalse(self._get_menus(user) & common, user.login)

    def test_list_in_inventory_and_invoicing(self):
        stock_menu = "inventory_writeoff_menu_stock"
        account_menu = "inventory_writeoff_menu_account"
        both = {stock_menu, account_menu}
        role = "inventory_writeoff.group_writeoff_user"
        keeper = self._create_user("keeper", f"stock.group_stock_user,{role}")
        accountant = self._create_user("book", f"account.group_account_user,{role}")
        self.assertEqual(self._get_menus(keeper) & both, {stock_menu})
        self.assertEqual(self._get_menus(accountant) & both, {account_menu})
        self.assertFalse(self._get_menus(self.stock_user) & both)

    def test_to_approve_shows_what_others_asked_for(self):
        both = self._create_user(
            "ask_and_approve",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver",
        )
        own = self._submit((self.product, 2), user=both)
        other = self._submit((self.product, 3))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_action_to_approve"
        )
        domain = literal_eval(action["domain"])
        shown = self.env["inventory.writeoff"].with_user(both).search(domain)
        self.assertIn(other, shown)
        self.assertNotIn(own, shown)

    def test_button_on_product_lot_and_location(self):
        lot_product = self._create_product("Broken Jar", tracking="lot")
        lot = self._create_lot(lot_product, "LOT-1")
        self._make_in_move(lot_product, 5, 4.0, lot_ids=lot)
        writeoff = self._submit((lot_product, 2, {"lot_id": lot.id}))
        for record in (
            lot_product,
            lot_product.product_tmpl_id,
            lot,
            self.stock_location,
        ):
            with self.subTest(model=record._name):
                opened = record.with_user(self.auditor)
                self.assertEqual(opened.writeoff_count, 1)
                domain = opened.action_open_writeoffs()["domain"]
                found = self.env["inventory.writeoff"].search(domain)
                self.assertEqual(found, writeoff)
                buttons = self._get_buttons(record._name, self.auditor)
                self.assertIn("action_open_writeoffs", buttons)
                buttons = self._get_buttons(record._name, self.stock_user)
                self.assertNotIn("action_open_writeoffs", buttons)

    def test_user_can_have_several_roles(self):
        """The user form offers one group per privilege: each role needs its own."""
        groups = self.env["res.groups"].browse(
            self.env.ref(f"inventory_writeoff.group_writeoff_{role}").id
            for role in ("user", "approver", "senior", "finance", "manager", "auditor")
        )
        self.assertEqual(len(groups.privilege_id), 6)
        self.assertEqual(groups.privilege_id.group_ids, groups)

    def test_manager_saves_the_settings(self):
        journal = self.company.account_stock_journal_id
        account = self._create_account("WODEF", "Losses by default")
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).writeoff_journal_id = journal
        form = Form(self.env["inventory.writeoff.settings"].with_user(self.manager))
        self.assertEqual(form.writeoff_location_id, self.loss_location)
        form.writeoff_journal_id = journal
        form.writeoff_loss_account_id = account
        form.writeoff_entry_detail = "line"
        form.save().action_save()
        self.assertRecordValues(
            self.company,
            [
                {
                    "writeoff_journal_id": journal.id,
                    "writeoff_loss_account_id": account.id,
                    "writeoff_location_id": self.loss_location.id,
                    "writeoff_entry_detail": "line",
                }
            ],
        )

    def test_settings_in_part(self):
        """Over RPC, settings that are not named stay as they are."""
        self.company.write({"writeoff_hold_days": 9, "writeoff_drift_percent": 3.5})
        settings = self.env["inventory.writeoff.settings"].with_user(self.manager)
        settings.create({"writeoff_entry_detail": "line"}).action_save()
        self.assertRecordValues(
            self.company,
            [
                {
                    "writeoff_entry_detail": "line",
                    "writeoff_hold_days": 9,
                    "writeoff_drift_percent": 3.5,
                }
            ],
        )

    def test_settings_obey_the_rules_of_the_company(self):
        form = Form(self.env["inventory.writeoff.settings"].with_user(self.manager))
        form.writeoff_loss_account_id = self.account_stock_valuation
        with self.assertRaisesRegex(ValidationError, "balance-sheet account"):
            form.save().action_save()

    def test_settings_are_for_the_manager_only(self):
        for user in self.roles - self.manager:
            settings = self.env["inventory.writeoff.settings"].with_user(user)
            with self.subTest(login=user.login), self.assertRaises(AccessError):
                settings.create({})
