from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestBadSetup(WriteoffRpcCommon):
    """What an administrator can get wrong, refused where it is entered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.stock_account = cls.account_stock_valuation
        cls.asset = cls._create_account("WOASSET", "Vases", "asset_current")

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 10, 10.0)

    def _write_reason(self, vals):
        return self._rpc_on(self.manager, self.reason, "write", vals)

    def test_loss_account(self):
        """On the reason by its administrator, and as the company's default."""
        archived = self._create_account("WOOLD", "Old losses")
        archived.active = False
        for account, pattern in (
            (self.asset, "Vases is a balance-sheet account.*Choose an expense account"),
            (self.stock_account, "is a balance-sheet account.*Choose"),
            (archived, "Old losses is archived. Choose an active one"),
        ):
            self.assertRefused(
                rf"Reason \[TEST\].*{pattern}",
                self._write_reason,
                {"loss_account_id": account.id},
            )
            with self.assertRaisesRegex(ValidationError, f"Default loss.*{pattern}"):
                self.company.writeoff_loss_account_id = account

    def test_loss_account_that_is_the_stock_account(self):
        """An expense account that a category also uses for its stock."""
        self.category_avco.property_stock_valuation_account_id = self.loss_account
        writeoff = self._create_writeoff((self.product, 1))
        self.assertRefused(
            r"\(Vase\).*also the stock valuation account of category Avco.*Choose",
            self._rpc_on,
            self.requester,
            writeoff,
            "action_submit",
        )

    def test_loss_account_changed_after_approval(self):
        """Archived or turned into an asset when the write-off was approved already."""
        for change, pattern in (
            ({"active": False}, "is archived. Choose"),
            ({"account_type": "asset_current"}, "is a balance-sheet account"),
        ):
            self.loss_account.write({"active": True, "account_type": "expense"})
            writeoff = self._approve((self.product, 1))
            self.loss_account.write(change)
            self.assertRefused(
                f"{writeoff.name}.*{pattern}",
                self._rpc_on,
                self.finance,
                writeoff,
                "action_post",
            )

    def test_loss_location(self):
        scrap = self.env["stock.location"].create(
            {"name": "Bin", "usage": "inventory", "company_id": self.company.id}
        )
        valued = scrap.copy({"valuation_account_id": self.asset.id})
        shared = scrap.copy({"company_id": False})
        for location, pattern in (
            (self.stock_location, "Stock is not of type Inventory Loss. Choose"),
            (valued, "has a stock valuation account.*second time. Remove"),
            (shared, "does not belong to Inventory Test Company. Choose"),
            (self.inventory_location, "is used by inventory counts.*Create a new"),
        ):
            self.assertRefused(
                rf"Reason \[TEST\].*{pattern}",
                self._write_reason,
                {"loss_location_id": location.id},
            )
            with self.assertRaisesRegex(ValidationError, f"Write-off loc.*{pattern}"):
                self.company.writeoff_location_id = location
        with self.assertRaisesRegex(ValidationError, "second time"):
            self.loss_location.valuation_account_id = self.asset
        self._write_reason({"loss_location_id": scrap.id})
        writeoff = self._post((self.product, 1))
        self.assertEqual(writeoff.sudo().stock_move_ids.location_dest_id, scrap)

    def test_no_loss_location(self):
        self.company.writeoff_location_id = False
        writeoff = self._create_writeoff((self.product, 1))
        self.assertRefused(
            "no write-off location is set in Inventory Test Company. Set one",
            self._rpc_on,
            self.requester,
            writeoff,
            "action_submit",
        )

    def test_no_journal(self):
        self.company.account_stock_journal_id = False
        writeoff = self._create_writeoff((self.product, 1))
        self.assertRefused(
            "Inventory Test Company has no journal for write-offs. Set the stock",
            self._rpc_on,
            self.requester,
            writeoff,
            "action_submit",
        )
        journals = self.env["account.journal"]
        journal = journals.create({"name": "Losses", "code": "LOSS", "type": "general"})
        self.company.writeoff_journal_id = journal
        posted = self._post((self.product, 1))
        self.assertEqual(posted.sudo().account_move_ids.journal_id, journal)
        sales = journals.search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        )
        with self.assertRaisesRegex(ValidationError, "choose a miscellaneous journal"):
            self.company.writeoff_journal_id = sales

    def test_no_valuation_account(self):
        self.company.account_stock_valuation_id = False
        self.env["ir.default"].search(
            [("field_id.name", "=", "property_stock_valuation_account_id")]
        ).unlink()
        writeoff = self._create_writeoff((self.product, 1))
        self.assertRefused(
            r"\(Vase\).*category Avco has no stock valuation account. Set it",
            self._rpc_on,
            self.requester,
            writeoff,
            "action_submit",
        )

    def test_duplicate_codes(self):
        """Also of archived ones; the answer names the one that has the code."""
        self.reason.active = False
        self.disposal.active = False
        for record in (self.reason, self.disposal):
            self.assertRefused(
                f"{record.code} is already the code of .*{record.name}.* Choose",
                self._rpc,
                self.manager,
                record._name,
                "create",
                [{"code": record.code, "name": "Another"}],
            )
            other = record.copy({"code": "OTHER1"})
            self.assertRefused(
                f"{record.code} is already the code of .*{record.name}.* Choose",
                self._rpc_on,
                self.manager,
                other,
                "write",
                {"code": record.code},
            )
            self.assertNotEqual(record.copy().code, record.code)

    def test_used_reason_is_kept(self):
        self._create_writeoff((self.product, 1))
        self.assertRefused(
            r"\[TEST\] Broken in a test is used .*Archive it",
            self._rpc_on,
            self.manager,
            self.reason,
            "unlink",
        )
