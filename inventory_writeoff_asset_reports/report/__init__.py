from . import inventory_writeoff_register_table
from . import inventory_writeoff_register_xlsx
from . import inventory_writeoff_statement
