from . import inventory_writeoff_audit_pack
from . import inventory_writeoff_register
