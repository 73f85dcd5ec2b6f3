from collections import defaultdict

from odoo import models
from odoo.fields import Domain


class InventoryWriteoffImportLookup(models.AbstractModel):
    """Finds the records that a file names, a fixed number of queries for all rows.

    A name that fits several records is refused rather than guessed.
    """

    _name = "inventory.writeoff.import.lookup"
    _description = "Look-Up of Imported Items"

    def _find(self, writeoff, items):
        """Return {column: {text: records}}; lots also by (product id, text)."""
        texts = defaultdict(set)
        for item in items:
            for column, text in item.items():
                texts[column].add(text)
        company = Domain("company_id", "in", [False, writeoff.company_id.id])
        found = {
            "product": self._find_products(texts["product"], company),
            "package": self._find_by(
                "stock.package", ["name"], texts["package"], company
            ),
            "location": self._find_by(
                "stock.location",
                ["complete_name", "barcode"],
                texts["location"],
                Domain("company_id", "=", writeoff.company_id.id)
                & Domain("usage", "in", ["internal", "transit"]),
            ),
            "owner": self._find_by(
                "res.partner", ["name", "ref"], texts["owner"], company
            ),
            "unit": self._find_by("uom.uom", ["name"], texts["unit"]),
            "reason": self._find_by(
                "inventory.writeoff.reason", ["code"], texts["reason"]
            ),
            "disposal": self._find_by(
                "inventory.writeoff.disposal.method", ["code"], texts["disposal"]
            ),
        }
        found["lot"] = self._find_lots(texts["lot"], company)
        return found

    def _find_by(self, model, names, texts, domain=Domain.TRUE):
        """Return {text: records that have it in one of the fields}, in one query."""
        found = defaultdict(self.env[model].browse)
        if not texts:
            return found
        named = Domain.OR([(name, "in", list(texts))] for name in names)
        records = self.env[model].search_fetch(named & domain, names)
        for record in records:
            for name in names:
                if record[name] in texts:
                    found[record[name]] |= record
        return found

    def _find_products(self, texts, domain):
        """References and barcodes go before names, active products before archived."""
        products = self.env["product.product"].with_context(active_test=False)
        if not texts:
            return defaultdict(products.browse)
        codes, names = defaultdict(products.browse), defaultdict(products.browse)
        fields = ["default_code", "barcode", "name"]
        named = Domain.OR([(field, "in", list(texts))] for field in fields)
        wanted = named & domain & Domain("is_storable", "=", True)
        products = products.search_fetch(wanted, [*fields, "active"])
        for product in products:
            for code in {product.default_code, product.barcode} & texts:
                codes[code] |= product
            if product.name in texts:
                names[product.name] |= product
        found = defaultdict(products.browse)
        for text in texts:
            matches = codes[text] or names[text]
            matches = matches.filtered("active") or matches
            # Unit and tracking are then read for all products at once.
            found[text] = matches.with_prefetch(products._prefetch_ids)
        return found

    def _find_lots(self, texts, domain):
        lots = self.env["stock.lot"]
        found = defaultdict(lots.browse)
        if not texts:
            return found
        named = Domain("name", "in", list(texts))
        lots = lots.search_fetch(named & domain, ["name", "product_id"])
        for lot in lots:
            lot = lot.with_prefetch(lots._prefetch_ids)
            found[lot.name] |= lot
            found[lot.product_id.id, lot.name] |= lot
        return found

    def _get_vals(self, writeoff, item, found):
        """Return the values of one line and what is wrong with it, in words."""
        errors = []
        product, lot = self._get_product_and_lot(item, found, errors)
        records = {
            column: self._get_one(column, item.get(column), found, errors)
            for column in ("package", "location", "owner", "reason", "disposal")
        }
        if not item.get("location") and not writeoff.location_id:
            errors.append(
                self.env._("the location is missing, and the write-off has none.")
            )
        unit = self._get_unit(product, item.get("unit"), found, errors)
        return {
            "writeoff_id": writeoff.id,
            "product_id": product.id,
            "lot_id": lot.id,
            "package_id": records["package"].id,
            "location_id": (records["location"] or writeoff.location_id).id,
            "owner_id": records["owner"].id,
            "product_uom_id": unit.id,
            "reason_id": (records["reason"] or writeoff.reason_id).id,
            "disposal_method_id": (
                records["disposal"] or writeoff.disposal_method_id
            ).id,
            "note": item.get("note"),
        }, errors

    def _get_one(self, column, text, found, errors):
        """Return the record that a text names, or none and why."""
        if not text:
            return found[column][None]
        records = found[column].get(text)
        if not records:
            errors.append(self._get_unknown_message(column, text))
        elif len(records) > 1:
            errors.append(self._get_ambiguous_message(column, text, records))
        else:
            return records
        return found[column][None]

    def _get_product_and_lot(self, item, found, errors):
        """A list of serial numbers is enough where each stands for one product."""
        product_text, lot_text = item.get("product"), item.get("lot")
        if product_text or not lot_text:
            product = self._get_one("product", product_text, found, errors)
            if not product_text:
                errors.append(self.env._("the product is missing."))
            return product, self._get_lot(product, lot_text, found, errors)
        lot = self._get_one("lot", lot_text, found, errors)
        return lot.product_id, lot

    def _get_lot(self, product, text, found, errors):
        none = self.env["stock.lot"]
        if not product:
            return none
        names = {"product": product.display_name, "lot": text}
        if not text:
            if product.tracking != "none":
                errors.append(
                    self.env._("%(product)s needs a lot or serial number.", **names)
                )
            return none
        lots = found["lot"].get((product.id, text), none)
        if not lots:
            errors.append(
                self.env._("there is no lot “%(lot)s” of %(product)s.", **names)
            )
        elif len(lots) > 1:
            errors.append(
                self.env._(
                    "there are several lots “%(lot)s” of %(product)s, of the company "
                    "and of all companies. Rename one of them.",
                    **names,
                )
            )
        return lots if len(lots) == 1 else none

    def _get_unit(self, product, text, found, errors):
        if not text or not product:
            return product.uom_id
        named = found["unit"].get(text)
        if not named:
            errors.append(self._get_unknown_message("unit", text))
            return product.uom_id
        units = named.filtered(lambda unit: unit._has_common_reference(product.uom_id))
        if not units:
            errors.append(
                self.env._(
                    "%(unit)s cannot be converted to %(product_unit)s, the unit of "
                    "%(product)s.",
                    unit=text,
                    product_unit=product.uom_id.name,
                    product=product.display_name,
                )
            )
        elif len(units) > 1:
            errors.append(self._get_ambiguous_message("unit", text, units))
        return units if len(units) == 1 else product.uom_id

    def _get_unknown_message(self, column, text):
        messages = {
            "product": self.env._(
                "there is no storable product “%(text)s”. Use its reference, barcode "
                "or name.",
                text=text,
            ),
            "lot": self.env._("there is no lot “%(text)s”.", text=text),
            "package": self.env._("there is no package “%(text)s”.", text=text),
            "location": self.env._(
                "there is no location “%(text)s” with stock of the company. Use its "
                "full name, like WH/Stock/Shelf, or its barcode.",
                text=text,
            ),
            "owner": self.env._("there is no contact “%(text)s”.", text=text),
            "unit": self.env._("there is no unit “%(text)s”.", text=text),
            "reason": self.env._("there is no reason with code “%(text)s”.", text=text),
            "disposal": self.env._(
                "there is no disposal method with code “%(text)s”.", text=text
            ),
        }
        return messages[column]

    def _get_ambiguous_message(self, column, text, records):
        label = self.env["inventory.writeoff.import.rows"]._get_labels()[column]
        return self.env._(
            "%(column)s “%(text)s” fits %(count)s records: %(records)s. Name it by "
            "something that only one of them has, like a reference or barcode; a lot, "
            "with its product.",
            column=label,
            text=text,
            count=len(records),
            records=", ".join(self._describe(record) for record in records[:5]),
        )

    def _describe(self, record):
        if record._name == "stock.lot":
            return f"{record.name} ({record.product_id.display_name})"
        return record.display_name
