import unittest

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .reversals import ReversalCommon


@tagged("post_install", "-at_install")
class TestKits(ReversalCommon):
    """Kits of manufacturing are written off by their components."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mrp.bom" not in cls.env:
            raise unittest.SkipTest("mrp is not installed: there are no kits")
        cls.vase, cls.base, cls.kit, cls.set = (
            cls._create_product(name)
            for name in ("Vase", "Base", "Vase on base", "Set")
        )
        cls.glue = cls.env["product.product"].create({"name": "Glue", "type": "consu"})
        # Two vases on bases need two vases, six bases and some glue.
        cls._create_kit(cls.kit, 2, (cls.vase, 2), (cls.base, 6), (cls.glue, 1))
        cls._create_kit(cls.set, 1, (cls.kit, 1), (cls.vase, 1))

    @classmethod
    def _create_kit(cls, product, quantity, *components):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": quantity,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": number})
                    for part, number in components
                ],
            }
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.vase, 50, 10.0)
        self._make_in_move(self.base, 50, 2.0)

    def _get_items(self, writeoff):
        return [(line.product_id, line.quantity) for line in writeoff.line_ids]

    def test_refused_with_the_components(self):
        draft = self._create_writeoff((self.kit, 4), (self.vase, 1))
        message = "Vase on base.*is a kit.*4 Units Vase, 12 Units Base. Replace Kits"
        with self.assertRaisesRegex(UserError, message):
            draft.action_submit()
        self.assertEqual(draft.state, "draft")

    def test_one_click(self):
        """The components take the kit's place, with what was said of it."""
        draft = self._create_writeoff(
            (self.vase, 1), (self.kit, 4, {"note": "Dropped"}), (self.base, 1)
        )
        self.assertTrue(draft.has_kits)
        draft.action_explode_kits()
        self.assertFalse(draft.has_kits)
        self.assertCountEqual(
            self._get_items(draft),
            [(self.vase, 1), (self.vase, 4), (self.base, 12), (self.base, 1)],
        )
        parts = draft.line_ids.filtered("note")
        self.assertEqual(parts.product_id, self.vase | self.base)
        self.assertEqual(parts.location_id, self.stock_location)
        draft.action_submit()
        draft.with_user(self.approver).action_approve()
        draft.with_user(self.finance).action_post()
        self.assertEqual(draft.value_posted, 5 * 10.0 + 13 * 2.0)
        self.assertEqual(self._on_hand(self.vase), 45.0)
        self.assertEqual(self._reverse(draft).value_posted, -draft.value_posted)

    def test_kits_in_kits_and_other_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.set.uom_ids = [Command.link(dozen.id)]
        draft = self._create_writeoff((self.set, 1, {"product_uom_id": dozen.id}))
        draft.action_explode_kits()
        self.assertCountEqual(
            self._get_items(draft),
            [(self.vase, 12), (self.base, 36), (self.vase, 12)],
        )

    def test_a_product_that_became_a_kit(self):
        """What lies on the shelf under its own name is written off as it is."""
        product = self._create_product("Pair")
        self._make_in_move(product, 3, 25.0)
        self._create_kit(product, 1, (self.vase, 2))
        draft = self._create_writeoff((product, 2))
        self.assertFalse(draft.has_kits)
        draft.action_explode_kits()
        self.assertEqual(self._get_items(draft), [(product, 2)])
        draft.action_submit()
        draft.with_user(self.approver).action_approve()
        draft.with_user(self.finance).action_post()
        self.assertEqual(self._on_hand(product), 1.0)

    def test_before_it_is_saved(self):
        drafts = self.env["inventory.writeoff"].with_user(self.requester)
        for product in (self.vase, self.kit):
            item = self._line_vals(product, 1)
            draft = drafts.new({"line_ids": [Command.create(item)]})
            self.assertEqual(draft.has_kits, product == self.kit)

    def test_only_the_requester_of_a_draft(self):
        draft = self._create_writeoff((self.kit, 4))
        for user in (self.auditor, self.finance):
            self.assertFalse(draft.with_user(user).has_kits)
            with self.assertRaises(UserError):
                draft.with_user(user).action_explode_kits()
