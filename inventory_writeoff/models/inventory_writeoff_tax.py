from collections import defaultdict

from odoo import models


class InventoryWriteoffTax(models.AbstractModel):
    """The purchase tax that is given back on goods that are written off.

    It is what a vendor's refund of the goods at their cost would give back, computed
    by Odoo's own tax engine with the repartition of refunds. Only tax that was
    deducted is given back: what stands on no account, or on an account of the result,
    was part of the cost. Tax that was owed for the purchase (reverse charge) stays
    owed.
    """

    _name = "inventory.writeoff.tax"
    _description = "Purchase Tax on Write-Offs"

    def _get_base_lines(self, values):
        """Return {line: its base line of Odoo's tax engine} where tax is given back.

        :param values: {write-off: pairs of a line and what its goods are worth}
        """
        # Who posts, and who looks at a preview, need not be able to read taxes.
        lines = self.env["inventory.writeoff.line"].sudo()
        lines = lines.concat(*(line for pairs in values.values() for line, _v in pairs))
        taxes = self._get_taxes(self._get_taxed(lines.filtered("reason_id")))
        found = {}
        for writeoff, pairs in values.items():
            base_lines = {
                line: self._prepare_base_line(line.sudo(), value, taxes[line])
                for line, value in pairs
                if taxes.get(line) and value > 0
            }
            self._add_amounts(list(base_lines.values()), writeoff.company_id.sudo())
            found.update(base_lines)
        return found

    def _get_taxed(self, lines):
        """Return the lines of which the reason asks for tax to be given back."""
        reversed_lines = lines.filtered(
            lambda line: (
                line.reason_id.tax_treatment == "reverse" and not line.origin_line_id
            )
        )
        conditional = lines.filtered(
            lambda line: (
                line.reason_id.tax_treatment == "unless_evidence"
                and not line.origin_line_id
            )
        )
        return reversed_lines | (conditional - self._get_proven(conditional))

    def _get_taxed_writeoffs(self, writeoffs, lines=None):
        """Return the write-offs of which the entry may carry tax.

        :param lines: the items that are booked, all of them unless told
        """
        lines = (writeoffs.line_ids if lines is None else lines).sudo()
        originals = lines.filtered(lambda line: line.origin_line_id.posted_tax_items)
        taxes = self._get_taxes(self._get_taxed(lines.filtered("reason_id")))
        taxed = originals.concat(*(line for line, found in taxes.items() if found))
        return taxed.writeoff_id

    def _get_proven(self, lines):
        """Return the lines of which all required evidence is there and accepted.

        Where nothing is required, nothing is proven.
        """
        required = self._get_required(lines)
        accepted = self._get_accepted(lines.writeoff_id._origin)
        nothing = self.env["inventory.writeoff.evidence.type"].sudo()
        return lines.filtered(
            lambda line: (
                required[line]
                and required[line] <= accepted.get(line.writeoff_id._origin, nothing)
            )
        )

    def _get_required(self, lines):
        """Return {line: types of evidence that its reason and disposal ask for}."""
        requirements = self.env["inventory.writeoff.evidence.requirement"].sudo()
        requirements = requirements.search(
            [
                "|",
                ("reason_id", "in", lines.reason_id._origin.ids),
                ("disposal_method_id", "in", lines.disposal_method_id._origin.ids),
            ]
        )
        types = defaultdict(self.env["inventory.writeoff.evidence.type"].sudo().browse)
        for requirement in requirements:
            owner = requirement.reason_id or requirement.disposal_method_id
            types[owner] |= requirement.evidence_type_id
        return {
            line: types[line.reason_id._origin] | types[line.disposal_method_id._origin]
            for line in lines
        }

    def _get_accepted(self, writeoffs):
        """Return {write-off: types of evidence that was accepted}."""
        # What is there counts, also for who may not read it.
        groups = (
            self.env["inventory.writeoff.evidence"]
            .sudo()
            ._read_group(
                [
                    ("writeoff_id", "in", writeoffs.ids),
                    ("superseded_by_id", "=", False),
                    ("accepted_by_id", "!=", False),
                ],
                ["writeoff_id"],
                ["evidence_type_id:recordset"],
            )
        )
        return dict(groups)

    def _get_taxes(self, lines):
        """Return {line: taxes that its company pays when it buys the product}."""
        positions = {
            company: self._get_fiscal_position(company) for company in lines.company_id
        }
        return {
            line: positions[line.company_id].map_tax(
                line.product_id.supplier_taxes_id._filter_taxes_by_company(
                    line.company_id
                )
            )
            for line in lines
        }

    def _get_fiscal_position(self, company):
        """Return the position that Odoo gives to bills of domestic vendors."""
        for parent in reversed(company.parent_ids):
            position = parent.domestic_fiscal_position_id
            if position.auto_apply:
                return position
        return self.env["account.fiscal.position"].sudo()

    def _prepare_base_line(self, line, value, taxes):
        """Return the goods as a refund has them: the cost is without tax."""
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            None,
            product_id=line.product_id,
            product_uom_id=line.product_id.uom_id,
            quantity=line.quantity_product_uom,
            price_unit=value / line.quantity_product_uom,
            currency_id=line.currency_id,
            tax_ids=taxes,
            special_mode="total_excluded",
            is_refund=True,
        )

    def _add_amounts(self, base_lines, company):
        engine = self.env["account.tax"].sudo()
        engine._add_tax_details_in_base_lines(base_lines, company)
        engine._round_base_lines_tax_details(base_lines, company)
        # An entry has no payment to wait for: it books on the tax account itself.
        engine._add_accounting_data_in_base_lines_tax_details(
            base_lines, company, include_caba_tags=True
        )

    def _get_parts(self, base_line):
        """Return pairs of Odoo's data of a tax and of one of its repartition lines."""
        return [
            (tax_data, part)
            for tax_data in base_line["tax_details"]["taxes_data"]
            if not tax_data["is_reverse_charge"]
            for part in tax_data["tax_reps_data"]
            if part["tax_amount"] and self._is_deducted(part["tax_rep"])
        ]

    def _is_deducted(self, repartition_line):
        account = repartition_line.account_id
        return account and account.internal_group not in ("income", "expense")

    def _get_base_tax_ids(self, base_line):
        """Return ids of the taxes and tags that the goods themselves carry."""
        taxes = self.env["account.tax"].sudo()
        for tax_data, _part in self._get_parts(base_line):
            # The base of tax that is owed stays: the goods were bought.
            if not tax_data["tax"].has_negative_factor:
                taxes |= tax_data["tax"]
        bases = taxes.refund_repartition_line_ids.filtered(
            lambda repartition_line: repartition_line.repartition_type == "base"
        )
        shown = base_line["tax_ids"].filtered(
            lambda tax: (tax | tax.children_tax_ids) & taxes
        )
        tags = bases.tag_ids
        if taxes:
            tags |= base_line["product_id"].account_tag_ids
        return tuple(shown.ids), tuple(tags.ids)
