from odoo import Command

from .reversals import ReversalCommon


class TaxCommon(ReversalCommon):
    """Purchase taxes with their accounts and tags, and what the books say of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_loss_account = cls._create_account("WOTAX", "Tax on losses")
        cls.base_tag, cls.vat_tag = cls._create_tags("WO base", "WO VAT")
        cls.vat_account = cls._create_account("WOVAT", "VAT", "asset_current")
        cls.vat = cls._create_tax("WO 20", 20.0, cls.vat_account)
        cls.reason.tax_treatment = "reverse"

    @classmethod
    def _create_tags(cls, *names):
        country = cls.company.account_fiscal_country_id
        return cls.env["account.account.tag"].create(
            [
                {"name": name, "applicability": "taxes", "country_id": country.id}
                for name in names
            ]
        )

    @classmethod
    def _create_tax(cls, name, amount, account, tag=None, parts=(100,), **values):
        """Create a tax; of several parts (in percent), only the first is deducted."""
        repartition = [cls._repartition_vals("base", 100, cls.base_tag)]
        for number, percent in enumerate(parts):
            vals = cls._repartition_vals("tax", percent, tag or cls.vat_tag, account)
            repartition.append({**vals, "account_id": not number and account.id})
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "purchase",
                "price_include_override": "tax_excluded",
                "invoice_repartition_line_ids": [
                    Command.create(vals) for vals in repartition
                ],
                "refund_repartition_line_ids": [
                    Command.create(vals) for vals in repartition
                ],
                **values,
            }
        )

    @classmethod
    def _repartition_vals(cls, kind, percent, tag, account=None):
        return {
            "repartition_type": kind,
            "factor_percent": percent,
            "account_id": account and account.id,
            "tag_ids": [Command.set(tag.ids)],
        }

    def _stock(self, name="Vase", quantity=10, cost=10.0, taxes=None, **values):
        """Return a product with stock and purchase taxes."""
        taxes = self.vat if taxes is None else taxes
        product = self._create_product(
            name, supplier_taxes_id=[Command.set(taxes.ids)], **values
        )
        self._make_in_move(product, quantity, cost)
        return product

    def _get_balances(self, *writeoffs):
        """Return {account: balance} of the entries of write-offs."""
        balances = {}
        for item in self._get_items(*writeoffs):
            balances.setdefault(item.account_id, 0.0)
            balances[item.account_id] += item.balance
        return {account: round(value, 2) for account, value in balances.items()}

    def _get_items(self, *writeoffs):
        entries = self.env["account.move"].union(
            *(
                writeoff.sudo().account_move_ids.with_env(self.env)
                for writeoff in writeoffs
            )
        )
        self.assertEqual(set(entries.mapped("state")), {"posted"})
        return entries.line_ids

    def _assert_log_fits(self):
        """The verification of the log finds everything as it was logged."""
        self.env.flush_all()
        self.env.invalidate_all()
        verification = self.env["inventory.writeoff.verification"]
        self.assertEqual(verification._verify(self.company)["problems"], [])

    def _get_report(self, *writeoffs):
        """Return {tag: balance} as Odoo's tax report adds them up."""
        self.env.flush_all()
        groups = self.env["account.move.line"]._read_group(
            [
                ("move_id.writeoff_id", "in", [writeoff.id for writeoff in writeoffs]),
                ("parent_state", "=", "posted"),
                ("tax_tag_ids", "!=", False),
            ],
            ["tax_tag_ids"],
            ["balance:sum"],
        )
        return {tag: round(balance, 2) for tag, balance in groups}
