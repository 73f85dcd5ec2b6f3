from . import inventory_writeoff_reject
