from . import audit_pack
from . import register
