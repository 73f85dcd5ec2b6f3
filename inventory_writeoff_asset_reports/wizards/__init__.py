from . import inventory_writeoff_register
