{
    "name": "Inventory Write-Off: Assets",
    "summary": "Written-off goods that are also an asset are retired with it",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "Inventory Write-Off contributors",
    "depends": ["inventory_writeoff", "account_asset_management"],
    "data": [
        "security/ir.model.access.csv",
        "security/inventory_writeoff_retirement_rules.xml",
        "views/account_asset_views.xml",
        "views/stock_lot_views.xml",
        "views/inventory_writeoff_retirement_views.xml",
        "views/inventory_writeoff_gone_asset_views.xml",
        "wizards/inventory_writeoff_tie_out_views.xml",
    ],
    "auto_install": True,
}
