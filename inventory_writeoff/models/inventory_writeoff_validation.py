from odoo import models
from odoo.exceptions import UserError

# A message with more sentences than this does not fit a screen.
SHOWN_PROBLEMS = 20


class InventoryWriteoffValidation(models.AbstractModel):
    """What must be true of a write-off, at submission and again at posting.

    Every check takes all write-offs at once and yields a sentence for each thing
    that is wrong: which record, why, what to do next.
    """

    _name = "inventory.writeoff.validation"
    _description = "Validation of Write-Offs"

    def _get_problems(self, writeoffs):
        """Return what keeps the write-offs from being submitted or posted."""
        # Accounts, journals and costs are not readable for requesters, who are only
        # told which of them is missing.
        writeoffs = writeoffs.sudo()
        problems = [
            *self._check_not_empty(writeoffs),
            *self.env["inventory.writeoff.dates"]._get_problems(writeoffs),
        ]
        lines = writeoffs.line_ids
        for check in self._get_line_checks():
            problems += check(lines)
        return problems or self._check_books(writeoffs)

    def _refuse(self, problems):
        """Raise what is wrong, a sentence a line; a long list is cut short."""
        problems = list(problems)
        if not problems:
            return
        shown = problems[:SHOWN_PROBLEMS]
        if hidden := len(problems) - len(shown):
            shown.append(self.env._("And %(count)s more like these.", count=hidden))
        raise UserError("\n".join(shown))

    def _get_line_checks(self):
        """Return the checks of lines; an add-on appends its own."""
        return [
            self._check_products,
            self._check_units,
            self._check_quantities,
            self._check_lots,
            self._check_serials,
            self._check_locations,
            self._check_reasons,
            self._check_disposal_methods,
            self._check_loss_locations,
        ]

    def _check_not_empty(self, writeoffs):
        for writeoff in writeoffs:
            if not any(line.quantity for line in writeoff.line_ids):
                yield self.env._(
                    "%(writeoff)s has no item to write off. Add at least one, with its "
                    "quantity.",
                    writeoff=writeoff.display_name,
                )

    def _check_products(self, lines):
        for line in lines:
            if not line.product_id.is_storable:
                yield self.env._(
                    "%(line)s: the product is not tracked in stock, so there is "
                    "nothing to write off. Remove the item.",
                    line=line._describe(),
                )

    def _check_units(self, lines):
        for line in lines:
            unit = line.product_id.uom_id
            if not line.product_uom_id._has_common_reference(unit):
                yield self.env._(
                    "%(line)s: %(unit)s cannot be converted to %(product_unit)s, the "
                    "unit of the product. Choose a unit of the same kind.",
                    line=line._describe(),
                    unit=line.product_uom_id.name,
                    product_unit=unit.name,
                )

    def _check_quantities(self, lines):
        for line in lines:
            # An item that a count has emptied stays as a record of what was asked.
            emptied = line.writeoff_id.state != "draft"
            if not line.quantity and not emptied:
                yield self.env._(
                    "%(line)s: the quantity is zero. Enter how much is written off, or "
                    "remove the item.",
                    line=line._describe(),
                )

    def _check_lots(self, lines):
        for line in lines:
            if line.tracking != "none" and not line.lot_id:
                yield self.env._(
                    "%(line)s: the product is tracked, and the lot or serial number is "
                    "missing. Choose the one that is written off.",
                    line=line._describe(),
                )
            if line.lot_id and line.lot_id.product_id != line.product_id:
                yield self.env._(
                    "%(line)s: the lot belongs to %(product)s. Choose a lot of the "
                    "item's product.",
                    line=line._describe(),
                    product=line.lot_id.product_id.display_name,
                )

    def _check_serials(self, lines):
        first_lines = {}
        for line in lines.filtered(lambda line: line.tracking == "serial"):
            unit, quantity = line.product_id.uom_id, line.quantity_product_uom
            if unit.is_zero(quantity) or not line.lot_id:
                continue
            if unit.compare(quantity, 1.0):
                yield self.env._(
                    "%(line)s: serial number %(serial)s stands for one piece, but the "
                    "quantity is %(quantity)s. Use one item per serial number.",
                    line=line._describe(),
                    serial=line.lot_id.name,
                    quantity=line.quantity,
                )
            first = first_lines.setdefault(line.lot_id, line)
            if first != line:
                yield self.env._(
                    "%(line)s: the serial number is already in %(first)s. Remove one "
                    "of the two.",
                    line=line._describe(),
                    first=first._describe(),
                )

    def _check_locations(self, lines):
        for line in lines:
            if line.location_id.usage not in ("internal", "transit"):
                yield self.env._(
                    "%(line)s: %(location)s does not hold stock of the company. Choose "
                    "the internal location where the goods are.",
                    line=line._describe(),
                    location=line.location_id.display_name,
                )

    def _check_reasons(self, lines):
        for line in lines:
            reason = line.reason_id
            if not reason:
                yield self.env._(
                    "%(line)s: the reason is missing. Choose why the goods are written "
                    "off.",
                    line=line._describe(),
                )
            elif not reason.active:
                yield self.env._(
                    "%(line)s: reason %(reason)s is archived. Choose an active one.",
                    line=line._describe(),
                    reason=reason.display_name,
                )
            elif not reason._is_valid_for_category(line.product_id.categ_id):
                yield self.env._(
                    "%(line)s: reason %(reason)s is not meant for products of category "
                    "%(category)s. Choose another reason.",
                    category=line.product_id.categ_id.display_name,
                    line=line._describe(),
                    reason=reason.display_name,
                )

    def _check_disposal_methods(self, lines):
        for line in lines:
            method = line.disposal_method_id
            allowed = line.reason_id.disposal_method_ids
            if not method:
                yield self.env._(
                    "%(line)s: the disposal method is missing. Choose what happens to "
                    "the goods.",
                    line=line._describe(),
                )
            elif not method.active:
                yield self.env._(
                    "%(line)s: disposal method %(method)s is archived. Choose an "
                    "active one.",
                    line=line._describe(),
                    method=method.display_name,
                )
            elif allowed and method not in allowed:
                yield self.env._(
                    "%(line)s: disposal method %(method)s is not possible with reason "
                    "%(reason)s. Choose one of: %(allowed)s.",
                    line=line._describe(),
                    method=method.display_name,
                    reason=line.reason_id.display_name,
                    allowed=", ".join(allowed.mapped("display_name")),
                )

    def _check_loss_locations(self, lines):
        for (reason, company), group in self._group_by_reason(lines).items():
            location = reason._get_loss_location(company)
            refusal = (
                location._get_cannot_be_loss_location_reason(company)
                if location
                else self.env._(
                    "no write-off location is set in %(company)s. Set one in the "
                    "write-off settings.",
                    company=company.display_name,
                )
            )
            if refusal:
                yield self.env._(
                    "%(line)s: %(refusal)s", line=group[0]._describe(), refusal=refusal
                )

    def _check_books(self, writeoffs):
        """Check what a journal entry needs; goods without value need none."""
        lines = writeoffs.line_ids.filtered(lambda line: line._is_company_owned())
        return [
            *self._check_journals(writeoffs),
            *self._check_loss_accounts(lines),
            *self._check_valuation_accounts(lines),
        ]

    def _check_journals(self, writeoffs):
        for company, group in writeoffs.grouped("company_id").items():
            if not company._get_writeoff_journal():
                yield self.env._(
                    "%(writeoff)s: %(company)s has no journal for write-offs. Set the "
                    "stock journal in the inventory valuation settings or a journal in "
                    "the write-off settings.",
                    writeoff=group[0].display_name,
                    company=company.display_name,
                )

    def _check_loss_accounts(self, lines):
        for (reason, company), group in self._group_by_reason(lines).items():
            account = reason._get_loss_account(company)
            refusal = account and account._get_cannot_be_loss_account_reason(company)
            names = {
                "line": group[0]._describe(),
                "reason": reason.display_name,
                "company": company.display_name,
            }
            if not account:
                yield self.env._(
                    "%(line)s: reason %(reason)s has no loss account in %(company)s. "
                    "Set it on the reason, or set a default one in the write-off "
                    "settings.",
                    **names,
                )
            elif refusal:
                yield self.env._(
                    "%(line)s, reason %(reason)s: %(refusal)s", refusal=refusal, **names
                )

    def _check_valuation_accounts(self, lines):
        posting = self.env["inventory.writeoff.posting"]
        for line in lines:
            valuation_account = posting._get_valuation_account(line)
            if not valuation_account:
                yield self.env._(
                    "%(line)s: product category %(category)s has no stock valuation "
                    "account. Set it on the category or in the inventory valuation "
                    "settings.",
                    line=line._describe(),
                    category=line.product_id.categ_id.display_name or "-",
                )
            elif valuation_account == line.reason_id._get_loss_account(line.company_id):
                yield self.env._(
                    "%(line)s: the loss account is also the stock valuation account of "
                    "category %(category)s, so nothing would be written off. Choose "
                    "another loss account.",
                    line=line._describe(),
                    category=line.product_id.categ_id.display_name or "-",
                )

    def _check_same_company(self, records, field_names=None):
        """Refuse links to another company, in words that say which and what to do."""
        if field_names is None or "company_id" in field_names:
            field_names = records._fields
        names = [
            name
            for name in field_names
            if records._fields[name].relational and records._fields[name].check_company
        ]
        # The user may not be allowed to read the other company's record.
        for record in records.sudo():
            for name in names:
                linked = record[name].with_context(active_test=False)
                domain = linked._check_company_domain(record.company_id)
                if linked and linked.filtered_domain(domain) != linked:
                    raise UserError(self._get_foreign_message(record, name))

    def _get_foreign_message(self, record, name):
        is_line = record._name == "inventory.writeoff.line"
        return self.env._(
            "%(record)s: %(field)s %(value)s does not belong to %(company)s. Choose "
            "one that does.",
            record=record._describe() if is_line else record.display_name,
            field=record.fields_get([name], ["string"])[name]["string"],
            value=record[name].display_name,
            company=record.company_id.display_name,
        )

    def _group_by_reason(self, lines):
        return lines.grouped(lambda line: (line.reason_id, line.company_id))
