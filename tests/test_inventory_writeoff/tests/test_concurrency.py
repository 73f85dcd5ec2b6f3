from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .own_database import OwnDatabaseCase


@tagged("post_install", "-at_install")
class TestConcurrency(OwnDatabaseCase):
    """Two people at the same goods in the same second, in real transactions."""

    @classmethod
    def prepare(cls, env):
        company = env["res.company"].create({"name": "Busy Company"})
        env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        env.user.write({"company_ids": [Command.link(company.id)]})
        env = env(context={"allowed_company_ids": company.ids})
        cls.company_id = company.id
        cls.users = {
            login: cls._create_user(env, company, login, role)
            for login, role in (
                ("asks", "user"),
                ("decides", "approver"),
                ("posts", "finance"),
                ("posts_too", "finance"),
            )
        }
        account = env["account.account"].create(
            {"code": "WOLOSS", "name": "Losses", "account_type": "expense"}
        )
        company.writeoff_loss_account_id = account
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)])
        cls.location_id = warehouse.lot_stock_id.id
        cls.customer_id = env.ref("stock.stock_location_customers").id
        cls.picking_type_id = warehouse.out_type_id.id

    @classmethod
    def _create_user(cls, env, company, login, role):
        return new_test_user(
            env,
            login,
            groups=f"inventory_writeoff.group_writeoff_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        ).id

    def _stock(self, quantity=10.0, count=1):
        """Return ids of new products with this quantity on hand."""
        with self._open() as env:
            products = env["product.product"].create(
                [
                    {"name": f"Goods {i}", "is_storable": True, "standard_price": 10.0}
                    for i in range(count)
                ]
            )
            location = env["stock.location"].browse(self.location_id)
            products.with_company(self.company_id).standard_price = 10.0
            for product in products:
                env["stock.quant"]._update_available_quantity(
                    product, location, quantity
                )
            return products.ids

    def _draft(self, product_id, quantity):
        with self._open(self.users["asks"]) as env:
            line = {"product_id": product_id, "quantity": quantity}
            writeoff = env["inventory.writeoff"].create(
                {
                    "reason_id": env.ref("inventory_writeoff.reason_damage").id,
                    "disposal_method_id": env.ref(
                        "inventory_writeoff.disposal_method_destroy"
                    ).id,
                    "location_id": self.location_id,
                    "line_ids": [Command.create(line)],
                }
            )
            return writeoff.id

    def _approved(self, product_id, quantity):
        writeoff_id = self._draft(product_id, quantity)
        self._act("asks", "action_submit", writeoff_id)
        self._act("decides", "action_approve", writeoff_id)
        return writeoff_id

    def _act(self, login, method, writeoff_id):
        with self._open(self.users[login]) as env:
            return self._call(writeoff_id, method)(env)

    def _call(self, writeoff_id, method):
        def call(env):
            getattr(env["inventory.writeoff"].browse(writeoff_id), method)()
            return "done"

        return call

    def _assert_one_done(self, results, sentence):
        refusals = [result for result in results if result != "done"]
        self.assertEqual(len(refusals), len(results) - 1, results)
        for refusal in refusals:
            self.assertIsInstance(refusal, UserError)
            self.assertRegex(str(refusal), sentence)

    def test_post_twice(self):
        """A27: two users post at once, and there is one set of moves and one entry."""
        (product_id,) = self._stock()
        writeoff_id = self._approved(product_id, 4)
        results = self._at_once(
            (self.users["posts"], self._call(writeoff_id, "action_post")),
            (self.users["posts_too"], self._call(writeoff_id, "action_post")),
        )
        self._assert_one_done(results, "is Posted|Someone else is working")
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            self.assertEqual(writeoff.state, "posted")
            self.assertEqual(len(writeoff.stock_move_ids), 1)
            self.assertEqual(len(writeoff.account_move_ids), 1)
            self.assertEqual(writeoff.value_posted, 40.0)

    def test_reverse_twice(self):
        """A22: of two requests for everything at once, one makes a reversal."""
        (product_id,) = self._stock()
        writeoff_id = self._approved(product_id, 4)
        self._act("posts", "action_post", writeoff_id)

        def reverse(env):
            env["inventory.writeoff"].browse(writeoff_id).reverse("Found again")
            return "done"

        asks = self.users["asks"]
        results = self._at_once((asks, reverse), (asks, reverse))
        self._assert_one_done(results, "Nothing of|Someone else is working")
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            self.assertEqual(len(writeoff.reversal_ids), 1)

    def test_submit_two_reversals(self):
        """A22: three of four pieces, twice: one of the two gets in."""
        (product_id,) = self._stock()
        writeoff_id = self._approved(product_id, 4)
        self._act("posts", "action_post", writeoff_id)
        with self._open(self.users["asks"]) as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            line_id = writeoff.line_ids.id
            drafts = writeoff.reverse("Found again", {line_id: 2})
            drafts |= writeoff.reverse("Found again", {line_id: 2})
            drafts.line_ids.quantity = 3
            draft_ids = drafts.ids
        results = self._at_once(
            *(
                (self.users["asks"], self._call(draft_id, "action_submit"))
                for draft_id in draft_ids
            )
        )
        self._assert_one_done(results, r"only 1\.0 are left|Someone else is working")

    def test_approve_while_cancelling(self):
        (product_id,) = self._stock()
        writeoff_id = self._draft(product_id, 4)
        self._act("asks", "action_submit", writeoff_id)
        results = self._at_once(
            (self.users["decides"], self._call(writeoff_id, "action_approve")),
            (self.users["asks"], self._call(writeoff_id, "action_cancel")),
        )
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            held = writeoff.stock_move_ids.filtered(lambda m: m.state == "assigned")
            # Cancelling after the approval is allowed, approving after it is not.
            self.assertIn(results[1], ["done"], results)
            self.assertEqual(writeoff.state, "cancelled")
            self.assertFalse(held)

    def test_hold_the_same_goods(self):
        """Ten pieces, two requests of eight: one of them holds them."""
        (product_id,) = self._stock(10.0)
        drafts = [self._draft(product_id, 8) for _number in range(2)]
        results = self._at_once(
            *((self.users["asks"], self._call(id_, "action_submit")) for id_ in drafts)
        )
        self._assert_one_done(results, r"only 2\.0 are free")
        with self._open() as env:
            quant = env["stock.quant"].search([("product_id", "=", product_id)])
            self.assertEqual(sum(quant.mapped("reserved_quantity")), 8.0)

    def test_many_submissions(self):
        """Twenty at once on different goods: none fails, every number is its own."""
        product_ids = self._stock(count=20)
        drafts = [self._draft(product_id, 1) for product_id in product_ids]
        results = self._at_once(
            *((self.users["asks"], self._call(id_, "action_submit")) for id_ in drafts)
        )
        self.assertEqual(results, ["done"] * 20)
        with self._open() as env:
            names = env["inventory.writeoff"].browse(drafts).mapped("name")
            self.assertEqual(len(set(names)), 20)

    def test_deliver_while_submitting(self):
        """A forced delivery and a hold of the same ten pieces: never both."""
        (product_id,) = self._stock(10.0)
        writeoff_id = self._draft(product_id, 10)

        def deliver(env):
            move = env["stock.move"].create(
                {
                    "product_id": product_id,
                    "product_uom_qty": 10,
                    "location_id": self.location_id,
                    "location_dest_id": self.customer_id,
                    "picking_type_id": self.picking_type_id,
                    "company_id": self.company_id,
                }
            )
            move._action_confirm()
            move.quantity = 10
            move.picked = True
            move._action_done()
            return "done"

        with self._open() as env:
            stock_user = new_test_user(
                env,
                "ships",
                groups="stock.group_stock_user",
                company_id=self.company_id,
                company_ids=[Command.set([self.company_id])],
            ).id
        results = self._at_once(
            (self.users["asks"], self._call(writeoff_id, "action_submit")),
            (stock_user, deliver),
        )
        self.assertIn("done", results)
        if results.count("done") == 2:
            # Neither saw the other, so the hold is on goods that have left.
            with self.assertRaisesRegex(UserError, "asked for, but only"):
                self._act("decides", "action_approve", writeoff_id)
            self._act("asks", "action_draft", writeoff_id)
        with self._open() as env:
            quants = env["stock.quant"].search(
                [
                    ("product_id", "=", product_id),
                    ("location_id", "=", self.location_id),
                ]
            )
            self.assertGreaterEqual(sum(quants.mapped("quantity")), 0.0)
