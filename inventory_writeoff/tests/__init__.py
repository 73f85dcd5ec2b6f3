from . import test_bad_input
from . import test_dates
from . import test_demo
from . import test_flow
from . import test_ledger
from . import test_performance
from . import test_warehouse
from . import test_relocation
