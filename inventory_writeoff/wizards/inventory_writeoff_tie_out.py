from odoo import Command, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..models.inventory_writeoff import POSTED_STATES
from ..models.inventory_writeoff_tie_out_item import KINDS

SIDES = ("register", "moved", "booked")


class InventoryWriteoffTieOut(models.TransientModel):
    """Register, stock moves and ledger side by side, and what explains differences.

    The three sides are those of write-offs, in a period. Below, the value of the whole
    stock now against its accounts in the ledger, with the items that explain why they
    differ; what is left is not explained.
    """

    _name = "inventory.writeoff.tie.out"
    _description = "Tie-Out of Write-Offs"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    account_ids = fields.One2many(
        "inventory.writeoff.tie.out.account",
        "tie_out_id",
        "Loss Accounts",
        compute="_compute_sides",
        store=True,
    )
    register = fields.Monetary(compute="_compute_sides", store=True)
    moved = fields.Monetary("Stock Moves", compute="_compute_sides", store=True)
    booked = fields.Monetary("Ledger", compute="_compute_sides", store=True)
    difference = fields.Monetary(
        compute="_compute_sides",
        store=True,
        help="Largest difference between two of the three, of each account and month, "
        "added up: one account never makes up for another.",
    )
    stock_value = fields.Monetary("Stock", compute="_compute_stock")
    stock_booked = fields.Monetary("Stock in the Ledger", compute="_compute_stock")
    stock_difference = fields.Monetary(compute="_compute_stock")
    count_edited = fields.Integer(compute="_compute_stock")
    value_edited = fields.Monetary(compute="_compute_stock")
    count_foreign = fields.Integer(compute="_compute_stock")
    value_foreign = fields.Monetary(compute="_compute_stock")
    count_scrap = fields.Integer(compute="_compute_stock")
    value_scrap = fields.Monetary(compute="_compute_stock")
    count_loss = fields.Integer(compute="_compute_stock")
    value_loss = fields.Monetary(compute="_compute_stock")
    count_unbilled = fields.Integer(compute="_compute_stock")
    value_unbilled = fields.Monetary(compute="_compute_stock")
    count_uninvoiced = fields.Integer(compute="_compute_stock")
    value_uninvoiced = fields.Monetary(compute="_compute_stock")
    count_not_closed = fields.Integer(compute="_compute_stock")
    value_not_closed = fields.Monetary(compute="_compute_stock")
    count_billed = fields.Integer(compute="_compute_stock")
    value_billed = fields.Monetary(compute="_compute_stock")
    count_revalued = fields.Integer(compute="_compute_stock")
    value_revalued = fields.Monetary(compute="_compute_stock")
    count_rounding = fields.Integer(compute="_compute_stock")
    value_rounding = fields.Monetary(compute="_compute_stock")
    unexplained = fields.Monetary("Not Explained", compute="_compute_stock")

    def _default_date_from(self):
        # Fiscal years are readable for accountants only.
        company = self.env.company.sudo()
        today = fields.Date.context_today(self)
        return company.compute_fiscalyear_dates(today)["date_from"]

    @api.depends("company_id")
    def _compute_display_name(self):
        for tie_out in self:
            tie_out.display_name = self.env._(
                "Tie-Out of %(company)s", company=tie_out.company_id.name
            )

    @api.depends("company_id", "date_from", "date_to")
    def _compute_sides(self):
        for tie_out in self:
            rows = tie_out._get_rows()
            tie_out.account_ids = [
                Command.clear(),
                *(Command.create(tie_out._prepare_account_vals(row)) for row in rows),
            ]
            for name in (*SIDES, "difference"):
                tie_out[name] = sum(row[name] for row in rows)

    @api.depends("company_id", "date_from", "date_to")
    def _compute_stock(self):
        for tie_out in self:
            company = tie_out._get_company()
            tie_out.stock_value = tie_out._read_stock_value(company)
            tie_out.stock_booked = tie_out._read_stock_accounts(company)
            tie_out.stock_difference = tie_out.stock_value - tie_out.stock_booked
            explained = tie_out._read_explained()
            for kind, _label in KINDS:
                count, value = explained.get(kind, (0, 0.0))
                tie_out[f"count_{kind}"] = count
                tie_out[f"value_{kind}"] = value
            values = sum(value for _count, value in explained.values())
            # Amounts of SQL and of Odoo do not add up to a clean zero.
            rest = tie_out.stock_difference - values
            tie_out.unexplained = company.currency_id.round(rest) if company else 0.0

    @api.model
    def _action_open(self):
        """Open the tie-out of the current company and fiscal year."""
        tie_out = self.create({})
        return {**tie_out.get_formview_action(), "name": self.env._("Tie-Out")}

    def action_refresh(self):
        """Read the three sides again; the rest is read whenever it is shown."""
        for name in ("account_ids", *SIDES, "difference"):
            self.env.add_to_compute(self._fields[name], self)

    def action_open_items(self):
        """Open the items of the kind that the button names."""
        self.ensure_one()
        kind = self.env.context.get("tie_out_kind")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_tie_out_item_action"
        )
        domain = self._get_item_domain() & Domain("kind", "=", kind)
        items = self.env["inventory.writeoff.tie.out.item"]
        labels = dict(items._fields["kind"]._description_selection(self.env))
        name = labels.get(kind, action["name"])
        return {**action, "display_name": name, "domain": list(domain)}

    def action_open_writeoffs(self):
        """Open the posted write-offs of the period."""
        self.ensure_one()
        return self.env["inventory.writeoff"]._action_open(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", POSTED_STATES),
                ("accounting_date", ">=", self.date_from),
                ("accounting_date", "<=", self.date_to),
            ]
        )

    @api.model
    def _get_tie_out(self, companies, date_from, date_to):
        """Return the tie-out of a period: a row per company, loss account and month.

        :return: [{"company_id", "account_id", "month", "register", "moved", "booked",
            "difference"}], the ids as records; the difference is the largest one
            between two of the three sides, 0.00 where all agree
        """
        facts = self.env["inventory.writeoff.tie.out.facts"]
        rows = facts._read(companies, date_from, date_to)
        # Whoever reads the tie-out need not have these companies switched on.
        accounts, all_companies = (
            self.env["account.account"].sudo(),
            self.env["res.company"].sudo(),
        )
        return [
            {
                "company_id": all_companies.browse(company_id),
                "account_id": accounts.browse(account_id),
                "month": month,
                **dict(zip(SIDES, sides, strict=True)),
                "difference": max(sides) - min(sides),
            }
            for company_id, account_id, month, *sides in (
                (*row[:3], *map(float, row[3:])) for row in rows
            )
        ]

    def _get_company(self):
        """Return the company, if the user may see its figures; none otherwise."""
        if self.id and self.env.su:
            # Figures of a record that a rule has let through: they may be computed
            # when someone else, of another company, acts next.
            return self.company_id
        # Values in a form get here before any rule does, and some as the superuser.
        self.env[self._name].sudo(False).check_access("read")
        if self.company_id - self.env.user.company_ids:
            raise AccessError(
                self.env._("You are not allowed to see the figures of this company.")
            )
        return self.company_id

    def _get_rows(self):
        company = self._get_company()
        if not company or not self.date_from or not self.date_to:
            return []
        return self._get_tie_out(company, self.date_from, self.date_to)

    def _prepare_account_vals(self, row):
        names = (*SIDES, "difference", "month")
        vals = {name: row[name] for name in names}
        return {**vals, "account_id": row["account_id"].id}

    def _get_item_domain(self):
        """Return the items of the period: what is open at its end counts as well."""
        edited = Domain("kind", "=", "edited") & Domain(
            "last_date", ">=", self.date_from
        )
        return (
            Domain("company_id", "=", self._get_company().id)
            & Domain("date", "<=", self.date_to)
            & (edited | Domain("kind", "!=", "edited"))
        )

    def _read_explained(self):
        """Return {kind: (count, value)}, in one query."""
        if not self.company_id or not self.date_from or not self.date_to:
            return {}
        items = self.env["inventory.writeoff.tie.out.item"]
        # Nothing is computed for companies that are not asked for.
        items = items.with_context(allowed_company_ids=self._get_company().ids)
        groups = items._read_group(
            self._get_item_domain(), ["kind"], ["__count", "value:sum"]
        )
        return {kind: (count, value) for kind, count, value in groups}

    def _read_stock_value(self, company):
        return self.env["inventory.valuation"]._get_value(company) if company else 0.0

    def _read_stock_accounts(self, company):
        """Return the balance of the company's stock valuation accounts."""
        if not company:
            return 0.0
        # Finance has no right to read the whole ledger, only this one sum of it.
        items = self.env["account.move.line"].sudo()
        ((balance,),) = items._read_group(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_id", "in", self._get_stock_accounts(company).ids),
            ],
            [],
            ["balance:sum"],
        )
        return balance or 0.0

    def _get_stock_accounts(self, company):
        """Return the stock valuation accounts of categories, and the company's own."""
        categories = self.env["product.category"].sudo().with_company(company)
        accounts = categories.search([]).property_stock_valuation_account_id
        return accounts | company.sudo().account_stock_valuation_id
