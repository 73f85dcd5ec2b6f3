from . import inventory_writeoff_audit_pack_evidence
from . import inventory_writeoff_audit_pack_file
from . import inventory_writeoff_audit_pack_log
from . import inventory_writeoff_register_list
from . import inventory_writeoff_register_mail
from . import inventory_writeoff_register_table
from . import inventory_writeoff_register_xlsx
from . import inventory_writeoff_statement
