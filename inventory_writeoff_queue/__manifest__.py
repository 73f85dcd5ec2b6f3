{
    "name": "Inventory Write-Off: Job Queue",
    "summary": "Large write-offs are posted by jobs, spread over many Odoo servers",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Inventory Write-Off contributors",
    "depends": ["inventory_writeoff", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
}
