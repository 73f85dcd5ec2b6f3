from lxml import etree

from odoo.tests import TransactionCase, tagged

SUBVIEWS = ("list", "kanban", "form")


@tagged("post_install", "-at_install")
class TestAmounts(TransactionCase):
    """No amount without its currency: the web client shows one only if it is told."""

    def test_amounts_have_their_currency(self):
        views = self.env["ir.ui.view"].search(
            [("type", "in", SUBVIEWS), ("inherit_id", "=", False)]
        )
        names = views.get_external_id()
        ours = views.filtered(lambda v: names[v.id].startswith("inventory_writeoff"))
        self.assertGreater(len(ours), 50)
        lacking, checked = [], 0
        for view in ours:
            arch = etree.fromstring(view.get_combined_arch())
            for model, fields in self._find_fields(arch, self.env[view.model]):
                amounts = [model._fields[name] for name in fields]
                amounts = [field for field in amounts if field.type == "monetary"]
                checked += len(amounts)
                lacking += [
                    (names[view.id], str(field))
                    for field in amounts
                    if field.get_currency_field(model) not in fields
                ]
        self.assertEqual(lacking, [])
        self.assertGreater(checked, 50)

    def _find_fields(self, arch, model):
        """Yield (model, names of the fields shown) of a view and each view in it."""
        names = set()
        for node in arch.iterchildren(tag=etree.Element):
            yield from self._find_in(node, model, names)
        yield model, names

    def _find_in(self, node, model, names):
        if node.tag != "field":
            for child in node.iterchildren(tag=etree.Element):
                yield from self._find_in(child, model, names)
            return
        names.add(node.get("name"))
        field = model._fields[node.get("name")]
        for child in node.iterchildren(*SUBVIEWS):
            yield from self._find_fields(child, self.env[field.comodel_name])
