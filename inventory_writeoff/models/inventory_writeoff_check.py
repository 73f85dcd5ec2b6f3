import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

# From harmless to certain; "off" is not evaluated at all.
SEVERITIES = [
    ("inform", "Inform"),
    ("review", "Review"),
    ("block", "Block"),
]

# What is asked of goods that come back, too.
REVERSAL_CHECKS = {"back_dated"}


class InventoryWriteoffCheck(models.Model):
    """A rule that looks for write-offs that should not be, or not like this.

    An add-on adds a check with one record of this model and one method of it:

        def _find_<code>(self, lines):
            yield line, message, remedy

    The method is called once per company for the items of all write-offs, as
    superuser, with the company's settings on `self`; see `_get_flushed_models` for
    what it may read with SQL. It yields an item or a write-off, a sentence that says
    what is wrong and one that says what would settle it; a fourth value may name the
    facts behind it (ids and numbers).
    A settled finding stays settled as long as the facts, or else the message, and
    the goods of the item are the same. The number of queries must not depend on
    the number of items.
    """

    _name = "inventory.writeoff.check"
    _description = "Write-Off Check"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=100)
    description = fields.Text(
        required=True,
        translate=True,
        help="What the check looks for. The parameters it uses are in braces: {days}, "
        "{percent}, {factor}, {amount}.",
    )
    sentence = fields.Text("Looks For", compute="_compute_sentence")
    severity = fields.Selection(
        [("off", "Off"), *SEVERITIES],
        company_dependent=True,
        tracking=True,
        help="Off: not evaluated. Inform: shown. Review: senior finance must settle "
        "the finding before approval. Block: the write-off cannot be submitted or "
        "posted.",
    )
    days = fields.Integer(company_dependent=True, tracking=True)
    percent = fields.Float(company_dependent=True, tracking=True, digits=(16, 2))
    factor = fields.Float(company_dependent=True, tracking=True, digits=(16, 2))
    amount = fields.Float(
        company_dependent=True,
        tracking=True,
        digits=(16, 2),
        help="In the company's currency.",
    )
    uses_days = fields.Boolean(compute="_compute_uses")
    uses_percent = fields.Boolean(compute="_compute_uses")
    uses_factor = fields.Boolean(compute="_compute_uses")
    uses_amount = fields.Boolean(compute="_compute_uses")
    finding_ids = fields.One2many(
        "inventory.writeoff.finding", "check_id", readonly=True
    )

    _PARAMETERS = ("days", "percent", "factor", "amount")

    _code_unique = models.UniqueIndex(
        "(code)", "Another check has this code: choose a different one."
    )

    @api.depends("description", "severity", *_PARAMETERS)
    @api.depends_context("company", "lang")
    def _compute_sentence(self):
        for check in self:
            sentence = check.description or ""
            for name in self._PARAMETERS:
                sentence = sentence.replace(f"{{{name}}}", f"{check[name]:.10g}")
            check.sentence = sentence

    @api.depends("description")
    def _compute_uses(self):
        for check in self:
            for name in self._PARAMETERS:
                check[f"uses_{name}"] = f"{{{name}}}" in (check.description or "")

    @api.constrains("code")
    def _check_code(self):
        for check in self:
            if not hasattr(check, f"_find_{check.code}"):
                raise ValidationError(
                    self.env._(
                        "Check %(check)s: no add-on knows how to evaluate the code "
                        "%(code)s. Use the code of an installed check.",
                        check=check.name,
                        code=check.code,
                    )
                )

    @api.constrains("severity", *_PARAMETERS)
    def _check_parameters(self):
        for check in self:
            if any(check[name] < 0 for name in self._PARAMETERS):
                raise ValidationError(
                    self.env._(
                        "Check %(check)s: a parameter cannot be negative. Enter zero "
                        "or more.",
                        check=check.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        # Each company keeps its own settings, and starts with the same ones.
        companies = self.env["res.company"].sudo().search([])
        checks._copy_settings(self.env.company, companies - self.env.company)
        return checks

    def write(self, vals):
        if "code" in vals and not self.env.su:
            raise AccessError(
                self.env._("The code of a check belongs to its add-on and stays.")
            )
        return super().write(vals)

    def _copy_settings(self, source, companies):
        """Give the companies the settings of another one."""
        quiet = self.with_context(tracking_disable=True)
        names = ("severity", *self._PARAMETERS)
        for check in quiet.with_company(source):
            settings = {name: check[name] for name in names}
            for company in companies:
                check.with_company(company).write(settings)

    def _find(self, writeoffs, severities=("inform", "review", "block")):
        """Return what the checks of these severities find on the write-offs now.

        :return: values of the findings
        """
        # Checks read other people's documents, receipts, deliveries and costs; those
        # who made the write-off are only told what was found.
        writeoffs = writeoffs.sudo()
        for name in self._get_flushed_models():
            self.env[name].flush_model()
        found = []
        for company, group in writeoffs.grouped("company_id").items():
            group = group.with_company(company)
            lines = group.line_ids
            # Most checks ask whether goods are lost, not whether they come back.
            lost = (group - group.filtered("reversal_of_id")).line_ids
            for check in self.sudo().with_company(company).search([]):
                checked = lines if check.code in REVERSAL_CHECKS else lost
                if checked and check.severity in severities:
                    found += check._find_on(checked)
        return found

    def _get_flushed_models(self):
        """Return the models whose tables the checks may read with SQL."""
        names = (
            "inventory.writeoff",
            "inventory.writeoff.line",
            "inventory.writeoff.candidate",
            "ir.attachment",
            "sale.order",
            "sale.order.line",
            "stock.lot",
            "stock.move",
            "stock.move.line",
            "stock.quant",
        )
        return [name for name in names if name in self.env]

    def _find_on(self, lines):
        for record, message, remedy, *facts in getattr(self, f"_find_{self.code}")(
            lines
        ):
            is_line = record._name == "inventory.writeoff.line"
            yield {
                "writeoff_id": record.writeoff_id.id if is_line else record.id,
                "line_id": is_line and record.id,
                "check_id": self.id,
                "severity": self.severity,
                "message": message,
                "remedy": remedy,
                "key": self._get_key(record, facts or [message]),
            }

    def _get_key(self, record, facts):
        """Return a digest of what the finding is about: it dies when that changes."""
        goods = record._get_finding_facts()
        content = json.dumps([self.severity, goods, facts], default=str)
        return hashlib.sha256(content.encode()).hexdigest()
