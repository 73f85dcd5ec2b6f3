from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Called by the triggers of all tables that are only ever added to.
REFUSE = "inventory_writeoff_refuse_change"


class IdOnly(fields.Many2one):
    """A link without a foreign key: the row stays as it is when its target goes."""

    def update_db_foreign_key(self, model, column):
        pass


class InventoryWriteoffAppendOnly(models.AbstractModel):
    """A table whose rows are added by this add-on's code and stay as they are.

    Nobody changes or deletes rows, superuser included: the ORM refuses it in words,
    PostgreSQL by triggers. What would update rows behind our back has no place on
    such a model: foreign keys, defaults of columns, stored computed fields,
    `_log_access`.
    """

    _name = "inventory.writeoff.append.only"
    _description = "Table That Is Only Added To"

    def init(self):
        if self._abstract:
            return
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION %s() RETURNS trigger AS $$
                BEGIN
                    RAISE EXCEPTION USING MESSAGE = TG_OP || ' of ' || TG_TABLE_NAME
                        || ' is refused: its rows stay as they are';
                END $$ LANGUAGE plpgsql
                """,
                SQL.identifier(REFUSE),
            )
        )
        for name, event, level in (
            ("keep_rows", "UPDATE OR DELETE", "ROW"),
            ("keep_table", "TRUNCATE", "STATEMENT"),
        ):
            self.env.cr.execute(
                SQL(
                    """
                    DROP TRIGGER IF EXISTS %(name)s ON %(table)s;
                    CREATE TRIGGER %(name)s BEFORE %(event)s ON %(table)s
                    FOR EACH %(level)s EXECUTE FUNCTION %(function)s()
                    """,
                    name=SQL.identifier(name),
                    table=SQL.identifier(self._table),
                    event=SQL(event),
                    level=SQL(level),
                    function=SQL.identifier(REFUSE),
                )
            )

    # There is nothing to go on with: nobody gets through.
    # pylint: disable=method-required-super,no-raise-unlink

    @api.model_create_multi
    def create(self, vals_list):
        raise AccessError(self._get_refusal())

    def write(self, vals):
        raise AccessError(self._get_refusal())

    def unlink(self):
        raise AccessError(self._get_refusal())

    def _get_refusal(self):
        return self.env._(
            "The log of write-offs is written by what people do with write-offs, and "
            "nobody changes it, also no administrator. Correct what is wrong by a new "
            "step on the write-off: that is logged as well."
        )

    def _migrate_rows(self, statement, why):
        """Change rows by SQL in a migration: the only way, and it logs itself.

        What the digests are of cannot be changed without the verification naming it;
        the event says why.
        """
        table = SQL.identifier(self._table)
        self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", table))
        self.env.cr.execute(statement)
        self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", table))
        self.invalidate_model(flush=False)
        payload = {"table": self._table, "statement": statement, "why": why}
        companies = self.env["res.company"].with_context(active_test=False).search([])
        events = self.env["inventory.writeoff.event"]
        events._log("log_changed", dict.fromkeys(companies, payload))

    def _insert(self, rows):
        """Add rows, given as dictionaries with the same keys, in one statement."""
        values = [tuple(row.values()) for row in rows]
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, rows[0])),
                SQL(", ").join(SQL("%s", value) for value in values),
            )
        )
