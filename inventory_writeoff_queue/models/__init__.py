from . import inventory_writeoff_worker
