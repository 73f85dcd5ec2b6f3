from odoo.tools import SQL

from .models.inventory_writeoff_append_only import REFUSE
from .writer import as_writer

# What demo data leaves in the books: goods, accounts and people that stock moves
# and journal entries go on naming.
SHARED_MODELS = (
    "account.account",
    "product.category",
    "product.product",
    "product.template",
    "res.partner",
    "res.users",
    "stock.location",
    "stock.lot",
    "stock.move",
    "stock.move.line",
    "stock.picking",
    "stock.picking.type",
    "stock.warehouse",
)


def post_init_hook(env):
    """Give every company its loss location."""
    env["res.company"].search([])._create_writeoff_location()


def uninstall_hook(env):
    """Set the held goods free, and leave nothing that Odoo cannot remove."""
    held = env["stock.move"].search(
        [("writeoff_id", "!=", False), ("state", "not in", ["done", "cancel"])]
    )
    # Without the add-on nobody could release them.
    as_writer(held)._action_cancel()
    # The tables go with the add-on; its function belongs to no model.
    env.cr.execute(SQL("DROP FUNCTION %s() CASCADE", SQL.identifier(REFUSE)))
    # So does the table of the rules; the roles they name are deleted before it.
    env.cr.execute("UPDATE inventory_writeoff_approval_rule SET group_id = NULL")
    _delete_activities(env)
    _disown_records(env)


def _delete_activities(env):
    """Delete the activities whose types are about to go."""
    types = env["ir.model.data"].search(
        [("module", "=", "inventory_writeoff"), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.mapped("res_id"))]).unlink()


def _disown_records(env):
    """Keep Odoo from deleting, one by one, what others still name.

    The add-on's own records go with their tables; shared ones (demo data) stay.
    """
    env["ir.model.data"].search(
        [
            ("module", "=", "inventory_writeoff"),
            "|",
            ("model", "=like", "inventory.writeoff%"),
            ("model", "in", SHARED_MODELS),
        ]
    ).unlink()
