from . import inventory_writeoff_statement
