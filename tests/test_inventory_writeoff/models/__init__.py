from . import inventory_writeoff_check
