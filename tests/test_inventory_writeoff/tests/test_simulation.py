import os
import sys

from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tests import tagged

from ..simulation.actions import receive_goods
from ..simulation.simulation import Simulation
from .busy_company import BusyCompanyCase

SEEDS = int(os.environ.get("WRITEOFF_SIMULATION_SEEDS", 8))
STEPS = int(os.environ.get("WRITEOFF_SIMULATION_STEPS", 15))
ONLY_SEED = os.environ.get("WRITEOFF_SIMULATION_SEED")
METHODS = ("standard", "average", "fifo")


@tagged("post_install", "-at_install")
class TestSimulation(BusyCompanyCase):
    """Stories drawn from seeds: whatever happens, nothing is lost and nothing twice.

    `WRITEOFF_SIMULATION_SEEDS` and `_STEPS` say how many and how long,
    `WRITEOFF_SIMULATION_SEED` plays a single one again.
    """

    has_played = False
    roles = {"asks": "user", "decides": "approver", "posts": "finance"}

    @classmethod
    def prepare_company(cls, env):
        company = env["res.company"].browse(cls.company_id)
        company.writeoff_chunk_size = 2
        groups = "stock.group_stock_user,inventory_writeoff.group_writeoff_user"
        cls.users["keeps"] = cls._create_user(env, "keeps", groups)
        cls.supplier_id = env.ref("stock.stock_location_suppliers").id
        shelf = env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.location_id}
        )
        cls.shelf_ids = [cls.location_id, shelf.id]
        cls._create_products(env)
        checks = env["inventory.writeoff.check"].search([("severity", "=", "review")])
        checks.severity = "inform"

    @classmethod
    def _create_products(cls, env):
        categories = env["product.category"].create(
            [
                {
                    "name": method,
                    "property_valuation": "real_time",
                    "property_cost_method": method,
                }
                for method in METHODS
            ]
        )
        products = env["product.product"].create(
            [
                {
                    "name": f"{category.name} by {tracking}",
                    "is_storable": True,
                    "categ_id": category.id,
                    "standard_price": 10,
                    "tracking": tracking,
                }
                for category in categories
                for tracking in ("none", "lot")
            ]
        )
        lots = env["stock.lot"].create(
            [
                {"product_id": product.id, "name": f"LOT{number}"}
                for product in products.filtered(lambda p: p.tracking == "lot")
                for number in range(2)
            ]
        )
        for product in products:
            of_product = lots.filtered(lambda lot, p=product: lot.product_id == p)
            for lot in of_product or [lots.browse()]:
                receive_goods(env, cls, product, lot, cls.location_id, 20)
        cls.product_ids = products.ids

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start = f"{cls.database}_start"
        close_db(cls.database)
        cls._run_sql("CREATE DATABASE {} TEMPLATE {}", cls.start, cls.database)
        cls.addClassCleanup(
            cls._run_sql, "DROP DATABASE IF EXISTS {} WITH (FORCE)", cls.start
        )

    def _begin_again(self):
        """Have the database as it was before the first step."""
        close_db(self.database)
        self._run_sql("DROP DATABASE {} WITH (FORCE)", self.database)
        self._run_sql("CREATE DATABASE {} TEMPLATE {}", self.database, self.start)
        # What is done meanwhile would wait for ever for what waits for it.
        self._run_sql("ALTER DATABASE {} SET lock_timeout = '20ms'", self.database)
        Registry(self.database).clear_all_caches()

    def _play(self, seed):
        self._begin_again()
        type(self).has_played = True
        return Simulation(self, seed, explains_all=bool(ONLY_SEED)).run(STEPS)

    def test_seeds(self):
        seeds = [ONLY_SEED] if ONLY_SEED else range(SEEDS)
        for seed in seeds:
            with self.subTest(seed=seed):
                trace = self._play(seed)
                if ONLY_SEED:
                    sys.stdout.write("\n".join(trace))

    def test_seeds_replay_exactly(self):
        # What a process reads once and keeps is read the first time.
        if not self.has_played:
            self._play("again")
        first, second = self._play("again"), self._play("again")
        self.assertEqual(self._get_outcomes(first), self._get_outcomes(second))

    def _get_outcomes(self, trace):
        """Return who did what, and how it ended; not with how many statements."""
        return [line.partition(" [")[0] for line in trace]
