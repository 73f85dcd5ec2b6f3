"""What setup/demo, setup/test and setup/odoo share. Standard library only."""
