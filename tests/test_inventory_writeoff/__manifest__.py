{
    "name": "Inventory Write-Off Tests",
    "summary": "End-to-end tests of the write-off add-ons",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Inventory Write-Off contributors",
    "depends": ["inventory_writeoff_reports"],
    "data": ["data/inventory_writeoff_check_data.xml"],
    "assets": {
        "web.assets_tests": ["test_inventory_writeoff/static/tests/tours/*.js"],
    },
}
