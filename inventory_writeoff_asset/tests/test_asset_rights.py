from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .assets import AssetCommon


@tagged("post_install", "-at_install")
class TestAssetRights(AssetCommon):
    """Who sees what of assets, and what nobody does by hand."""

    def test_rows_of_the_document(self):
        """Roles read what they read of the write-off; nobody writes."""
        lot = self._create_serial("S1")
        self._create_asset(lot)
        writeoff = self._post(self._serial_vals(lot))
        stranger = self._create_role_user("stranger", "user")
        there = self._create_user(
            "far", "inventory_writeoff.group_writeoff_auditor", self.other_company
        )
        spec = {"asset_id": {"fields": {"display_name": {}}}, "value_loss": {}}
        for model in ("retirement", "retirement.line"):
            rows = self.env[f"inventory.writeoff.{model}"]
            rows = rows.search([("writeoff_id", "=", writeoff.id)])
            self.assertTrue(rows)
            for user in (
                self.requester,
                self.approver,
                self.senior,
                self.finance,
                self.manager,
                self.auditor,
            ):
                found = rows.with_user(user).search([("id", "in", rows.ids)])
                self.assertEqual(found, rows, user.login)
                for write in (
                    lambda rows=found: rows.write({"writeoff_id": False}),
                    lambda rows=found: rows.unlink(),
                    lambda rows=found: rows.create({}),
                ):
                    with self.assertRaises(AccessError), mute_logger("odoo.addons"):
                        write()
            for user in (stranger, there):
                self.assertFalse(rows.with_user(user).search([("id", "in", rows.ids)]))
            with self.assertRaises(AccessError):
                rows.with_user(self.stock_user).check_access("read")
        (read,) = writeoff.with_user(self.requester).retirement_ids.web_read(spec)
        self.assertEqual(read["asset_id"]["display_name"], "Forklift")

    def test_nothing_by_hand(self):
        """Who administers Accounting neither edits nor reverses what is done."""
        lot = self._create_serial("H1")
        asset = self._create_asset(lot).with_user(self.accountant)
        writeoff = self._post(self._serial_vals(lot))
        entries = writeoff.retirement_ids.sudo().move_ids.with_user(self.accountant)
        removal = entries.sorted("date")[-1:]
        line = asset.depreciation_line_ids.filtered(lambda x: x.type == "remove")
        other = self._create_serial("H2")
        for act in (
            removal.button_draft,
            removal.button_cancel,
            removal._reverse_moves,
            line.unlink_move,
            lambda: removal.write({"date": "2026-06-17"}),
            lambda: removal.write({"writeoff_retirement_id": False}),
            lambda: asset.write({"state": "open"}),
            lambda: asset.write({"date_remove": False}),
            lambda: asset.write({"lot_id": other.id}),
            asset.set_to_draft,
        ):
            with (
                self.assertRaisesRegex(UserError, "[Rr]everse the write-off"),
                self.env.cr.savepoint(),
            ):
                act()
        self.assertEqual(asset.state, "removed")
        retirement = writeoff.retirement_ids.id
        vals = {"writeoff_retirement_id": retirement, "journal_id": self.journal.id}
        moves = self.env["account.move"].with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "made by posting"):
            moves.create(vals)
        context = {"default_writeoff_retirement_id": retirement}
        made = moves.with_context(**context).create({"journal_id": self.journal.id})
        self.assertFalse(made.writeoff_retirement_id)
        # A reversal gives everything free again.
        self._reverse(writeoff)
        asset.lot_id = other
        self.assertEqual(asset.state, "open")

    def test_link(self):
        """People of Invoicing link goods without any right in Inventory."""
        lot = self._create_serial("I1")
        asset = self._create_asset()
        link = asset.with_user(self.invoicing_user)
        link.lot_id = lot
        self.assertEqual(link.product_id, self.product)
        self.assertEqual(link.lot_id.display_name, "I1")
        with self.assertRaises(AccessError):
            asset.with_user(self.finance).lot_id = False
        with self.assertRaises(AccessError):
            lot.with_user(self.invoicing_user).name = "I2"
        self.assertEqual(
            lot.with_user(self.stock_user).asset_names, "Forklift (Running)"
        )
        draft = self._create_writeoff(self._serial_vals(lot))
        self.assertIn("Forklift", draft.asset_hint)
        vases = self._create_writeoff((self.product_avco, 1))
        self.assertFalse(vases.asset_hint)

    def test_gone_assets(self):
        """In the tie-out: what is in the books, was in stock, and is no longer."""
        here, sold, never = (self._create_serial(name) for name in ("G1", "G2", "G3"))
        never = self._create_lot(self.product, "G4")
        for lot in (here, sold, never):
            self._create_asset(lot)
        tie_out = self._get_tie_out(self.finance)
        self.assertEqual(tie_out.count_gone_assets, 0)
        self._make_out_move(self.product, 1, lot_ids=sold)
        for user in (self.finance, self.senior, self.manager, self.auditor):
            tie_out = self._get_tie_out(user)
            self.assertEqual(tie_out.count_gone_assets, 1)
            self.assertEqual(tie_out.value_gone_assets, 700.0)
            action = tie_out.action_open_gone_assets()
            gone = self.env[action["res_model"]].with_user(user)
            gone = gone.search(action["domain"])
            self.assertRecordValues(
                gone, [{"name": "Forklift", "lot_name": "G2", "value": 700.0}]
            )
            self.assertIn("Customers", gone.place)
            with self.assertRaisesRegex(UserError, "people of Accounting can open"):
                gone.action_open_asset()
        for user in (self.requester, self.approver, self.stock_user):
            with self.assertRaises(AccessError):
                self._get_tie_out(user)
        there = self._create_user(
            "far", "inventory_writeoff.group_writeoff_auditor", self.other_company
        )
        self.assertEqual(self._get_tie_out(there).count_gone_assets, 0)
        # Retired with a write-off, an asset is none that is missing.
        self._post(self._serial_vals(here))
        self.assertEqual(self._get_tie_out(self.finance).count_gone_assets, 1)

    def _get_tie_out(self, user):
        self.env.flush_all()
        tie_out = self.env["inventory.writeoff.tie.out"].with_user(user).create({})
        tie_out.flush_recordset()
        return tie_out
