from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.inventory_writeoff.canonical import get_digest
from odoo.addons.inventory_writeoff.writer import as_writer, is_writer

from .res_company_review import SENIOR

TOTALS = ("product_count", "value", "value_at_purchase", "write_down")
LINE_FIELDS = (
    "quantity",
    "value",
    "purchase_price",
    "net_price",
    "write_down",
    "note",
)


class InventoryWriteoffReview(models.Model):
    """What stock on hand was worth at a review, and who signed it off.

    The list holds what stands out: what costs more than it would fetch, and what was
    last bought at another price. Only code makes it; signed off, it stays as it is.
    """

    _name = "inventory.writeoff.review"
    _description = "Review of Stock Value"
    _inherit = ["inventory.writeoff.recorded", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Quarter Ending", required=True, help="The quarter that the review belongs to."
    )
    state = fields.Selection(
        [("open", "To Review"), ("signed", "Signed Off")],
        required=True,
        readonly=True,
        default="open",
    )
    read_at = fields.Datetime("Figures Of", readonly=True)
    line_ids = fields.One2many("inventory.writeoff.review.line", "review_id")
    product_count = fields.Integer("Products on Hand", readonly=True)
    value = fields.Monetary("Stock Value", readonly=True)
    value_at_purchase = fields.Monetary(
        "At Purchase Prices",
        readonly=True,
        help="The same stock at last purchase prices, where there is one.",
    )
    write_down = fields.Monetary(
        "To Be Written Down",
        readonly=True,
        help="Where stock costs more than its net realisable value (IAS 2.28).",
    )
    signed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    signed_at = fields.Datetime("Signed On", readonly=True)
    conclusion = fields.Text(help="What follows from the review.")
    sha256 = fields.Char(
        "SHA-256", readonly=True, help="Of the figures that were signed off."
    )
    is_altered = fields.Boolean(compute="_compute_is_altered")
    can_sign = fields.Boolean(compute="_compute_can_sign")

    _once = models.Constraint(
        "UNIQUE (company_id, date)", "There is one review for a quarter and company."
    )

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Review %(year)s Q%(quarter)s",
                year=review.date.year,
                quarter=(review.date.month + 2) // 3,
            )

    @api.depends("sha256", "state")
    def _compute_is_altered(self):
        for review in self:
            is_signed = review.state == "signed"
            review.is_altered = is_signed and review.sha256 != review._get_digest()

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        is_senior = self.env.user.has_group(SENIOR)
        for review in self:
            review.can_sign = is_senior and review.state == "open"

    def write(self, vals):
        if is_writer(self.env) or vals.keys() - {"conclusion", "line_ids"}:
            return super().write(vals)
        self._check_can_review()
        self._write_notes(vals.get("line_ids") or [])
        told = {name: vals[name] for name in vals if name != "line_ids"}
        return super(InventoryWriteoffReview, as_writer(self)).write(told)

    def _write_notes(self, commands):
        """Write what a form sends of the products: notes, and nothing else."""
        for code, line_id, *values in commands:
            line = self.line_ids.filtered(lambda line, key=line_id: line.id == key)
            if code != Command.UPDATE or not line:
                raise AccessError(self._get_recorded_reason())
            line.write(values[0])

    def action_start(self):
        """Open the review of the last quarter, and make it if there is none."""
        company = self.env.company
        review = self._find(company)
        if not review:
            self._check_is_senior()
            review = self._make(company)
        return review.get_formview_action()

    def action_read_again(self):
        """Read the figures as they are now; notes go with the old ones."""
        self._check_can_review()
        for review in self:
            review._fill()

    def action_sign(self):
        """Sign off the figures as they stand."""
        self._check_can_review()
        now = fields.Datetime.now()
        # What is signed is what the database has.
        self.env.flush_all()
        self.env.invalidate_all()
        for review in self:
            as_writer(review).write(
                {
                    "state": "signed",
                    "signed_by_id": self.env.uid,
                    "signed_at": now,
                    "sha256": review._get_digest(),
                }
            )
            # Signed off is done, whoever was asked.
            review.sudo().activity_ids.action_feedback()
        self._log_signed()

    def _log_signed(self):
        payloads = {
            review.company_id: {
                "review": review.id,
                "date": str(review.date),
                "sha256": review.sha256,
                **{name: review[name] for name in TOTALS},
            }
            for review in self
        }
        self.env["inventory.writeoff.event"]._log("review_signed", payloads)

    def _check_is_senior(self):
        if not self.env.user.has_group(SENIOR):
            raise UserError(
                self.env._(
                    "Only senior finance makes, notes on and signs off reviews of "
                    "stock value. Ask somebody with that role."
                )
            )

    def _check_can_review(self):
        self._check_is_senior()
        self.check_access("read")
        if signed := self.filtered(lambda review: review.state == "signed"):
            raise UserError(
                self.env._(
                    "%(reviews)s is signed off by %(user)s and stays as it is. What "
                    "has changed since belongs to the next review.",
                    reviews=", ".join(signed.mapped("display_name")),
                    user=signed[0].signed_by_id.sudo().name,
                )
            )

    def _get_recorded_reason(self):
        return self.env._(
            "Reviews of stock value are made by Odoo, and change only by their buttons."
        )

    def _find(self, company):
        date = company._get_review_date()
        return self.search([("company_id", "=", company.id), ("date", "=", date)])

    def _make(self, company):
        """Make the review of the last quarter."""
        # What everything is worth is no question of who asks.
        reviews = as_writer(self.sudo())
        review = reviews.create(
            {"company_id": company.id, "date": company._get_review_date()}
        )
        review._fill()
        return review.with_env(self.env)

    def _fill(self):
        figures = self.env["inventory.writeoff.review.figures"]
        rows = figures._get_rows(self.company_id)
        kept = [row for row in rows if row["write_down"] or row["is_outlier"]]
        lines = self.line_ids
        commands = [Command.create(lines._prepare_vals(row)) for row in kept]
        as_writer(self.sudo()).write(
            {
                "read_at": fields.Datetime.now(),
                "line_ids": [Command.clear(), *commands],
                **self._prepare_totals(rows),
            }
        )

    def _prepare_totals(self, rows):
        at_purchase = sum(
            row["quantity"] * row["purchase_price"] or row["value"] for row in rows
        )
        return {
            "product_count": len(rows),
            "value": sum(row["value"] for row in rows),
            "value_at_purchase": self.company_id.currency_id.round(at_purchase),
            "write_down": sum(row["write_down"] for row in rows),
        }

    def _get_digest(self):
        """Return the SHA-256 of the figures, the notes and the conclusion."""
        lines = {
            str(line["product_id"]): [line[name] for name in LINE_FIELDS]
            for line in self.sudo().line_ids.read(
                ["product_id", *LINE_FIELDS], load=None
            )
        }
        totals = {name: self[name] for name in TOTALS}
        return get_digest(
            {
                "company": self.company_id.id,
                "conclusion": self.conclusion or "",
                "date": str(self.date),
                "lines": lines,
                **totals,
            }
        )
