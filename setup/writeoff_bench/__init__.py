"""What setup/bench measures; runs inside Odoo, on a database that is thrown away."""
