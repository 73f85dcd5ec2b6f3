from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..writer import as_writer, is_writer


class StockLocation(models.Model):
    _inherit = "stock.location"

    is_writeoff_location = fields.Boolean(
        "Write-Off Loss Location",
        readonly=True,
        copy=False,
        help="Goods enter and leave this location with write-offs only.",
    )
    writeoff_count = fields.Integer(compute="_compute_writeoff_count")

    def _compute_writeoff_count(self):
        counts = self.env["inventory.writeoff.line"]._count_writeoffs(
            "location_id", self
        )
        for location in self:
            location.writeoff_count = counts.get(location, 0)

    @api.constrains(
        "is_writeoff_location", "usage", "company_id", "valuation_account_id", "active"
    )
    def _check_writeoff_location(self):
        for location in self.filtered("is_writeoff_location"):
            refusal = location._get_cannot_be_loss_location_reason(location.company_id)
            if refusal:
                raise ValidationError(
                    self.env._("Write-off location: %(refusal)s", refusal=refusal)
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not is_writer(self.env):
            for vals in vals_list:
                vals["is_writeoff_location"] = False
        return super().create(vals_list)

    def write(self, vals):
        if "is_writeoff_location" in vals and not is_writer(self.env):
            raise AccessError(
                self.env._(
                    "A location becomes a write-off location by choosing it in a "
                    "reason or in the write-off settings, and stays one."
                )
            )
        return super().write(vals)

    def action_open_writeoffs(self):
        return self.env["inventory.writeoff"]._action_open(
            [("line_ids.location_id", "in", self.ids)]
        )

    def _get_cannot_be_loss_location_reason(self, company):
        """Return why goods of the company cannot be written off to here, or False."""
        self.ensure_one()
        names = {"location": self.display_name, "company": company.display_name}
        if self.usage != "inventory":
            return self.env._(
                "%(location)s is not of type Inventory Loss. Choose one that is.",
                **names,
            )
        if not self.company_id or self.company_id != company:
            return self.env._(
                "%(location)s does not belong to %(company)s. Choose a location of "
                "that company.",
                **names,
            )
        if self.valuation_account_id:
            return self.env._(
                "%(location)s has a stock valuation account, so the next inventory "
                "closing would book the loss a second time. Remove that account or "
                "choose another location.",
                **names,
            )
        if not self.active:
            return self.env._(
                "%(location)s is archived. Choose an active location.", **names
            )
        if not self.is_writeoff_location and self._is_used_by_other_moves():
            return self.env._(
                "%(location)s is used by inventory counts or scraps, and a write-off "
                "location takes write-offs only. Create a new location for it.",
                **names,
            )
        return False

    def _get_writeoff_location_message(self, products):
        """Return the answer to whoever moves goods here without a write-off."""
        return self.env._(
            "%(products)s cannot be moved from or to %(locations)s: goods enter it by "
            "a write-off and leave it by a reversal only. Create or reverse a "
            "write-off, or choose another location.",
            products=", ".join(products.mapped("display_name")),
            locations=", ".join(
                self.filtered("is_writeoff_location").mapped("display_name")
            ),
        )

    def _is_used_by_other_moves(self):
        product = self.env["product.template"].with_company(self.company_id)
        count_field = product._fields["property_stock_inventory"]
        if count_field.get_company_dependent_fallback(product) == self:
            return True
        domain = [
            "|",
            ("location_id", "in", self.ids),
            ("location_dest_id", "in", self.ids),
        ]
        # Whoever chooses the location need not be allowed to read stock moves.
        return bool(
            self.env["stock.move"]
            .sudo()
            .search_count([("writeoff_id", "=", False), *domain], limit=1)
        )

    def _mark_as_writeoff_location(self):
        # Reasons and settings are kept by people who may not edit locations.
        unmarked = self.sudo().filtered(
            lambda location: not location.is_writeoff_location
        )
        as_writer(unmarked).write({"is_writeoff_location": True})
