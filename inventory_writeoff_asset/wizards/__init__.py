from . import inventory_writeoff_tie_out
from . import inventory_writeoff_tie_out_account
