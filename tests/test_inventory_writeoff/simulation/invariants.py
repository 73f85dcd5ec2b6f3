"""What is true after every step, whoever did what, and whatever broke."""

OPEN_STATES = ("to_approve", "approved", "posting")
POSTED_STATES = ("posted", "partly_posted", "partly_reversed", "reversed")

# Each returns the rows that break it.
BROKEN = {
    "an entry that does not balance": """
        SELECT move_id, sum(balance) FROM account_move_line
         GROUP BY move_id HAVING round(sum(balance), 2) <> 0""",
    # Who cannot lock a quant takes from a second one; Odoo merges them later.
    "less than nothing on a shelf": """
        SELECT product_id, quant.location_id, lot_id, sum(quantity)
          FROM stock_quant quant
          JOIN stock_location location ON location.id = quant.location_id
         WHERE location.usage = 'internal'
         GROUP BY product_id, quant.location_id, lot_id, package_id, owner_id
        HAVING round(sum(quantity)::numeric, 4) < 0""",
    "a reservation of nobody": """
        WITH lines AS (
            SELECT line.product_id, line.location_id, COALESCE(line.lot_id, 0) lot,
                   sum(line.quantity_product_uom) quantity
              FROM stock_move_line line
             WHERE line.state NOT IN ('done', 'cancel', 'draft')
             GROUP BY 1, 2, 3
        ), quants AS (
            SELECT quant.product_id, quant.location_id, COALESCE(quant.lot_id, 0) lot,
                   sum(quant.reserved_quantity) quantity
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage = 'internal'
             GROUP BY 1, 2, 3
        )
        SELECT * FROM quants FULL JOIN (
            SELECT lines.* FROM lines
              JOIN stock_location location ON location.id = lines.location_id
             WHERE location.usage = 'internal'
        ) lines USING (product_id, location_id, lot)
         WHERE round((COALESCE(quants.quantity, 0)
                    - COALESCE(lines.quantity, 0))::numeric, 4) <> 0""",
    "an open item whose goods are not held": """
        SELECT item.id, item.quantity, sum(line.quantity)
          FROM inventory_writeoff_line item
          JOIN inventory_writeoff writeoff ON writeoff.id = item.writeoff_id
          LEFT JOIN stock_move move ON move.writeoff_line_id = item.id
           AND move.state NOT IN ('done', 'cancel')
          LEFT JOIN stock_move_line line ON line.move_id = move.id
           AND line.product_id = item.product_id
           AND line.location_id = item.location_id
           AND line.lot_id IS NOT DISTINCT FROM item.lot_id
         WHERE writeoff.state IN %(open)s AND item.posted_chunk = 0
           AND writeoff.reversal_of_id IS NULL
         GROUP BY item.id
        HAVING item.quantity <> COALESCE(sum(line.quantity), 0)""",
    "goods held for nothing": """
        SELECT move.id FROM stock_move move
          JOIN inventory_writeoff_line item ON item.id = move.writeoff_line_id
          JOIN inventory_writeoff writeoff ON writeoff.id = item.writeoff_id
         WHERE move.state NOT IN ('done', 'cancel')
           AND writeoff.state NOT IN %(open)s""",
    "an item that moved another quantity than it says": """
        SELECT item.id, item.quantity, COALESCE(sum(move.quantity), 0)
          FROM inventory_writeoff_line item
          JOIN inventory_writeoff writeoff ON writeoff.id = item.writeoff_id
          LEFT JOIN stock_move move ON move.writeoff_line_id = item.id
           AND move.state = 'done'
         GROUP BY item.id, writeoff.state
        HAVING COALESCE(sum(move.quantity), 0) <> CASE
               WHEN writeoff.state IN %(posted)s OR item.posted_chunk > 0
               THEN item.quantity ELSE 0 END""",
    "a loss location that holds something else than was written off": """
        SELECT product_id, sum(quantity) FROM (
            SELECT quant.product_id, quant.quantity FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.is_writeoff_location
             UNION ALL
            SELECT move.product_id, CASE WHEN writeoff.reversal_of_id IS NULL
                   THEN -move.quantity ELSE move.quantity END
              FROM stock_move move
              JOIN inventory_writeoff_line item ON item.id = move.writeoff_line_id
              JOIN inventory_writeoff writeoff ON writeoff.id = item.writeoff_id
             WHERE move.state = 'done'
        ) both_sides
         GROUP BY product_id HAVING round(sum(quantity)::numeric, 4) <> 0""",
    "an item whose value is not that of its stock moves": """
        SELECT item.id, item.value_posted, sum(move.value)
          FROM inventory_writeoff_line item
          JOIN stock_move move ON move.writeoff_line_id = item.id
         WHERE move.state = 'done'
         GROUP BY item.id
        HAVING round(abs(item.value_posted), 2) <> round(abs(sum(move.value)), 2)""",
}


def find_broken(env, world, is_last=True):
    """Return what is not as it has to be: [what, facts].

    :param is_last: also look for what explains the value of stock, which takes longest
    """
    parameters = {"open": OPEN_STATES, "posted": POSTED_STATES}
    broken = []
    for what, sql in BROKEN.items():
        env.cr.execute(sql, parameters)
        broken += [(what, row) for row in env.cr.fetchall()]
    broken += _find_untied(env, world) + _find_unlogged(env, world)
    return broken + (_find_unexplained(env, world) if is_last else [])


def _find_untied(env, world):
    company = env["res.company"].browse(world.company_id)
    tie_outs = env["inventory.writeoff.tie.out"].with_company(company)
    rows = tie_outs._get_tie_out(company, "2000-01-01", "2100-01-01")
    untied = [
        ("register, stock and ledger differ", str(row))
        for row in rows
        if not company.currency_id.is_zero(row["difference"])
    ]
    return untied


def _find_unexplained(env, world):
    company = env["res.company"].browse(world.company_id)
    tie_outs = env["inventory.writeoff.tie.out"].with_company(company)
    tie_out = tie_outs.create({"company_id": company.id, "date_from": "2000-01-01"})
    left = tie_out.unexplained
    tie_out.unlink()
    if company.currency_id.is_zero(left):
        return []
    return [("a difference that nothing explains", left)]


def _find_unlogged(env, world):
    company = env["res.company"].browse(world.company_id)
    found = env["inventory.writeoff.verification"]._verify(company)
    return [("the log says something else", problem) for problem in found["problems"]]
