from . import inventory_writeoff_audit_pack
from . import inventory_writeoff_register
from . import inventory_writeoff_settings_register
from . import inventory_writeoff_settings_review
