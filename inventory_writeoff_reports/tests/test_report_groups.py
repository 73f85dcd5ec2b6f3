from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon

SPECS = ("value_net:sum", "currency_id:array_agg_distinct", "value_net:sum_currency")


@tagged("post_install", "-at_install")
class TestReportGroups(ReversalCommon):
    """Groups of the analysis are those of Odoo, found without sorting the rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls._create_product("Vase") | cls._create_product("Amphora")
        cls.products |= cls._create_product("Bowl")
        cls.euro = cls.env.ref("base.EUR")
        cls.env.ref("base.USD").active = cls.euro.active = True
        cls.abroad = cls._create_company(name="Abroad", currency_id=cls.euro.id)

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoffs = self.env["inventory.writeoff"]
        for product in self.products:
            self._make_in_move(product, 10, 10.0)
            self.writeoffs |= self._post((product, 2))
        self.env.flush_all()

    def _move_abroad(self, writeoff):
        """Let the database say that it was posted by another company."""
        self.env["res.currency.rate"].search([]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": self.euro.id, "rate": 0.5, "name": fields.Date.today()}
        )
        self.env.flush_all()
        for table, column in (
            ("inventory_writeoff_line", "writeoff_id"),
            ("inventory_writeoff", "id"),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET company_id = %s WHERE {column} = %s",
                [self.abroad.id, writeoff.id],
            )
        self.env.invalidate_all()
        self.auditor.company_ids = [Command.link(self.abroad.id)]
        companies = (self.company | self.abroad).ids
        analysis = self.env["inventory.writeoff.analysis"].with_user(self.auditor)
        return analysis.with_context(allowed_company_ids=companies)

    def _get_domain(self):
        return [("writeoff_id", "in", self.writeoffs.ids)]

    def test_groups_are_sorted_as_their_records(self):
        analysis = self.env["inventory.writeoff.analysis"].with_user(self.auditor)
        for order, expected in (
            ("product_id", ["Amphora", "Bowl", "Vase"]),
            ("product_id DESC", ["Vase", "Bowl", "Amphora"]),
            ("value_net:sum, product_id", ["Amphora", "Bowl", "Vase"]),
            ("date:month, product_id DESC", ["Vase", "Bowl", "Amphora"]),
        ):
            with self.subTest(order):
                specs = ["product_id", "date:month"]
                groups = analysis._read_group(
                    self._get_domain(), specs, ["value_net:sum"], order=order
                )
                self.assertEqual([group[0].name for group in groups], expected)
        rows = analysis.formatted_read_grouping_sets(
            self._get_domain(), [[], ["product_id"]], SPECS
        )
        names = [row["product_id"][1] for row in rows[1]]
        self.assertEqual(names, ["Amphora", "Bowl", "Vase"])
        self.assertEqual([row["value_net:sum"] for row in rows[0]], [60.0])

    def test_links_sort_as_in_odoo(self):
        """Whatever their records sort by, by several columns and backwards."""
        analysis = self.env["inventory.writeoff.analysis"].with_user(self.auditor)
        own = type(self.env["inventory.writeoff.report.groups"])
        for name in ("product_id", "supplier_id", "reason_id", "location_id"):
            for direction in ("ASC", "DESC"):
                with self.subTest(name=name, direction=direction):
                    arguments = (self._get_domain(), [name], ["__count"])
                    found = analysis._read_group(
                        *arguments, order=f"{name} {direction}"
                    )
                    with patch.object(own, "_get_sql_looked_up", return_value=None):
                        expected = analysis._read_group(
                            *arguments, order=f"{name} {direction}"
                        )
                    self.assertEqual(found, expected)

    def test_rows_are_neither_joined_nor_sorted(self):
        """What takes seconds on a million rows is not in the query."""
        analysis = self.env["inventory.writeoff.analysis"].with_user(self.auditor)
        queries = []
        execute = type(self.env).execute_query

        def keep(env, query):
            queries.append(query.code)
            return execute(env, query)

        with patch.object(type(self.env), "execute_query", keep):
            analysis.formatted_read_group(
                self._get_domain(), ["product_id"], SPECS, order="product_id"
            )
        (query,) = [code for code in queries if "FROM inventory_writeoff_line" in code]
        inner = query.rpartition('AS "inventory_writeoff_analysis"')[2]
        before_groups = inner.partition("GROUP BY")[0]
        self.assertNotIn("JOIN", before_groups)
        self.assertNotIn("DISTINCT", query)

    def test_one_currency(self):
        analysis = self.env["inventory.writeoff.analysis"].with_user(self.auditor)
        (group,) = analysis._read_group(self._get_domain(), ["kind"], SPECS)
        self.assertEqual(group[1:], (60.0, self.company.currency_id.ids, 60.0))

    def test_two_currencies(self):
        """40.00 dollars, and 20.00 euros at 0.5 for a dollar."""
        analysis = self._move_abroad(self.writeoffs[0])
        ids = (self.company | self.abroad).currency_id.ids
        (group,) = analysis._read_group(self._get_domain(), ["kind"], SPECS)
        self.assertEqual(group[1:], (60.0, sorted(ids), 80.0))
        groups = analysis._read_group(self._get_domain(), ["company_id"], SPECS)
        found = {company: values for company, *values in groups}
        self.assertEqual(found[self.abroad], [20.0, self.euro.ids, 40.0])
        own = self.company.currency_id.ids
        self.assertEqual(found[self.company], [40.0, own, 40.0])

    def test_no_rows(self):
        analysis = self.env["inventory.writeoff.analysis"].with_user(self.auditor)
        (total,) = analysis.formatted_read_group([("id", "=", 0)], [], SPECS)
        self.assertFalse(total["value_net:sum"])
        self.assertFalse(total["currency_id:array_agg_distinct"])
