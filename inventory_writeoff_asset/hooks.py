# What demo data leaves behind: goods, accounts, assets and a write-off that others
# go on naming.
SHARED_MODELS = (
    "account.account",
    "account.asset",
    "account.asset.profile",
    "inventory.writeoff",
    "product.product",
    "product.template",
    "stock.lot",
    "stock.quant",
)


def uninstall_hook(env):
    """Keep Odoo from deleting, one by one, what others still name."""
    env["ir.model.data"].search(
        [("module", "=", "inventory_writeoff_asset"), ("model", "in", SHARED_MODELS)]
    ).unlink()
