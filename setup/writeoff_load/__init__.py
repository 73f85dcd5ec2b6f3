"""Many users at once: what they start from, what they do, what is left afterwards."""

# Odoo's names are not there before this.
import odoo.init  # noqa: F401
