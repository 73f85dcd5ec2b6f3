{
    "name": "Inventory Write-Off: Assets in Reports",
    "summary": "Statement, register and analysis show the assets that were retired",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "AGPL-3",
    "author": "Inventory Write-Off contributors",
    "depends": ["inventory_writeoff_asset", "inventory_writeoff_reports"],
    "data": [
        "report/inventory_writeoff_statement.xml",
        "report/inventory_writeoff_register.xml",
        "report/inventory_writeoff_register_mail.xml",
        "wizards/inventory_writeoff_register_views.xml",
    ],
    "auto_install": True,
}
