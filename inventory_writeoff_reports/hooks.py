from odoo.tools import split_every

BATCH_SIZE = 5000

# What demo data leaves behind: goods that stock moves go on naming.
SHARED_MODELS = (
    "product.category",
    "product.product",
    "product.template",
    "stock.lot",
    "stock.quant",
)


def pre_init_hook(env):
    """Convert the quantities of all items at once; Odoo would do it one by one."""
    env.cr.execute(
        """
        ALTER TABLE inventory_writeoff_line
            ADD COLUMN IF NOT EXISTS product_quantity double precision;
        UPDATE inventory_writeoff_line line
           SET product_quantity = line.quantity * unit.factor / product_unit.factor
          FROM product_product product
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN uom_uom product_unit ON product_unit.id = template.uom_id,
               uom_uom unit
         WHERE product.id = line.product_id AND unit.id = line.product_uom_id
        """
    )


def post_init_hook(env):
    """Keep of what was submitted before what reports group by, as it is now."""
    writeoffs = env["inventory.writeoff"].search([("submitted_at", "!=", False)])
    writeoffs._set_departments()
    domain = [("writeoff_id.submitted_at", "!=", False)]
    ids = env["inventory.writeoff.line"].search(domain, order="id").ids
    for batch in split_every(BATCH_SIZE, ids):
        lines = env["inventory.writeoff.line"].browse(batch)
        env["inventory.writeoff.snapshot"]._take(lines)
        env.flush_all()
        env.invalidate_all()


def uninstall_hook(env):
    """Keep Odoo from deleting, one by one, what stock moves and lots still name."""
    env["ir.model.data"].search(
        [("module", "=", "inventory_writeoff_reports"), ("model", "in", SHARED_MODELS)]
    ).unlink()
