import base64
from datetime import date

from freezegun import freeze_time

from odoo import Command, fields

from odoo.addons.inventory_writeoff.tests.evidence import make_image
from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon

STORY = ("first", "broken", "back", "again", "stolen", "waiting", "approved", "euros")


class DashboardCommon(ReversalCommon):
    """A story of one quarter with a few round numbers, in two companies.

    The first company (in dollars), vases by average cost:

    | day          | what                                       | loss | stock left |
    |--------------|--------------------------------------------|------|------------|
    | 5 January    | 100 received at 10.00                      |      | 1,000.00   |
    | 10 February  | 5 broken                                   |   50 |   950.00   |
    | 5 March      | 8 broken, posted after 4 hours, evidence   |   80 |   870.00   |
    | 12 March     | 2 of them come back                        |  -20 |   890.00   |
    | 17 March     | 2 broken, after a rejection, posted after 6|   20 |   870.00   |
    | 18 March     | 12 stolen, asked for at 10.00, posted after|  132 | 1,782.00   |
    |              | 2 hours, after 87 came in at 12.00         |      |            |
    | 19 March     | 3 broken wait, 4 stolen are approved       |      |            |

    and milk for 30.00, a third of it each good for 10, 45 and 80 days from 20 March.
    The second company (in euros of 2 dollars): 10 vases at 5.00, 4 of them broken on
    6 March, for 20.00.
    """

    other_companies_post = True
    now = "2026-03-20 12:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.company | cls.other_company
        cls.auditor.company_ids = cls.companies
        cls._use_two_currencies()
        cls._ask_for_no_review()
        cls.cost_account = cls._create_account(
            "WOCOST", "Shrink", "expense_direct_cost"
        )
        cls.theft = cls.reason.copy(
            {
                "code": "STOLEN",
                "name": "Stolen in a test",
                "kind": "theft",
                "loss_account_id": cls.cost_account.id,
            }
        )
        cls._ask_for_photo(cls.reason | cls.theft)
        # Not today: a price that was set later than the moves would be the last word.
        with freeze_time("2026-01-02"):
            cls.product = cls._create_product("Vase")
        # The verbs of the story are those of tests.
        story = cls("_tell")
        story._tell()
        for name in STORY:
            setattr(cls, name, getattr(story, name))

    @classmethod
    def _use_two_currencies(cls):
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.other_company.currency_id = euro
        euro.rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2026-01-01",
                "company_id": cls.company.id,
                "rate": 0.5,
            }
        )

    @classmethod
    def _ask_for_photo(cls, reasons):
        cls.photo = cls.env["inventory.writeoff.evidence.type"].create(
            {"name": "Photo in a test", "code": "PHOTO_TEST", "due": "closing"}
        )
        reasons.evidence_type_ids = cls.photo
        cls.disposal.evidence_type_ids = False

    def _tell(self):
        with freeze_time("2026-01-05 08:00:00"):
            self._make_in_move(self.product, 100, 10.0)
            self._receive_milk()
        with freeze_time("2026-02-10 08:00:00"):
            self.first = self._post((self.product, 5))
        self._tell_march()
        self._book_capital()
        self._tell_of_other_company()

    def _receive_milk(self):
        self.milk = self._create_product(
            "Milk", tracking="lot", use_expiration_date=True, standard_price=2.0
        )
        for days, day in ((10, "30"), (45, "04"), (80, "08")):
            month = {10: "03", 45: "05", 80: "06"}[days]
            lot = self._create_lot(self.milk, f"M{days}")
            lot.expiration_date = fields.Datetime.to_datetime(
                f"2026-{month}-{day} 11:00:00"
            )
            self._make_in_move(self.milk, 5, 2.0, lot_ids=lot)

    def _tell_march(self):
        self.broken = self._post_later("2026-03-05", 4, (self.product, 8))
        self._add_photo(self.broken)
        with freeze_time("2026-03-12 08:00:00"):
            self.back = self._reverse(self.broken, {self.broken.line_ids: 2})
        with freeze_time("2026-03-16 08:00:00"):
            self.again = self._submit((self.product, 1))
            self.again.with_user(self.approver).reject("Count them again.")
            self.again.action_draft()
            self.again.line_ids.quantity = 2
        with freeze_time("2026-03-17 10:00:00"):
            self.again.action_submit()
            self.again.with_user(self.approver).action_approve()
        with freeze_time("2026-03-17 16:00:00"):
            self.again.with_user(self.finance).action_post()
        self._tell_of_theft()
        with freeze_time("2026-03-19 09:00:00"):
            self.waiting = self._submit((self.product, 3))
            stolen = {"reason_id": self.theft.id}
            self.approved = self._approve((self.product, 4, stolen))

    def _tell_of_theft(self):
        with freeze_time("2026-03-18 09:00:00"):
            stolen = {"reason_id": self.theft.id}
            self.stolen = self._approve((self.product, 12, stolen))
        with freeze_time("2026-03-18 10:00:00"):
            self._make_in_move(self.product, 87, 12.0)
        with freeze_time("2026-03-18 11:00:00"):
            self.stolen.with_user(self.finance).action_post()

    def _post_later(self, day, hours, *lines):
        with freeze_time(f"{day} 09:00:00"):
            writeoff = self._approve(*lines)
        with freeze_time(f"{day} {9 + hours:02}:00:00"):
            writeoff.with_user(self.finance).action_post()
        return writeoff

    def _add_photo(self, writeoff):
        self.env["inventory.writeoff.evidence"].with_user(self.requester).create(
            {
                "writeoff_id": writeoff.id,
                "evidence_type_id": self.photo.id,
                "name": "vase.png",
                "file": base64.b64encode(make_image()).decode(),
            }
        )

    def _book_capital(self):
        """Sell vases for 762.00 on credit, with 500.00 of debts."""
        accounts = {
            kind: self._create_account(f"TD{number}", kind, kind).id
            for number, kind in enumerate(
                ("asset_current", "liability_current", "income")
            )
        }
        entry = self.env["account.move"].create(
            {
                "date": date(2026, 3, 1),
                "journal_id": self.company.account_stock_journal_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": accounts[kind],
                            "balance": balance,
                            "product_id": kind == "income" and self.product.id,
                        }
                    )
                    for kind, balance in (
                        ("asset_current", 1262.0),
                        ("liability_current", -500.0),
                        ("income", -762.0),
                    )
                ],
            }
        )
        entry.action_post()

    def _tell_of_other_company(self):
        env = self.env(context={"allowed_company_ids": self.other_company.ids})
        account = env["account.account"].create(
            {"code": "OTHLOS", "name": "Other losses", "account_type": "expense"}
        )
        self.reason.with_env(env).loss_account_id = account
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", self.other_company.id)], limit=1
        )
        users = [
            self._create_role_user(f"euro_{role}", role, company=self.other_company)
            for role in ("user", "approver", "finance")
        ]
        with freeze_time("2026-01-05 08:00:00"):
            other = self.product.with_env(env)
            other.standard_price = 5.0
            env["stock.quant"]._update_available_quantity(
                other, warehouse.lot_stock_id, 10
            )
        with freeze_time("2026-03-06 08:00:00"):
            self.euros = self._post_there(users, warehouse.lot_stock_id)

    def _post_there(self, users, location):
        requester, approver, finance = users
        values = {"location_id": location.id}
        writeoff = self._create_writeoff(
            (self.product, 4, values), user=requester, location_id=location.id
        )
        writeoff.action_submit()
        writeoff.with_user(approver).action_approve()
        writeoff.with_user(finance).action_post()
        return writeoff

    def _get(self, user=None, companies=None, **filters):
        """Return the figures as the user gets them on the evening of the story."""
        user = user or self.auditor
        companies = companies or self.company
        kpi = self.env["inventory.writeoff.kpi"].with_user(user)
        kpi = kpi.with_context(allowed_company_ids=companies.ids)
        self.env.flush_all()
        with freeze_time(self.now):
            return kpi.get_figures(filters)

    def _values(self, figures, *keys):
        return {key: figures["figures"][key]["value"] for key in keys}

    def _previous(self, figures, *keys):
        return {key: figures["figures"][key]["previous"] for key in keys}
