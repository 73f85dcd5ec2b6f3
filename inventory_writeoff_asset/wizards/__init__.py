from . import inventory_writeoff_tie_out
