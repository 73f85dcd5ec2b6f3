{
    "name": "Inventory Write-Off",
    "summary": "Take unsellable stock off the books: reason, approval, stock, entry",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Write-Off contributors",
    "depends": ["stock_account", "product_expiry"],
    "data": [],
    "demo": [],
    "application": True,
}
