from . import test_analysis
from . import test_audit_pack
from . import test_register
from . import test_register_mail
from . import test_review
from . import test_snapshot
from . import test_statement
