{
    "name": "Inventory Write-Off Reports",
    "summary": "Analysis, statement and register of inventory write-offs",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Write-Off contributors",
    "depends": ["inventory_writeoff"],
    "data": [
        "security/ir.model.access.csv",
        "security/inventory_writeoff_analysis_rules.xml",
        "security/inventory_writeoff_dashboard_rules.xml",
        "views/inventory_writeoff_analysis_views.xml",
        "report/inventory_writeoff_statement.xml",
        "report/inventory_writeoff_register.xml",
        "wizards/inventory_writeoff_register_views.xml",
        "views/inventory_writeoff_budget_views.xml",
        "views/inventory_writeoff_log_verification_views.xml",
        "views/dashboard_menus.xml",
    ],
    "demo": [
        "demo/inventory_writeoff_budget_demo.xml",
        "demo/stock_quant_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["inventory_writeoff_reports/static/src/**/*"],
    },
}
