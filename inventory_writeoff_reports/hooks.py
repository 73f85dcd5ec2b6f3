from odoo.tools import split_every

BATCH_SIZE = 5000


def post_init_hook(env):
    """Keep of what was submitted before what reports group by, as it is now."""
    writeoffs = env["inventory.writeoff"].search([("submitted_at", "!=", False)])
    writeoffs._set_departments()
    domain = [("writeoff_id.submitted_at", "!=", False)]
    ids = env["inventory.writeoff.line"].search(domain, order="id").ids
    for batch in split_every(BATCH_SIZE, ids):
        lines = env["inventory.writeoff.line"].browse(batch)
        env["inventory.writeoff.snapshot"]._take(lines)
        env.flush_all()
        env.invalidate_all()
