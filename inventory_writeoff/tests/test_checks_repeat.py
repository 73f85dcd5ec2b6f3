import base64

from odoo.tests import tagged

from ..writer import as_writer
from .findings import FindingsCommon


@tagged("post_install", "-at_install")
class TestChecksRepeat(FindingsCommon):
    """What has been asked for, written off or proved before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serial_product = cls._create_product("Camera", tracking="serial")
        cls.serial = cls._create_lot(cls.serial_product, "SN1")
        cls.colleague = cls._create_role_user("colleague", "user")

    def _prepare_once(self):
        super()._prepare_once()
        self._stock(self.product, 20)

    def test_same_stock(self):
        self._set_check("same_stock")
        first = self._submit((self.product, 2), user=self.colleague)
        second = self._create_writeoff((self.product, 5))
        self.assertFound(second, first.name, second.line_ids)
        self.assertNotFound(first)
        second.action_submit()
        self.assertNotFound(first)
        self.assertFound(second, first.name, second.line_ids)
        first.action_cancel()
        self.assertNotFound(second)

    def test_same_stock_in_a_draft(self):
        self._set_check("same_stock")
        first = self._create_writeoff((self.product, 2), user=self.colleague)
        second = self._create_writeoff((self.product, 2))
        self.assertFound(second, "a draft of wo_colleague", second.line_ids)
        self.assertNotFound(first)

    def test_same_stock_in_a_document_and_a_draft(self):
        """Two are not read as one: "WO/1, a draft of …"."""
        self._set_check("same_stock")
        first = self._submit((self.product, 2), user=self.colleague)
        self._create_writeoff((self.product, 2), user=self.colleague)
        third = self._create_writeoff((self.product, 2))
        names = f"{first.name} and a draft of wo_colleague"
        self.assertFound(third, names, third.line_ids)

    def test_same_stock_differs(self):
        self._set_check("same_stock")
        self._submit((self.product, 2), user=self.colleague)
        shelf = self.stock_location.create(
            {"name": "Shelf", "location_id": self.stock_location.id}
        )
        owner = self.env["res.partner"].create({"name": "Consigner"})
        self.assertNotFound(
            self._create_writeoff((self.product, 2, {"location_id": shelf.id})),
            self._create_writeoff((self.product, 2, {"owner_id": owner.id})),
            self._create_writeoff((self._create_product("Other vase"), 2)),
        )

    def test_same_stock_twice_in_one_document(self):
        self._set_check("same_stock")
        self.assertNotFound(self._create_writeoff((self.product, 1), (self.product, 1)))

    def test_same_candidate(self):
        self._set_check("same_candidate")
        candidate = as_writer(self.env["inventory.writeoff.candidate"]).create(
            {
                "product_id": self.product.id,
                "location_id": self.stock_location.id,
                "quantity": 3,
                "reason_id": self.reason.id,
                "company_id": self.company.id,
            }
        )
        writeoff = self._create_writeoff((self.product, 2))
        self.assertFound(writeoff, "3 Units .*Unsellable Stock", writeoff.line_ids)
        shelf = self.stock_location.create(
            {"name": "Shelf", "location_id": self.stock_location.id}
        )
        self.assertNotFound(
            self._create_writeoff((self.product, 2, {"location_id": shelf.id}))
        )
        as_writer(candidate).write(
            {"state": "in_writeoff", "writeoff_line_id": writeoff.line_ids.id}
        )
        self.assertNotFound(writeoff)

    def test_repeated(self):
        self._set_check("repeated", days=7)
        first = self._post((self.product, 2))
        second = self._create_writeoff((self.product, 2))
        self.assertFound(second, f"is already in {first.name}", second.line_ids)
        self._backdate(first, 8, "posted_at")
        self.assertNotFound(second)

    def test_repeated_before_it_is_posted(self):
        self._set_check("repeated", days=7)
        first = self._submit((self.product, 2))
        second = self._create_writeoff((self.product, 2), user=self.colleague)
        self.assertFound(second, f"is already in {first.name}", second.line_ids)
        second.action_submit()
        self.assertNotFound(first)
        self.assertFound(second, f"is already in {first.name}", second.line_ids)
        first.action_cancel()
        self.assertNotFound(second)

    def test_repeated_in_another_unit(self):
        self._set_check("repeated", days=7)
        self._post((self.product, 12))
        dozen = self.env.ref("uom.product_uom_dozen")
        second = self._create_writeoff((self.product, 1, {"product_uom_id": dozen.id}))
        self.assertFound(second, "The same product, quantity", second.line_ids)

    def test_repeated_differs(self):
        self._set_check("repeated", days=7)
        self._post((self.product, 2))
        theft = self.env.ref("inventory_writeoff.reason_theft")
        self.assertNotFound(
            self._create_writeoff((self.product, 3)),
            self._create_writeoff((self.product, 2, {"reason_id": theft.id})),
        )

    def test_serial_again(self):
        self._set_check("serial_again", "block")
        self._set_check("serial_back", "review")
        self._stock(self.serial_product, 1, lot_ids=self.serial)
        goods = (self.serial_product, 1, {"lot_id": self.serial.id})
        self.assertNotFound(self._create_writeoff(goods))
        first = self._post(goods)
        second = self._create_writeoff(goods)
        finding = self.assertFound(
            second, f"SN1 was written off with {first.name}.*not come", second.line_ids
        )
        self.assertEqual(finding.severity, "block")
        self._stock(self.serial_product, 1, lot_ids=self.serial)
        finding = self.assertFound(second, "is in stock again", second.line_ids)
        self.assertEqual(finding.severity, "review")

    def test_serial_that_was_given_back(self):
        """A write-off that was reversed is not held against the goods."""
        self._set_check("serial_again", "block")
        self._set_check("serial_back", "review")
        self._stock(self.serial_product, 1, lot_ids=self.serial)
        goods = (self.serial_product, 1, {"lot_id": self.serial.id})
        first = self._post(goods)
        back = self._stock(self.serial_product, 1, lot_ids=self.serial)
        second = self._create_writeoff(goods)
        self.assertTrue(self._check(second))
        as_writer(back).origin_returned_move_id = first.sudo().stock_move_ids
        self.assertNotFound(second)

    def _attach(self, writeoff, content=b"a broken vase", name="photo.jpg"):
        vals = {
            "name": name,
            "datas": base64.b64encode(content),
            "res_model": writeoff._name,
            "res_id": writeoff.id,
        }
        return self.env["ir.attachment"].create(vals)

    def test_evidence_again(self):
        self._set_check("evidence_again")
        first = self._create_writeoff((self.product, 2))
        self._attach(first)
        first.action_submit()
        second = self._create_writeoff((self.product, 3))
        self._attach(second, name="other name.jpg")
        self.assertFound(second, f"other name.jpg was already used for {first.name}")
        self.assertNotFound(first)
        second.action_submit()
        self.assertNotFound(first)

    def test_evidence_differs(self):
        self._set_check("evidence_again")
        first = self._create_writeoff((self.product, 2))
        self._attach(first)
        draft = self._create_writeoff((self.product, 2))
        self._attach(draft)
        first.action_submit()
        second = self._create_writeoff((self.product, 3))
        self._attach(second, b"a broken cup")
        self.assertNotFound(second)
        first.action_cancel()
        self.assertNotFound(draft)
