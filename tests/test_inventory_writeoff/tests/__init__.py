from . import test_added_check
from . import test_approval_concurrency
from . import test_approval_tour
from . import test_concurrency
from . import test_scan_concurrency
from . import test_log_concurrency
from . import test_tour
from . import test_unsellable_tour
