from . import inventory_writeoff_analysis
from . import inventory_writeoff_analysis_analytic
from . import inventory_writeoff_department
from . import inventory_writeoff_event_labels
from . import inventory_writeoff_line_snapshot
from . import inventory_writeoff_posting
from . import inventory_writeoff_snapshot
from . import inventory_writeoff_team
