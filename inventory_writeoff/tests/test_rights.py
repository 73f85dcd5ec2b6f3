import warnings

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .evidence import EvidenceCommon, make_image
from .rpc import Refused

ROLES = ["user", "approver", "senior", "finance", "manager", "auditor"]
# What roles read of other apps, beyond what every employee reads.
READ = {
    "user": {"stock.lot", "stock.move"},
    "approver": {"stock.lot", "stock.move"},
    "senior": {
        "stock.lot",
        "stock.move",
        "account.move",
        "account.move.line",
        "account.journal",
    },
    "manager": {"stock.lot", "stock.move", "account.journal"},
}
READ["finance"] = READ["auditor"] = READ["senior"]


@tagged("post_install", "-at_install")
class TestRights(EvidenceCommon):
    """Write-offs give nobody a right in other apps, and take none away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._create_user("employee", "base.group_user")

    def _prepare_once(self):
        super()._prepare_once()
        self.receipt = self._make_in_move(self.product, 10, 10.0)
        self.invoice = self._create_invoice(self.product, 1, 30.0)
        self.writeoff = self._post((self.product, 2))
        self.submitted = self._submit((self.product, 2))
        self.evidence = self._add(self.submitted)

    def _get_models(self, user, mode):
        access = self.env["ir.model.access"].with_user(user)
        models = access._get_allowed_models(mode)
        return {name for name in models if not name.startswith("inventory.writeoff")}

    def test_no_right_is_gained(self):
        """Of all models there are: nothing to change, and no more to read than said."""
        for role in ROLES:
            user = self._create_role_user(f"only_{role}", role)
            for mode in ("write", "create", "unlink"):
                gained = self._get_models(user, mode) - self._get_models(
                    self.employee, mode
                )
                self.assertFalse(gained, f"{role} {mode}")
            gained = self._get_models(user, "read") - self._get_models(
                self.employee, "read"
            )
            self.assertEqual(gained, READ[role], role)

    def _see(self, user, model):
        return self.env[model].with_user(user).search([])

    def test_only_what_belongs_to_write_offs(self):
        moves = (self.writeoff | self.submitted).sudo().stock_move_ids
        entries = self.writeoff.sudo().account_move_ids
        for user in (self.finance, self.senior, self.auditor):
            self.assertEqual(self._see(user, "stock.move"), moves)
            self.assertEqual(self._see(user, "account.move"), entries)
            self.assertEqual(self._see(user, "account.move.line"), entries.line_ids)
        self.assertEqual(self._see(self.manager, "stock.move"), moves)
        self.assertEqual(self._see(self.requester, "stock.move"), moves)
        stranger = self._create_role_user("stranger", "user")
        self.assertFalse(self._see(stranger, "stock.move"))
        newcomer = self._create_role_user("other_approver", "approver")
        self.assertFalse(self._see(newcomer, "stock.move"))
        held = self._submit((self.product, 2)).sudo().stock_move_ids
        self.assertEqual(self._see(newcomer, "stock.move"), held)
        for user, record in (
            (self.finance, self.invoice),
            (self.auditor, self.invoice.line_ids),
            (self.finance, self.receipt),
        ):
            with self.assertRaises(Refused):
                self._rpc_on(user, record, "read", ["display_name"])

    def test_finance_changes_nothing_elsewhere(self):
        quant = self.product.stock_quant_ids[:1]
        entry = self.writeoff.sudo().account_move_ids
        for record, vals in (
            (quant, {"inventory_quantity": 3}),
            (self.writeoff.sudo().stock_move_ids, {"quantity": 1}),
            (entry, {"ref": "x"}),
            (entry.line_ids[:1], {"name": "x"}),
            (self.product, {"standard_price": 1}),
            (self.loss_account, {"name": "x"}),
            (entry.journal_id, {"name": "x"}),
        ):
            for role in ROLES:
                user = getattr(self, "requester" if role == "user" else role)
                with self.assertRaisesRegex(Refused, "not allowed|belongs to write-"):
                    self._rpc_on(user, record, "write", vals)
        with self.assertRaises(Refused):
            self._rpc_on(self.finance, entry, "button_draft")

    def _create_group(self, model, domain=None):
        """A role of another app, as Odoo's own are made."""
        group = self.env["res.groups"].create({"name": f"Role for {model} {domain}"})
        model_id = self.env["ir.model"]._get_id(model)
        self.env["ir.model.access"].create(
            {
                "name": "x",
                "model_id": model_id,
                "group_id": group.id,
                "perm_read": True,
                "perm_write": True,
            }
        )
        if domain:
            self.env["ir.rule"].create(
                {
                    "name": "x",
                    "model_id": model_id,
                    "groups": [Command.set(group.ids)],
                    "domain_force": repr(domain),
                }
            )
        return group

    def test_no_right_is_lost(self):
        """A second role keeps what it gives: all, or what its own rule says."""
        roles = "inventory_writeoff.group_writeoff_user"
        finance = f"{roles},inventory_writeoff.group_writeoff_finance"
        entries = self.writeoff.sudo().account_move_ids
        moves = self.env["stock.move"].search([("company_id", "=", self.company.id)])
        stock = self._create_user("stock", f"{finance},stock.group_stock_user")
        self.assertEqual(self._see(stock, "stock.move"), moves)
        self.assertEqual(self._see(stock, "account.move"), entries)
        accountant = self._create_user(
            "acc", f"{finance},account.group_account_invoice"
        )
        self.assertLessEqual(
            self.invoice | entries, self._see(accountant, "account.move")
        )
        self.assertEqual(self._see(accountant, "stock.move"), moves)
        own_invoices = [("move_type", "=", "out_invoice")]
        salesman = self._create_user("sales", finance)
        salesman.group_ids += self._create_group("account.move", own_invoices)
        self.assertEqual(self._see(salesman, "account.move"), self.invoice | entries)
        reader = self._create_user("reader", finance)
        reader.group_ids += self._create_group("account.move")
        bill = self._create_bill(self.product)
        self.assertNotIn(bill, self._see(salesman, "account.move"))
        self.assertIn(bill, self._see(reader, "account.move"))
        keeper = self._create_user("keeper", roles)
        keeper.group_ids += self._create_group("stock.move")
        self.assertEqual(self._see(keeper, "stock.move"), moves)
        self.receipt.with_user(keeper).check_access("write")

    def test_auditor_reads_the_whole_form(self):
        """Every field of the document and its items; what one sees of the rest."""
        moves = self.writeoff.sudo().stock_move_ids
        entry = self.writeoff.sudo().account_move_ids
        seen = {
            moves: ["reference", "product_id", "quantity", "value", "location_dest_id"],
            entry: ["name", "date", "ref", "journal_id", "line_ids", "amount_total"],
            entry.line_ids: ["account_id", "debit", "credit", "analytic_distribution"],
            self.writeoff: list(self.writeoff._fields),
            self.submitted: list(self.writeoff._fields),
            self.writeoff.line_ids: list(self.writeoff.line_ids._fields),
            self.evidence: list(self.evidence._fields),
            self.writeoff.disposal_ids: list(self.writeoff.disposal_ids._fields),
            self.reason: list(self.reason._fields),
        }
        for records, names in seen.items():
            specification = {
                name: {"fields": {"display_name": {}}}
                if records._fields[name].relational
                else {}
                for name in names
            }
            (values, *_more) = self._rpc_on(
                self.auditor, records, "web_read", specification
            )
            self.assertEqual(values["id"], records[:1].id)
        views = [[False, "form"], [False, "list"], [False, "search"]]
        self._rpc(self.auditor, self.writeoff._name, "get_views", views)

    def _count(self):
        """Return what a trace of the auditor would change."""
        self.env.flush_all()
        names = (
            "inventory.writeoff",
            "inventory.writeoff.line",
            "inventory.writeoff.reason",
            "inventory.writeoff.evidence",
            "inventory.writeoff.disposal",
            "inventory.writeoff.event",
            "mail.message",
            "mail.activity",
            "mail.followers",
            "ir.attachment",
            "stock.move",
            "stock.quant",
            "account.move",
        )
        counts = {name: self.env[name].search_count([]) for name in names}
        writeoffs = self.writeoff | self.submitted
        return counts, writeoffs.sudo().read(["state", "write_date"])

    @mute_logger("odoo.models.unlink")
    def test_auditor_leaves_no_trace(self):
        """Every public method there is, with the arguments that one could guess."""
        before = self._count()
        partner = self.auditor.partner_id.ids
        guesses = [(), ("Hello",), (partner,), ({"note": "x"},), ({"note": "x"}, {})]
        called = 0
        for writeoff_method in self._get_public_methods(self.submitted):
            for args in guesses:
                called += self._call_harmless(writeoff_method, args, before)
        self.assertGreater(called, 50)

    @mute_logger("odoo.models.unlink")
    def test_auditor_leaves_no_trace_elsewhere(self):
        """The same of what belongs to write-offs; what Odoo has itself was tried."""
        before = self._count()
        odoo_methods = set(dir(type(self.env["res.bank"])))
        for record in (
            self.evidence,
            self.writeoff.sudo().disposal_ids,
            self.writeoff.sudo().event_ids[:1],
            self.reason,
        ):
            own = [
                m for m in self._get_public_methods(record) if m[1] not in odoo_methods
            ]
            for method in own:
                for args in ((), ("Hello",)):
                    self._call_harmless(method, args, before)

    def _get_public_methods(self, record):
        """Return (record as the auditor has it, name) of what RPC can call."""
        record = record.with_user(self.auditor)
        methods = []
        for name in dir(type(record)):
            if name.startswith("_"):
                continue
            try:
                get_public_method(record, name)
            except (AttributeError, AccessError):
                continue
            methods.append((record, name))
        return methods

    def _call_harmless(self, method, args, before):
        """Tell whether the call is possible; if so, nothing has changed."""
        record, name = method
        try:
            with self.env.cr.savepoint(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                getattr(record, name)(*args)
        except Exception:
            self.env.invalidate_all()
            return False
        self.assertEqual(self._count(), before, f"{record}.{name}{args}")
        return True

    def test_auditor_over_rpc(self):
        model, line = self.writeoff._name, self._line_vals(self.product, 1)
        attempts = [
            (model, "create", [{"line_ids": [Command.create(line)]}]),
            (model, "web_save", [[], {"note": "x"}, {}]),
            (model, "copy", [self.submitted.ids]),
            (model, "load", [["note"], [["x"]]]),
            (model, "name_create", ["x"]),
            (model, "unlink", [self.submitted.ids]),
            (model, "message_post", [self.submitted.ids], {"body": "x"}),
            (model, "write", [self.submitted.ids, {"evidence_ids": [[5]]}]),
            (
                self.evidence._name,
                "create",
                [self._evidence_vals(self.submitted, make_image(colour="blue"))],
            ),
            (self.evidence._name, "unlink", [self.evidence.ids]),
            (self.evidence._name, "action_accept", [self.evidence.ids]),
            (
                "inventory.writeoff.disposal",
                "write",
                [self.writeoff.disposal_ids.ids, {"note": "x"}],
            ),
            ("inventory.writeoff.line", "create", [{**line, "writeoff_id": 1}]),
            ("inventory.writeoff.reason", "create", [{"code": "X", "name": "X"}]),
            (
                "inventory.writeoff.reject",
                "create",
                [{"writeoff_ids": self.submitted.ids, "reason": "x"}],
            ),
            (
                "mail.message",
                "create",
                [{"model": model, "res_id": self.submitted.id, "body": "x"}],
            ),
            (
                "mail.followers",
                "create",
                [{"res_model": model, "res_id": self.submitted.id, "partner_id": 1}],
            ),
        ]
        before = self._count()
        for name, method, args, *kwargs in attempts:
            result = None
            try:
                result = self._rpc(self.auditor, name, method, *args, **dict(*kwargs))
            except Refused as refused:
                self.assertRegex(
                    str(refused), "allowed|access|security|accept evidence"
                )
            self.assertFalse(isinstance(result, list) and result, f"{name}.{method}")
            self.assertEqual(self._count(), before, f"{name}.{method}")
