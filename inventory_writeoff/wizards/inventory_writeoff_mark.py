from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class InventoryWriteoffMark(models.TransientModel):
    """A form of the warehouse: scan or choose goods and say why they are unsellable.

    A scanned location counts for what is scanned after it. A product or a lot adds an
    item, or one more piece to it; a package adds everything in it. GS1 codes are read
    where the company's barcode nomenclature decodes them.
    """

    _name = "inventory.writeoff.mark"
    _description = "Mark as Unsellable"
    _inherit = ["barcodes.barcode_events_mixin"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    reason_id = fields.Many2one("inventory.writeoff.reason")
    location_id = fields.Many2one(
        "stock.location",
        "Where",
        default=lambda self: self._default_location_id(),
        domain="[('usage', 'in', ('internal', 'transit')), "
        "('company_id', '=', company_id)]",
    )
    note = fields.Text()
    photo = fields.Image(max_width=1280, max_height=1280)
    line_ids = fields.One2many("inventory.writeoff.mark.line", "mark_id", "Goods")

    def _default_location_id(self):
        """Return the shelf of a company that has only one."""
        locations = self.env["stock.location"].search(
            [("usage", "=", "internal"), ("company_id", "=", self.env.company.id)],
            limit=2,
        )
        return locations if len(locations) == 1 else False

    @api.model
    def _action_open_for(self, quants):
        """Open the form with the goods of the quants, as much as may be marked."""
        quants = quants.filtered(
            lambda quant: (
                quant.quantity > 0
                and quant.location_id.usage in ("internal", "transit")
            )
        )
        if not quants:
            raise UserError(
                self.env._(
                    "Nothing of this is on hand in a location of the company, so there "
                    "is nothing to mark."
                )
            )
        if len(quants.company_id) > 1:
            raise UserError(
                self.env._("Mark the goods of one company at a time, please.")
            )
        mark = self.create(
            {
                "company_id": quants.company_id.id,
                "location_id": False,
                "line_ids": [
                    Command.create(self._prepare_line_vals(quant)) for quant in quants
                ],
            }
        )
        mark.line_ids._take_what_is_free()
        if not mark.line_ids:
            raise UserError(
                self.env._("All of this is in write-offs already, so nothing is left.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_mark_action"
        )
        return {**action, "res_id": mark.id}

    @api.model
    def _prepare_line_vals(self, quant):
        return {
            "product_id": quant.product_id.id,
            "lot_id": quant.lot_id.id,
            "package_id": quant.package_id.id,
            "owner_id": quant.owner_id.id,
            "location_id": quant.location_id.id,
            "quantity": quant.quantity,
        }

    def on_barcode_scanned(self, barcode):
        """Add what was scanned; works on the form, before it is saved."""
        found = self._read_barcode(barcode)
        if found.get("location"):
            self.location_id = found["location"]
        if found.get("package"):
            return self._scan_package(found["package"])
        if found.get("product"):
            return self._scan_product(found)
        if found.get("location"):
            return None
        return self._warn(
            self.env._(
                "Nothing is known under %(barcode)s: no product, lot or serial number, "
                "package or location of this company.",
                barcode=barcode,
            )
        )

    def _read_barcode(self, barcode):
        """Return what a barcode stands for, by kind, and the quantity it says."""
        codes = self._split_barcode(barcode)
        found = {"quantity": codes.get("quantity")}
        if "location" in codes:
            found["location"] = self._find("stock.location", codes["location"])
        if "package" in codes:
            found["package"] = self._find("stock.package", codes["package"], "name")
        if "product" in codes:
            found["product"] = self._find_product(codes["product"])
        if "lot" in codes and not found.get("package"):
            domain = Domain.TRUE
            if found.get("product"):
                domain = Domain("product_id", "=", found["product"].id)
            lots = self._find("stock.lot", codes["lot"], "name", domain)
            # The same number on two products says nothing until one is scanned.
            if len(lots) == 1:
                found.update(lot=lots, product=lots.product_id)
        return found

    def _split_barcode(self, barcode):
        """Return {kind: code}; a plain code may be of any kind."""
        nomenclature = self.company_id.sudo().nomenclature_id
        if nomenclature.is_gs1_nomenclature:
            try:
                parts = nomenclature.parse_barcode(barcode)
            except (ValidationError, ValueError):
                parts = None
            codes = {
                "location" if part["type"] == "location_dest" else part["type"]: part
                for part in parts or []
            }
            if codes:
                return {kind: part["value"] for kind, part in codes.items()}
        return dict.fromkeys(("location", "package", "product", "lot"), barcode)

    def _find(self, model, code, field="barcode", domain=Domain.TRUE):
        company = Domain("company_id", "in", [False, self.company_id.id])
        if model == "stock.location":
            company = Domain("company_id", "=", self.company_id.id)
            company &= Domain("usage", "in", ("internal", "transit"))
        return self.env[model].search(Domain(field, "=", code) & company & domain)

    def _find_product(self, code):
        """Return the product of a barcode, be it an EAN or a padded GTIN, or none."""
        codes = {code, code.lstrip("0"), code.lstrip("0").zfill(13)}
        products = self.env["product.product"].with_context(skip_preprocess_gs1=True)
        company = Domain("company_id", "in", [False, self.company_id.id])
        return products.search(Domain("barcode", "in", list(codes)) & company, limit=1)

    def _scan_product(self, found):
        product, lot = found["product"], found.get("lot", self.env["stock.lot"])
        if product.tracking != "none" and not lot:
            return self._warn(
                self.env._(
                    "%(product)s is tracked: scan its lot or serial number.",
                    product=product.display_name,
                )
            )
        quants = self._find_quants(product, lot)
        if not quants:
            return self._warn(
                self.env._(
                    "There is nothing of %(product)s in %(location)s.",
                    product=(lot or product).display_name,
                    location=self.location_id.display_name or self.env._("stock"),
                )
            )
        if len(quants.location_id) > 1:
            return self._warn(
                self.env._(
                    "%(product)s is in %(locations)s: scan the location first.",
                    product=(lot or product).display_name,
                    locations=", ".join(quants.location_id.mapped("display_name")),
                )
            )
        self._add(quants[0], found.get("quantity") or 1.0)
        return None

    def _scan_package(self, package):
        quants = self.env["stock.quant"].search(
            [("package_id", "in", package.ids), ("quantity", ">", 0)]
        )
        if not quants:
            return self._warn(
                self.env._(
                    "Package %(package)s is empty.",
                    package=", ".join(package.mapped("name")),
                )
            )
        for quant in quants:
            self._add(quant, quant.quantity)
        return None

    def _find_quants(self, product, lot):
        domain = Domain("product_id", "=", product.id) & Domain("quantity", ">", 0)
        domain &= Domain("company_id", "=", self.company_id.id)
        domain &= Domain("location_id.usage", "in", ("internal", "transit"))
        if lot:
            domain &= Domain("lot_id", "=", lot.id)
        if self.location_id:
            domain &= Domain("location_id", "child_of", self.location_id.id)
        # Goods outside packages come first: a package has a code of its own.
        return self.env["stock.quant"].search(domain, order="package_id DESC, id")

    def _add(self, quant, quantity):
        """Add an item, or to the item of the same goods."""
        vals = {**self._prepare_line_vals(quant), "quantity": quantity}
        for line in self.line_ids:
            if line._is_of(quant):
                line.quantity += quantity
                return
        self.line_ids += self.line_ids.new(vals)

    def _warn(self, message):
        # A dialog would swallow what is scanned next.
        return {
            "warning": {
                "title": self.env._("Barcode"),
                "message": message,
                "type": "notification",
            }
        }

    def action_mark(self):
        """Put the goods on the list of unsellable stock, as this user."""
        self.ensure_one()
        self._mark()
        return {"type": "ir.actions.act_window_close"}

    def action_mark_and_next(self):
        """The same, and an empty form for the next goods."""
        self.ensure_one()
        self._mark()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_mark_action"
        )
        defaults = {
            "default_reason_id": self.reason_id.id,
            "default_location_id": self.location_id.id,
        }
        return {**action, "context": defaults}

    def _mark(self):
        if not self.line_ids:
            raise UserError(
                self.env._("Scan or choose the goods that are unsellable first.")
            )
        without_reason = self.line_ids.filtered(
            lambda line: not (line.reason_id or self.reason_id)
        )
        if without_reason:
            raise UserError(
                self.env._(
                    "%(items)s: say why the goods are unsellable.",
                    items=", ".join(without_reason.product_id.mapped("display_name")),
                )
            )
        return self.env["inventory.writeoff.candidate"].create(
            [line._prepare_candidate_vals() for line in self.line_ids]
        )
