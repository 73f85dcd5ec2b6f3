from . import inventory_writeoff_pick_list
from . import inventory_writeoff_removal_pick_list
