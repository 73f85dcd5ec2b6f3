from odoo import fields, models
from odoo.tools import SQL, Query

OPPOSITES = {"ASC": "DESC", "DESC": "ASC"}


class InventoryWriteoffReportGroups(models.AbstractModel):
    """Groups of very many rows, without sorting the rows.

    Odoo joins to every row what groups are sorted by (the name of the product, say),
    and gathers the currencies of a group with DISTINCT. PostgreSQL then sorts all rows,
    on disk, where it could add them up in memory. Here what groups are sorted by is
    looked up once per group, and each currency of a company is looked for by itself.
    """

    _name = "inventory.writeoff.report.groups"
    _description = "Groups of Report Rows"

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if aggregate_spec == "currency_id:array_agg_distinct":
            return self._get_sql_currencies(query)
        if function == "sum_currency":
            return self._get_sql_converted(name, query)
        return super()._read_group_select(aggregate_spec, query)

    def _get_sql_currencies(self, query):
        """Return the currencies in a group, as ARRAY_AGG(DISTINCT ...) does."""
        found = (
            SQL("CASE WHEN BOOL_OR(%s) THEN %s END", is_own, currency.id)
            for currency, is_own in self._get_sql_by_currency(query)
        )
        return SQL("ARRAY_REMOVE(ARRAY[%s]::integer[], NULL)", SQL(", ").join(found))

    def _get_sql_converted(self, name, query):
        """Return the sum of an amount at the rates that Odoo takes: those of today."""
        own = self._get_sql_by_currency(query)
        column = self._field_to_sql(self._table, name, query)
        if len(own) == 1:
            return SQL("SUM(%s)", column)
        currencies = self.env["res.currency"].union(*(pair[0] for pair in own))
        today = fields.Date.context_today(self)
        rates = currencies._get_rates(self.env.company.root_id, today)
        sums = (
            SQL(
                "COALESCE(SUM(%s) FILTER (WHERE %s), 0) / %s",
                column,
                is_own,
                rates[currency.id],
            )
            for currency, is_own in own
        )
        return SQL(" + ").join(sums)

    def _get_sql_by_currency(self, query):
        """Return pairs: a currency, and whether a row is of a company that has it."""
        # Of all companies: what the user does not see is in no row.
        companies = self.env["res.company"].sudo().search([], order="id")
        by_currency = companies.grouped("currency_id")
        column = self._field_to_sql(self._table, "company_id", query)
        return [
            (currency, SQL("%s IN %s", column, tuple(group.ids)))
            for currency, group in sorted(by_currency.items(), key=lambda p: p[0].id)
        ]

    def _read_group_orderby(self, order, groupby_terms, query):
        get_sql = super()._read_group_orderby
        if not order:
            return get_sql(order, groupby_terms, query)
        terms = (
            self._get_sql_looked_up(part.strip(), groupby_terms)
            or get_sql(part, groupby_terms, query)
            for part in order.split(",")
        )
        return SQL(", ").join(terms)

    def _get_sql_looked_up(self, part, groupby_terms):
        """Return how a link sorts by what its record sorts by, or None."""
        term, direction, nulls = self._parse_order(part)
        field = self._fields.get(term)
        is_link = field and field.type == "many2one" and term in groupby_terms
        if nulls or not is_link:
            return None
        records = self.env[field.comodel_name]
        parts = [self._parse_order(part.strip()) for part in records._order.split(",")]
        columns = [records._fields.get(name) for name, _direction, _nulls in parts]
        if not all(map(self._is_sortable, columns)):
            return None
        key = groupby_terms[term]
        return SQL(", ").join(
            SQL(
                "%s %s %s",
                key if name == "id" else self._get_sql_of_record(records, name, key),
                SQL(own if direction == "ASC" else OPPOSITES[own]),
                SQL(own_nulls),
            )
            for name, own, own_nulls in parts
        )

    def _is_sortable(self, field):
        return field and (field.store or field.inherited) and not field.relational

    def _parse_order(self, part):
        """Return a term, its direction, and where it puts what is empty, if said."""
        term, *words = part.split()
        direction = words.pop(0).upper() if words and len(words) % 2 else "ASC"
        return term, direction, " ".join(words).upper()

    def _get_sql_of_record(self, records, name, key):
        """Return a query: a field of the one record that has the key."""
        query = Query(
            self.env, f"sorted_{records._table}", SQL.identifier(records._table)
        )
        # Who may group by a link sees the groups in the order of their names.
        column = records.sudo()._field_to_sql(query.table, name, query)
        query.add_where(SQL("%s = %s", SQL.identifier(query.table, "id"), key))
        return SQL("(%s)", query.select(column))
