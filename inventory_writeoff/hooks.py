from .writer import as_writer


def post_init_hook(env):
    """Give every company its loss location."""
    env["res.company"].search([])._create_writeoff_location()


def uninstall_hook(env):
    """Set the held goods free: without the add-on nobody could release them."""
    held = env["stock.move"].search(
        [("writeoff_id", "!=", False), ("state", "not in", ["done", "cancel"])]
    )
    as_writer(held)._action_cancel()
