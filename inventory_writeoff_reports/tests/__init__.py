from . import test_analysis
from . import test_budget
from . import test_dashboard
from . import test_dashboard_bus
from . import test_dashboard_figures
from . import test_periods
from . import test_register
from . import test_statement
