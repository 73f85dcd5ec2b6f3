from odoo import fields, models
from odoo.tools import SQL


class StockLocation(models.Model):
    """Marks locations with held goods."""

    _inherit = "stock.location"

    writeoff_held = fields.Char(
        "Held",
        compute="_compute_writeoff_held",
        help="How much in this location and below it is set aside for write-offs, and "
        "for which.",
    )

    def _compute_writeoff_held(self):
        held_goods = self.env["inventory.writeoff.held"]
        held = {}
        if self.ids:
            self.flush_model(["parent_path"])
            held = held_goods._read(
                SQL("place.id"),
                SQL("place.id IN %s", tuple(self.ids)),
                SQL(
                    """
                    JOIN stock_location shelf ON shelf.id = line.location_id
                    JOIN stock_location place
                      ON shelf.parent_path LIKE place.parent_path || '%%'
                    """
                ),
            )
        for location in self:
            location.writeoff_held = held_goods._describe(
                held.get((location._origin.id,))
            )

    def _get_cannot_take_held_goods_reason(self, company):
        """Return why held goods of the company cannot be moved here, or False."""
        self.ensure_one()
        names = {"location": self.display_name, "company": company.display_name}
        if self.usage != "internal":
            return self.env._(
                "%(location)s is not an internal location. Choose one that is.", **names
            )
        if self.company_id != company:
            return self.env._(
                "%(location)s does not belong to %(company)s. Choose a location of "
                "that company.",
                **names,
            )
        if not self.active:
            return self.env._(
                "%(location)s is archived. Choose an active location.", **names
            )
        return False
