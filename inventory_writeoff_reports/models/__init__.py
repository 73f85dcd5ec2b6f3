from . import inventory_writeoff_analysis
