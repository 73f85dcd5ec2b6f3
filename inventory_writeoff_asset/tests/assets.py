from datetime import date

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon

NOW = "2026-06-16 10:00:00"
TODAY = fields.Date.to_date("2026-06-16")


class AssetCommon(ReversalCommon):
    """Forklifts: 1,200.00 over the twelve months of 2026, depreciated until May."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.account_fixed = cls._create_account("FIX", "Machines", "asset_fixed")
        cls.account_depreciated = cls._create_account("DEP", "Depr.", "asset_fixed")
        cls.account_depreciation = cls._create_account(
            "EXP", "Depreciation", "expense_depreciation"
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Assets",
                "code": "FIX",
                "type": "general",
                "company_id": cls.company.id,
            }
        )
        cls.profile = cls._create_profile()
        # As the set-up of assets has it: what is booked there makes an asset.
        cls.account_fixed.asset_profile_id = cls.profile
        cls.category = cls.category_standard.copy({"name": "Machines"})
        cls.product = cls._create_product(
            "Forklift", cls.category, tracking="serial", standard_price=0.0
        )
        cls.accountant = new_test_user(
            cls.env,
            "wo_accountant",
            groups="account.group_account_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_profile(cls, company=None):
        company = company or cls.company
        return cls.env["account.asset.profile"].create(
            {
                "name": "Machines",
                "company_id": company.id,
                "account_asset_id": cls.account_fixed.id,
                "account_depreciation_id": cls.account_depreciated.id,
                "account_expense_depreciation_id": cls.account_depreciation.id,
                "journal_id": cls.journal.id,
                "method": "linear",
                "method_time": "number",
                "method_number": 12,
                "method_period": "month",
            }
        )

    def _create_serial(self, name, product=None):
        product = product or self.product
        lot = self._create_lot(product, name)
        self._receive(product, 1, lot)
        return lot

    def _receive(self, product, quantity, lot=None):
        quants = self.env["stock.quant"]
        lot = lot or self.env["stock.lot"]
        quants._update_available_quantity(
            product, self.stock_location, quantity, lot_id=lot
        )

    def _create_asset(self, lot=None, until="2026-05-31", **values):
        asset = self.env["account.asset"].create(
            {
                "name": "Forklift",
                "profile_id": self.profile.id,
                "purchase_value": 1200.0,
                "date_start": "2026-01-01",
                "lot_id": lot and lot.id,
                "company_id": self.company.id,
                **values,
            }
        )
        asset.validate()
        return self._depreciate(asset, until)

    def _depreciate(self, asset, until):
        due = asset.depreciation_line_ids.filtered(
            lambda line: (
                line.type == "depreciate"
                and not line.move_id
                and line.line_date <= fields.Date.to_date(until)
            )
        )
        due.sorted("line_date").create_move()
        return asset

    def _balance(self, *accounts):
        """Return the balance of each account, in the order given."""
        self.env.flush_all()
        domain = [
            ("account_id", "in", [account.id for account in accounts]),
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
        ]
        balances = dict(
            self.env["account.move.line"]._read_group(
                domain, ["account_id"], ["balance:sum"]
            )
        )
        return [balances.get(account, 0.0) for account in accounts]

    def _get_schedule(self, asset):
        return [
            (line.type, line.line_date, line.amount, line.line_days, bool(line.move_id))
            for line in asset.depreciation_line_ids.sorted("line_date")
        ]

    def _serial_vals(self, lot):
        return (lot.product_id, 1, {"lot_id": lot.id})

    def _changes(self, before, accounts):
        pairs = zip(self._balance(*accounts), before, strict=True)
        return [after - was for after, was in pairs]

    def _assert_tied(self, writeoff):
        """The tie-out of the losses and the verification of the log find nothing."""
        tie_outs = self.env["inventory.writeoff.tie.out"].with_user(self.finance)
        rows = tie_outs._get_tie_out(self.company, date(2026, 1, 1), TODAY)
        self.assertEqual(sum(row["difference"] for row in rows), 0.0)
        self.env.flush_all()
        problems = self.env["inventory.writeoff.verification"]._compare_batch(
            writeoff.sudo() | writeoff.sudo().reversal_of_id
        )
        self.assertEqual(problems, [])

    def _capitalise(self, lot, value):
        entry = self.env["account.move"].create(
            {
                "journal_id": self.journal.id,
                "date": "2026-01-01",
                "line_ids": [
                    Command.create(
                        {
                            "name": lot.name,
                            "account_id": self.account_fixed.id,
                            "asset_profile_id": self.profile.id,
                            "debit": value,
                        }
                    ),
                    Command.create(
                        {
                            "name": lot.name,
                            "account_id": self.account_stock_valuation.id,
                            "credit": value,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        asset = entry.line_ids.asset_id
        asset.lot_id = lot
        asset.validate()
        return self._depreciate(asset, "2026-05-31")
