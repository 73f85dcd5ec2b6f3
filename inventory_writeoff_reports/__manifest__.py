{
    "name": "Inventory Write-Off Reports",
    "summary": "Reports on inventory write-offs (nothing to see yet)",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Write-Off contributors",
    "depends": ["inventory_writeoff"],
}
