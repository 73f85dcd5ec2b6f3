from . import test_analysis
from . import test_register
from . import test_statement
