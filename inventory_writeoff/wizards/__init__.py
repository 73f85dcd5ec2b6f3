from . import inventory_writeoff_reject
from . import inventory_writeoff_settle
from . import inventory_writeoff_settings
from . import inventory_writeoff_relocate
