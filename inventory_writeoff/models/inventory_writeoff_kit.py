from odoo import models


class InventoryWriteoffKit(models.AbstractModel):
    """Kits of manufacturing: no stock of their own, only that of their components.

    Works without manufacturing as well: then there are no kits.
    """

    _name = "inventory.writeoff.kit"
    _description = "Components of Kits"

    def _get_components(self, lines):
        """Return {line with a kit: [(component, quantity, unit)]}.

        What lies on the shelf under the kit's own name, from the time before it was
        one, is no kit. Components that are not kept in stock are left out.
        """
        boms = self._get_boms(lines)
        kits = lines.filtered(lambda line: boms.get((line.company_id, line.product_id)))
        own = self._get_own_stock(kits)
        return {
            line: self._explode(line, boms[line.company_id, line.product_id])
            for line in kits
            if (line.product_id, line.location_id) not in own
        }

    def _get_boms(self, lines):
        if "mrp.bom" not in self.env:
            return {}
        # Requesters need no rights in Manufacturing to learn what a kit consists of.
        boms = self.env["mrp.bom"].sudo()
        return {
            (company, product): bom
            for company, group in lines.grouped("company_id").items()
            for product, bom in boms._bom_find(
                group.sudo().product_id, company_id=company.id, bom_type="phantom"
            ).items()
            if bom
        }

    def _get_own_stock(self, lines):
        if not lines:
            return set()
        # Finance and others may not read every quant.
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", lines.product_id.ids),
                    ("location_id", "in", lines.location_id.ids),
                    ("quantity", ">", 0),
                ],
                ["product_id", "location_id"],
            )
        )
        return set(groups)

    def _explode(self, line, bom):
        product = line.product_id.sudo()
        quantity = line.product_uom_id._compute_quantity(
            line.quantity, bom.product_uom_id, round=False
        )
        _boms, parts = bom.explode(product, quantity / bom.product_qty)
        return [
            (part.product_id.with_env(self.env), values["qty"], part.product_uom_id)
            for part, values in parts
            if part.product_id.is_storable
        ]
