import gc

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import reset_cached_properties

from odoo.addons.base.tests.common import BaseCommon
from odoo.addons.stock_account.tests.common import TestStockValuationCommon

from .kept_world import KeptWorld, is_kept


class WriteoffCommon(TestStockValuationCommon):
    """A company with accounts, one user per role and verbs to write goods off."""

    _kept_world = None

    @classmethod
    def setUpClass(cls):
        if not is_kept():
            super().setUpClass()
            cls._make_world()
            return
        if not WriteoffCommon._kept_world:
            WriteoffCommon._kept_world = KeptWorld(WorldMaker)
        # past Odoo's own classes, which would make everything once more
        super(BaseCommon, cls).setUpClass()
        cls._kept_world.enter(cls)

    def setUp(self):
        if "_is_prepared" not in vars(type(self)):
            self._prepare_for_all()
        super().setUp()

    def _prepare_for_all(self):
        cls = type(self)
        cls._is_prepared = True
        before = set(vars(self))
        self._prepare_once()
        for name in vars(self).keys() - before:
            setattr(cls, name, vars(self)[name])

    def _prepare_once(self):
        """Make the records that every test of the class starts from.

        What is set on `self` is there in all tests; each undoes only its own changes.
        """

    @classmethod
    def _make_world(cls):
        cls.requester = cls._create_role_user("requester", "user")
        cls.approver = cls._create_role_user("approver", "approver")
        cls.senior = cls._create_role_user("senior", "senior")
        cls.finance = cls._create_role_user("finance", "finance")
        cls.manager = cls._create_role_user("manager", "manager")
        cls.auditor = cls._create_role_user("auditor", "auditor")
        cls.stock_user = cls._create_user("stock_user", "stock.group_stock_user")
        cls.invoicing_user = cls._create_user(
            "invoicing_user", "account.group_account_invoice"
        )
        cls.loss_account = cls._create_account("WOLOSS", "Inventory losses")
        cls.reason = cls.env["inventory.writeoff.reason"].create(
            {
                "code": "TEST",
                "name": "Broken in a test",
                "kind": "damage",
                "loss_account_id": cls.loss_account.id,
            }
        )
        cls.disposal = cls.env.ref("inventory_writeoff.disposal_method_destroy")
        cls.loss_location = cls.company.writeoff_location_id
        cls._ask_for_no_review()

    # Loading a chart of accounts takes seconds: only classes that book in the other
    # company or in the branch ask for theirs.
    other_companies_post = False

    @classmethod
    def _create_company(cls, **create_values):
        if cls.other_companies_post:
            return super()._create_company(**create_values)
        return super(TestStockValuationCommon, cls)._create_company(**create_values)

    @classmethod
    def _ask_for_no_review(cls):
        """Checks have tests of their own: elsewhere they only inform, or block."""
        for company in cls.env["res.company"].search([]):
            checks = cls.env["inventory.writeoff.check"].with_company(company)
            checks.search([("severity", "=", "review")]).severity = "inform"

    @classmethod
    def default_env_context(cls):
        # Chatter, tracking and activities are part of what is tested.
        return {}

    @classmethod
    def _create_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"wo_{login}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _create_role_user(cls, login, role, **kwargs):
        group = f"inventory_writeoff.group_writeoff_{role}"
        return cls._create_user(login, group, **kwargs)

    @classmethod
    def _create_account(cls, code, name, account_type="expense"):
        return cls.env["account.account"].create(
            {"code": code, "name": name, "account_type": account_type}
        )

    @classmethod
    def _create_product(cls, name, category=None, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "categ_id": (category or cls.category_avco).id,
                "standard_price": 10.0,
                **values,
            }
        )

    @classmethod
    def _create_lot(cls, product, name):
        return cls.env["stock.lot"].create({"product_id": product.id, "name": name})

    def _line_vals(self, product, quantity, **values):
        return {
            "product_id": product.id,
            "quantity": quantity,
            "location_id": self.stock_location.id,
            **values,
        }

    def _create_writeoff(self, *lines, user=None, **values):
        """Create a draft of lines given as (product, quantity[, values])."""
        writeoffs = self.env["inventory.writeoff"].with_user(user or self.requester)
        commands = []
        for product, quantity, *rest in lines:
            line_values = rest[0] if rest else {}
            vals = self._line_vals(product, quantity, **line_values)
            commands.append(Command.create(vals))
        return writeoffs.create(
            {
                "reason_id": self.reason.id,
                "disposal_method_id": self.disposal.id,
                "line_ids": commands,
                **values,
            }
        )

    def _submit(self, *lines, **values):
        writeoff = self._create_writeoff(*lines, **values)
        writeoff.action_submit()
        return writeoff

    def _approve(self, *lines, **values):
        writeoff = self._submit(*lines, **values)
        writeoff.with_user(self.approver).action_approve()
        return writeoff

    def _post(self, *lines, **values):
        writeoff = self._approve(*lines, **values)
        writeoff.with_user(self.finance).action_post()
        return writeoff

    def _free(self, product, location=None, **goods):
        """Return what others may still take of the product."""
        quants = self.env["stock.quant"]
        return quants._get_available_quantity(
            product, location or self.stock_location, **goods
        )

    def _on_hand(self, product, location=None):
        location = location or self.stock_location
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def _count_queries(self, action, *args):
        """Return how many queries an action takes on cold caches, flushing included.

        Environments know their user and companies until they are collected as garbage.
        So here all forget before, and none is collected meanwhile.
        """
        self.env.flush_all()
        self.env.invalidate_all()
        for environment in list(self.env.transaction.envs):
            reset_cached_properties(environment)
        gc.disable()
        try:
            before = self.env.cr.sql_log_count
            action(*args)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        finally:
            gc.enable()


class WorldMaker(WriteoffCommon):
    """Makes the records that are kept, for classes with one company and with more."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super(WriteoffCommon, cls).setUpClass()
        cls._make_world()
