from . import inventory_writeoff_analysis
from . import inventory_writeoff_analysis_analytic
