from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .neighbours import NeighboursCommon


@tagged("post_install", "-at_install")
class TestGuardsLocation(NeighboursCommon):
    """Loss locations: what they must be, and who brings goods there and back."""

    other_companies_post = True

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.with_user(self.finance).action_post()
        self.valuation_account = self._create_account("WOVAL", "Stock", "asset_current")

    def _create_location(self, **values):
        return self.env["stock.location"].create(
            {
                "name": "Scrap Yard",
                "usage": "inventory",
                "company_id": self.company.id,
                **values,
            }
        )

    def assertRefusedAtLocation(self, call, *args, **kwargs):
        pattern = "cannot be moved from or to .*Write-Off"
        with self.assertRaisesRegex(UserError, pattern), self.cr.savepoint():
            call(*args, **kwargs)

    def _transfer(self, source, destination, product=None, lot=None):
        product = product or self.plain_product
        picking = self._deliver(product, 3, lot, destination=destination)
        picking.location_id = source
        picking.move_ids.location_id = source
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "lot_id": lot.id if lot else False,
                    "quantity": 3.0,
                    "location_id": source.id,
                    "location_dest_id": destination.id,
                }
            )
        ]
        picking.move_ids.picked = True
        return picking

    def test_transfers(self):
        below = self.env["stock.location"].create(
            {"name": "Below", "location_id": self.stock_location.id}
        )
        for name, source, destination in (
            ("out of it", self.loss_location, self.stock_location),
            ("out of it to a customer", self.loss_location, self.customer_location),
            ("into it", self.stock_location, self.loss_location),
            ("from a supplier into it", self.supplier_location, self.loss_location),
            ("from a count into it", self._create_location(), self.loss_location),
        ):
            with self.subTest(transfer=name):
                transfer = self._transfer(source, destination)
                self.assertRefusedAtLocation(transfer.button_validate)
        with self.subTest(transfer="of a lot"):
            transfer = self._transfer(
                self.loss_location, self.stock_location, self.lot_product, self.bad
            )
            self.assertRefusedAtLocation(transfer.button_validate)
        self._transfer(self.stock_location, below).button_validate()

    def test_scraps(self):
        for source, destination in (
            (self.stock_location, self.loss_location),
            (self.loss_location, self._create_location()),
        ):
            scrap = (
                self.env["stock.scrap"]
                .with_user(self.stock_user)
                .create(
                    {
                        "product_id": self.plain_product.id,
                        "scrap_qty": 1.0,
                        "location_id": source.id,
                        "scrap_location_id": destination.id,
                    }
                )
            )
            self.assertRefusedAtLocation(scrap.do_scrap)

    def test_counts(self):
        quant = self._get_quant(self.plain_product, location=self.loss_location)
        for quantity in (0.0, 5.0, 99.0):
            with self.subTest(quantity=quantity):
                self.assertRefusedAtLocation(
                    self._count, quant, quantity, self.stock_user
                )
        with self.subTest(way="a new line"):
            counts = self.env["stock.quant"].with_user(self.stock_user)
            self.assertRefusedAtLocation(
                counts.with_context(inventory_mode=True).create,
                {
                    "product_id": self.lot_product.id,
                    "lot_id": self.good.id,
                    "location_id": self.loss_location.id,
                    "inventory_quantity": 4.0,
                },
            )
        with self.subTest(way="the location of the product's counts"):
            self.plain_product.property_stock_inventory = self.loss_location
            self.assertRefusedAtLocation(
                self._count, self._get_quant(self.plain_product), 1.0, self.stock_user
            )

    def test_relocation(self):
        lost = self._get_quant(self.plain_product, location=self.loss_location)
        kept = self._get_quant(self.plain_product)
        self.assertRefusedAtLocation(
            lost.with_user(self.stock_user).move_quants,
            location_dest_id=self.stock_location,
        )
        self.assertRefusedAtLocation(
            kept.with_user(self.stock_user).move_quants,
            location_dest_id=self.loss_location,
        )
        lot_of_lost = self.bad.with_user(self.stock_user)
        self.assertRefusedAtLocation(
            lot_of_lost.write, {"location_id": self.stock_location.id}
        )

    def test_quants(self):
        lost = self._get_quant(self.plain_product, location=self.loss_location)
        kept = self._get_quant(self.plain_product)
        for quant, values in (
            (lost, {"quantity": 1.0}),
            (lost, {"location_id": self.stock_location.id}),
            (kept, {"location_id": self.loss_location.id}),
        ):
            with self.subTest(values=values):
                self.assertRefusedAtLocation(
                    quant.with_user(self.stock_user).write, values
                )

    def test_edit_of_done_lines(self):
        delivery = self._deliver(self.plain_product, 2)
        delivery.button_validate()
        line = delivery.move_ids.move_line_ids.with_user(self.stock_user)
        for field in ("location_id", "location_dest_id"):
            with self.subTest(field=field):
                self.assertRefusedAtLocation(line.write, {field: self.loss_location.id})

    def test_location_changed_afterwards(self):
        location = self.loss_location.with_user(self.stock_manager)
        empty = self._create_location(name="Empty Yard")
        self.reason.with_company(self.company).loss_location_id = empty
        self.assertTrue(empty.is_writeoff_location)
        empty = empty.with_user(self.stock_manager)
        for place, values, message in (
            (
                location,
                {"valuation_account_id": self.valuation_account.id},
                "second time",
            ),
            (empty, {"valuation_account_id": self.valuation_account.id}, "second time"),
            (empty, {"usage": "internal"}, "not of type Inventory Loss"),
            (empty, {"usage": "customer"}, "not of type Inventory Loss"),
            (location, {"active": False}, "archived"),
            (empty, {"active": False}, "archived"),
            (location, {"company_id": False}, "company of this record is forbidden"),
        ):
            with self.subTest(location=place.name, values=values):
                error = self.assertRaisesRegex((UserError, ValidationError), message)
                with error, self.cr.savepoint():
                    place.sudo().with_user(self.stock_manager).write(values)

    def test_mark_is_kept_by_code(self):
        fresh = self._create_location()
        for location, value in ((self.loss_location, False), (fresh, True)):
            with self.assertRaisesRegex(AccessError, "stays one"), self.cr.savepoint():
                location.with_user(self.stock_manager).is_writeoff_location = value
        locations = self.env["stock.location"].with_user(self.stock_manager)
        for context, values in (
            ({}, {"is_writeoff_location": True}),
            ({"default_is_writeoff_location": True}, {}),
        ):
            location = locations.with_context(**context).create(
                {"name": "Claims", "company_id": self.company.id, **values}
            )
            self.assertFalse(location.is_writeoff_location)
        self.assertFalse(self.loss_location.copy().is_writeoff_location)

    def test_location_chosen(self):
        """The reason and the company refuse what cannot be a loss location."""
        scrapped = self._create_location(name="Used by Scraps")
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.plain_product.id,
                "scrap_qty": 1.0,
                "location_id": self.stock_location.id,
                "scrap_location_id": scrapped.id,
            }
        )
        scrap.do_scrap()
        counted = self.plain_product.with_company(self.company).property_stock_inventory
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        for location, message in (
            (
                self._create_location(valuation_account_id=self.valuation_account.id),
                "second time",
            ),
            (self.shelf, "not of type Inventory Loss"),
            (self._create_location(company_id=other_company.id), "not belong"),
            (self._create_location(company_id=False), "not belong"),
            (self._create_location(active=False), "archived"),
            (counted, "used by inventory counts or scraps"),
            (scrapped, "used by inventory counts or scraps"),
        ):
            for owner, field in (
                (self.reason.with_user(self.manager), "loss_location_id"),
                (self.company, "writeoff_location_id"),
            ):
                with self.subTest(location=location.name, owner=owner._name):
                    error = self.assertRaisesRegex(ValidationError, message)
                    with error, self.cr.savepoint():
                        owner[field] = location
                        self.env.flush_all()
                    self.assertFalse(location.is_writeoff_location)

    def test_push_rules(self):
        """No route of the warehouse sends lost goods on, or elsewhere."""
        for auto in ("manual", "transparent"):
            with self.subTest(auto=auto), self.cr.savepoint() as savepoint:
                self.env["stock.route"].create(
                    {
                        "name": "Onwards",
                        "warehouse_selectable": True,
                        "warehouse_ids": [Command.set(self.warehouse.ids)],
                        "product_categ_selectable": True,
                        "categ_ids": [Command.set(self.plain_product.categ_id.ids)],
                        "rule_ids": [
                            Command.create(
                                {
                                    "name": "Onwards",
                                    "action": "push",
                                    "auto": auto,
                                    "location_src_id": self.loss_location.id,
                                    "location_dest_id": self.shelf.id,
                                    "picking_type_id": self.warehouse.int_type_id.id,
                                }
                            )
                        ],
                    }
                )
                writeoff = self._post((self.plain_product, 2))
                move = writeoff.sudo().stock_move_ids
                self.assertEqual(move.location_dest_id, self.loss_location)
                self.assertFalse(move.move_dest_ids)
                savepoint.rollback()

    def test_without_a_location(self):
        self.company.writeoff_location_id = False
        draft = self._create_writeoff((self.plain_product, 1))
        with self.assertRaisesRegex(UserError, "no write-off location is set"):
            draft.action_submit()
        # What lies in the former location still leaves it with a reversal only.
        self.assertTrue(self.loss_location.is_writeoff_location)

    def test_loss_accounts(self):
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        accounts = {
            kind: self._create_account(f"WO{number}", kind, kind)
            for number, kind in enumerate(
                ("asset_current", "liability_current", "equity", "asset_receivable")
            )
        }
        archived = self._create_account("WOARC", "Archived")
        archived.active = False
        foreign = self.env["account.account"].create(
            {
                "name": "Foreign",
                "code": "WOFOR",
                "account_type": "expense",
                "company_ids": [Command.set(other_company.ids)],
            }
        )
        for account, message in (
            *((account, "balance-sheet account") for account in accounts.values()),
            (archived, "archived"),
            (foreign, "does not belong"),
        ):
            for owner, field in (
                (self.reason.with_user(self.manager), "loss_account_id"),
                (self.company, "writeoff_loss_account_id"),
            ):
                with self.subTest(account=account.name, owner=owner._name):
                    error = self.assertRaisesRegex(ValidationError, message)
                    with error, self.cr.savepoint():
                        owner[field] = account
                        self.env.flush_all()

    def test_loss_account_spoilt_afterwards(self):
        for values, message in (
            ({"active": False}, "archived"),
            ({"account_type": "asset_current"}, "balance-sheet account"),
        ):
            with self.subTest(values=values), self.cr.savepoint() as savepoint:
                approved = self._approve((self.plain_product, 1))
                self.loss_account.write(values)
                with self.assertRaisesRegex(UserError, message):
                    approved.with_user(self.finance).action_post()
                self.assertEqual(approved.state, "approved")
                savepoint.rollback()
