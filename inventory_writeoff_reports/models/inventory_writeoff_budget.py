from odoo import api, fields, models
from odoo.tools import SQL

from ..periods import get_overlap


class InventoryWriteoffBudget(models.Model):
    """How much may be lost, by kind of reason, company and period.

    What falls to a part of the period is the same share of the amount, by days.
    """

    _name = "inventory.writeoff.budget"
    _description = "Write-Off Budget"
    _order = "date_from desc, company_id, kind, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(selection="_get_kinds", required=True)
    date_from = fields.Date("From", required=True, default=lambda self: self._today(1))
    date_to = fields.Date("To", required=True, default=lambda self: self._today(12))
    amount = fields.Monetary(required=True)
    note = fields.Char()
    spent = fields.Monetary(
        "Written Off",
        compute="_compute_spent",
        help="Posted − reversed in the period, by accounting date.",
    )
    left = fields.Monetary(compute="_compute_spent")

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)",
        "The amount of a budget is not negative.",
    )
    _period_not_reversed = models.Constraint(
        "CHECK (date_from <= date_to)",
        "The period of a budget ends on the day it starts, or later.",
    )

    # Ranges of one number: with plain ones PostgreSQL would need an extension.
    _one_budget_a_day = models.Constraint(
        """EXCLUDE USING gist (
            int4range(company_id, company_id, '[]') WITH &&,
            int4range(hashtext(kind), hashtext(kind), '[]') WITH &&,
            daterange(date_from, date_to, '[]') WITH &&
        )""",
        "The company has a budget for this kind and some of these days already. Change "
        "the dates of one of them.",
    )

    @api.model
    def _get_kinds(self):
        kinds = self.env["inventory.writeoff.reason"]._fields["kind"]
        return kinds._description_selection(self.env)

    def _today(self, month):
        """Return the first day of the calendar year, or the last one."""
        today = fields.Date.context_today(self)
        return today.replace(month=month, day=1 if month == 1 else 31)

    @api.depends("kind", "company_id", "date_from", "date_to", "amount")
    def _compute_spent(self):
        spent = self._read_spent()
        for budget in self:
            budget.spent = spent.get(budget.id, 0.0)
            budget.left = budget.amount - budget.spent

    def _read_spent(self):
        """Return {id: net value posted}, of what the user may read, in one query."""
        if not self.ids:
            return {}
        self.flush_model()
        writeoffs = self.env["inventory.writeoff"]
        writeoffs.flush_model()
        self.env["inventory.writeoff.line"].flush_model()
        query = writeoffs._search([("company_id", "in", self.company_id.ids)])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT budget.id, SUM(line.value_posted)
                      FROM inventory_writeoff_budget budget
                      JOIN inventory_writeoff doc
                        ON doc.company_id = budget.company_id
                       AND doc.accounting_date BETWEEN budget.date_from
                                                   AND budget.date_to
                      JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
                      JOIN inventory_writeoff_reason reason
                        ON reason.id = line.reason_id AND reason.kind = budget.kind
                     WHERE budget.id IN %(budgets)s AND doc.id IN %(documents)s
                       AND (doc.posted_at IS NOT NULL OR line.posted_chunk > 0)
                  GROUP BY budget.id
                    """,
                    budgets=tuple(self.ids),
                    documents=query.subselect(),
                )
            )
        )

    @api.depends("kind", "date_from", "date_to")
    def _compute_display_name(self):
        labels = dict(self._get_kinds())
        for budget in self:
            days = map(fields.Date.to_string, (budget.date_from, budget.date_to))
            start, end = (day or "…" for day in days)
            budget.display_name = f"{labels.get(budget.kind, '')}: {start} – {end}"

    def _get_share(self, period):
        """Return what of the amount falls to a period, by days."""
        self.ensure_one()
        own = self.date_from, self.date_to
        return self.amount * get_overlap(own, period) / get_overlap(own, own)
