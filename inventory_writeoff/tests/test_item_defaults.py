from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestItemDefaults(WriteoffCommon):
    """The reason of a document is changed after items were added."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stolen = cls.env.ref("inventory_writeoff.reason_theft")
        cls.expired = cls.env.ref("inventory_writeoff.reason_expired")
        cls.recycle = cls.env.ref("inventory_writeoff.disposal_method_recycle")
        cls.vase, cls.cup = (cls._create_product(name) for name in ("Vase", "Cup"))

    def _open(self, writeoff=None):
        return Form(
            writeoff or self.env["inventory.writeoff"].with_user(self.requester)
        )

    def _add(self, form, product):
        with form.line_ids.new() as line:
            line.product_id = product

    def test_items_follow(self):
        """Those that had the old one, twice in a row, before saving and after it."""
        form = self._open()
        form.location_id = self.stock_location
        form.reason_id = self.reason
        form.disposal_method_id = self.disposal
        self._add(form, self.vase)
        self._add(form, self.cup)
        with form.line_ids.edit(1) as line:
            line.reason_id = self.expired
        form.reason_id = self.expired
        form.reason_id = self.stolen
        form.disposal_method_id = self.recycle
        writeoff = form.save()
        lines = writeoff.line_ids
        self.assertEqual(lines.disposal_method_id, self.recycle)
        # The cup's own reason has become that of the document on the way.
        self.assertEqual(lines.reason_id, self.stolen)
        with self._open(writeoff) as form:
            form.reason_id = self.reason
            with form.line_ids.edit(1) as line:
                line.reason_id = self.expired
            form.reason_id = self.stolen
        self.assertEqual(
            [line.reason_id for line in lines], [self.stolen, self.expired]
        )

    def test_emptied_document_leaves_items(self):
        writeoff = self._create_writeoff((self.vase, 1))
        with self._open(writeoff) as form:
            form.reason_id = self.reason.browse()
            form.reason_id = self.stolen
        self.assertEqual(writeoff.line_ids.reason_id, self.stolen)
        writeoff.reason_id = False
        self.assertEqual(writeoff.line_ids.reason_id, self.stolen)
