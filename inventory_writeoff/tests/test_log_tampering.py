import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import verify_log
from .common import WriteoffCommon
from .log_script import LogScript

# What is done with the database: SQL, what the verification says of it (None: nothing
# can be seen from the log alone), what the script says of the export.
EVENT = "UPDATE inventory_writeoff_event SET {} WHERE id = %(event)s"
SEAL = "UPDATE inventory_writeoff_seal SET {} WHERE number = %(number)s AND {}"
OWN = "company_id = %(company)s"
CHAIN = {
    "a byte of a payload": (
        EVENT.format("payload = replace(payload, 'Vase', 'Vasf')"),
        r"^Event %(event)s .*: its content is not what was logged",
    ),
    "the user of an event": (
        EVENT.format("user_login = 'someone else'"),
        r"^Event %(event)s .*: its content is not what was logged",
    ),
    "the time of an event": (
        EVENT.format("logged_at = logged_at + interval '1 microsecond'"),
        r"^Event %(event)s .*: its content is not what was logged",
    ),
    "the digest of an event": (
        EVENT.format("sha256 = repeat('a', 64)"),
        r"^Seal %(number)s does not fit event %(event)s ",
    ),
    "an event": (
        "DELETE FROM inventory_writeoff_event WHERE id = %(event)s",
        r"^Seal %(number)s: its event %(event)s is gone",
    ),
    "the hash of a seal": (
        SEAL.format("hash = repeat('a', 64)", OWN),
        r"^Seal %(number)s does not fit event %(event)s ",
    ),
    "the link of a seal": (
        SEAL.format("previous_hash = repeat('a', 64)", OWN),
        r"^Seal %(number)s does not follow",
    ),
    "a seal": (
        f"DELETE FROM inventory_writeoff_seal WHERE number = %(number)s AND {OWN}",
        r"^Number %(number)s of the chain is missing",
    ),
    "the event of a seal": (
        SEAL.format("event_id = -5", OWN),
        r"^Seal %(number)s: its event -5 is gone",
    ),
}
LINE = "UPDATE inventory_writeoff_line SET {} WHERE writeoff_id = %(writeoff)s"
DOCUMENT = "UPDATE inventory_writeoff SET {} WHERE id = %(writeoff)s"
CONTENT = {
    "a quantity": (
        LINE.format("quantity = quantity + 0.01"),
        r"%(name)s: Quantity of .* Item %(line)s was “4\.0” .* is “4\.01”",
    ),
    "a posted value": (
        LINE.format("value_posted = 41"),
        r"%(name)s: Posted Value of .* %(line)s was “40\.0” .* is “41",
    ),
    "a note": (
        LINE.format("note = 'Broker'"),
        r"%(name)s: Note of .* %(line)s was “Broken” .* is “Broker”",
    ),
    "the approver": (
        DOCUMENT.format("approver_id = %(other)s"),
        r"%(name)s: Decided By of .* was “%(approver)s” .* is “%(other)s”",
    ),
    "who decided": (
        """UPDATE inventory_writeoff_approval SET decided_by_id = %(other)s
            WHERE writeoff_id = %(writeoff)s""",
        r"%(name)s: Decided By of Approval .* was “%(approver)s” .* is “%(other)s”",
    ),
    "the digest that was signed": (
        """UPDATE inventory_writeoff_approval SET digest = repeat('a', 64)
            WHERE writeoff_id = %(writeoff)s""",
        r"%(name)s: SHA-256 of Approval of a Write-Off \d+ was “.*” .* is “aaaa",
    ),
    "the time of a decision": (
        DOCUMENT.format("decided_at = decided_at - interval '1 day'"),
        r"%(name)s: Decided At of ",
    ),
    "the state": (
        DOCUMENT.format("state = 'approved'"),
        r"%(name)s: State of .* was “posted” .* is “approved”",
    ),
    "a stock move": (
        "UPDATE stock_move SET value = 39 WHERE writeoff_id = %(writeoff)s",
        r"%(name)s: Value of Stock Move \d+ was “40\.0” .* is “39",
    ),
    "a journal item": (
        """UPDATE account_move_line SET debit = 39 WHERE debit > 0 AND move_id IN (
            SELECT id FROM account_move WHERE writeoff_id = %(writeoff)s)""",
        r"%(name)s: Debit of Journal Item \d+ was “40\.0” .* is “39",
    ),
    "another item": (
        """INSERT INTO inventory_writeoff_line (writeoff_id, company_id, product_id,
            location_id, product_uom_id, quantity)
            SELECT writeoff_id, company_id, product_id, location_id, product_uom_id, 1
              FROM inventory_writeoff_line WHERE writeoff_id = %(writeoff)s""",
        r"%(name)s: .* is in the database, and the log does not know it",
    ),
}


@tagged("post_install", "-at_install")
class TestLogTampering(LogScript, WriteoffCommon):
    """The owner of the database changes it: the verification and the script find it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.events = cls.env["inventory.writeoff.event"]
        cls.seals = cls.env["inventory.writeoff.seal"]

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 20, 10.0)
        self.writeoff = self._post((self.product, 4, {"note": "Broken"}))
        self.events._log("tested", {self.company: {"item": "Vase"}})
        self.event = self.events.search([("kind", "=", "tested")])
        for number in range(10):
            self.events._log("later", {self.company: {"number": number}})
        self.seals._seal(self.company.id)
        self.names = {
            "company": self.company.id,
            "event": self.event.id,
            "number": self.event.seal_number,
            "writeoff": self.writeoff.id,
            "name": self.writeoff.name,
            "line": self.writeoff.line_ids.id,
            "approver": self.approver.id,
            "other": self.finance.id,
        }

    def _verify(self, *heads):
        self.env.flush_all()
        self.env.invalidate_all()
        verification = self.env["inventory.writeoff.verification"]
        parsed = map(verify_log.parse_head, heads)
        return verification._verify(self.company, parsed)["problems"]

    def _tamper(self, statement):
        for table in ("inventory_writeoff_event", "inventory_writeoff_seal"):
            self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.env.cr.execute(statement, self.names)
        self.assertTrue(self.env.cr.rowcount, "The test changes nothing.")

    def test_nothing_is_wrong(self):
        head = self.seals._get_head_text(self.company)
        self.assertEqual(self._verify(), [])
        self.assertEqual(self._verify(head), [])
        result = self._run_script("--head", head)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("Nothing is broken", result.stdout)
        self.assertIn(head, result.stdout)

    def test_chain(self):
        for name, (statement, sentence) in CHAIN.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self._tamper(statement)
                problems = self._verify()
                self.assertRegex(problems[0], sentence % self.names)
                first = self._get_first_problem()
                self.assertRegex(first, sentence % self.names)
                savepoint.rollback()

    def test_content(self):
        for name, (statement, sentence) in CONTENT.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self._tamper(statement)
                problems = self._verify()
                self.assertRegex(problems[0], sentence % self.names)
                self.assertEqual(len(problems), 1, problems)
                first = self._get_first_problem()
                self.assertRegex(first, f"^{self.names['name']}: .* in the database")
                savepoint.rollback()

    def test_end_cut_off(self):
        """Ten events less: the chain is whole, only an anchored head tells."""
        head = self.seals._get_head_text(self.company)
        self._tamper(
            """
            WITH cut AS (
                DELETE FROM inventory_writeoff_seal
                 WHERE company_id = %(company)s AND number > %(number)s
             RETURNING event_id
            )
            DELETE FROM inventory_writeoff_event USING cut WHERE id = cut.event_id
            """
        )
        self.assertEqual(self._verify(), [])
        sentence = (
            f"ends at number {self.names['number']}.*{head.split(':')[0]}.*was cut off"
            "|before the one noted elsewhere: its end was cut off"
        )
        self.assertRegex(self._verify(head)[0], sentence)
        self.assertEqual(self._run_script().returncode, 0)
        result = self._run_script("--head", head)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, f"BROKEN, first: .*{sentence}")

    def test_chain_made_again(self):
        """All hashes fit again after a change: only an anchored head tells."""
        head = self.seals._get_head_text(self.company)
        self._tamper(EVENT.format("payload = '{}'"))
        self._forge()
        self.assertEqual(self._verify(), [])
        sentence = "has another hash.*the chain was made again"
        self.assertRegex(self._verify(head)[0], sentence)
        self.assertEqual(self._run_script().returncode, 0)
        result = self._run_script("--head", head)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, f"BROKEN, first: .*{sentence}")

    def _forge(self):
        """Compute all digests again, as one who knows how they are made."""
        self.events.invalidate_model()
        (row,) = self.event.read(load=None)
        sha256 = verify_log.digest(self.events._get_content(row))
        self.env.cr.execute(
            "UPDATE inventory_writeoff_event SET sha256 = %s WHERE id = %s",
            [sha256, self.event.id],
        )
        self.env.cr.execute(
            f"DELETE FROM inventory_writeoff_seal WHERE {OWN}", self.names
        )
        self.seals._seal(self.company.id, all_ids=True)

    def test_file_cut_off(self):
        """Who cuts off the file leaves its first line, which tells the head."""
        lines = self._export_log()
        states = [line for line in lines if line.startswith('{"state"')]
        self.assertTrue(states)
        events = lines[: -len(states)]
        first = self._get_first_problem(lines=events[:-3] + states)
        self.assertRegex(first, "The file says that the chain ends at number")
        first = self._get_first_problem(lines=lines[:-1])
        self.assertRegex(first, "The file says that it tells the state of")

    def test_write_off_that_left_draft_without_a_word(self):
        writeoff = self.writeoff.copy()
        self.assertEqual(self._verify(), [])
        self.names["writeoff"] = writeoff.id
        self._tamper(DOCUMENT.format("state = 'posted'"))
        sentence = "New has left draft, and nothing in the log says so."
        self.assertEqual(self._verify(), [sentence])
        self.assertEqual(self._get_first_problem(), sentence)

    def test_write_off_that_is_gone(self):
        writeoff = self._submit((self.product, 1))
        writeoff.action_cancel()
        number = writeoff.name
        self.assertEqual(self._verify(), [])
        self.env.cr.execute(
            "UPDATE stock_move SET writeoff_id = NULL, writeoff_line_id = NULL "
            "WHERE writeoff_id = %s",
            [writeoff.id],
        )
        self.names["writeoff"] = writeoff.id
        self._tamper("DELETE FROM inventory_writeoff WHERE id = %(writeoff)s")
        sentence = f"{number} is in the log, and gone from the database."
        self.assertEqual(self._verify(), [sentence])
        self.assertEqual(self._get_first_problem(), sentence)

    def test_nothing_is_wrong_on_the_usual_ways(self):
        """Whatever people do by the buttons, the log knows."""
        product = self.product
        writeoff = self._submit((product, 2))
        writeoff.with_user(self.approver).reject("Too many")
        self.assertEqual(self._verify(), [])
        writeoff.action_draft()
        writeoff.line_ids.quantity = 1
        writeoff.note = "Less"
        self.assertEqual(self._verify(), [])
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        product.name = "Vase of glass"
        product.standard_price = 11.0
        self.assertEqual(self._verify(), [])
        writeoff.with_user(self.finance).accounting_date = "2026-11-01"
        self.assertEqual(self._verify(), [])
        quant = self.env["stock.quant"]._gather(product, self.stock_location)
        quant = quant.with_user(self.stock_user).with_context(inventory_mode=True)
        quant.inventory_quantity = 0
        quant.action_apply_inventory()
        self.assertEqual(self._verify(), [])
        self.assertScriptFindsNothing()

    def test_page(self):
        """An auditor verifies; a requester cannot open the page."""
        pages = self.env["inventory.writeoff.verify"]
        page = pages.with_user(self.auditor).create({})
        page.action_verify()
        self.assertEqual((page.state, page.problem_count), ("whole", 0))
        self.assertEqual(page.head, self.seals._get_head_text(self.company))
        page.known_head = page.head
        page.action_verify()
        self.assertEqual(page.state, "whole")
        page.known_head = f"{page.head[:-1]}{'0' if page.head[-1] != '0' else '1'}"
        page.action_verify()
        self.assertEqual((page.state, page.problem_count), ("broken", 1))
        self.assertRegex(
            page.first_problem, "another hash than the one noted elsewhere"
        )
        page.known_head = "12"
        with self.assertRaisesRegex(UserError, "12 is no head of a chain. Enter the"):
            page.action_verify()
        for user in (self.requester, self.approver, self.finance):
            with self.assertRaises(AccessError):
                pages.with_user(user).create({})

    def test_page_of_another_company(self):
        other = self._create_company(name="Elsewhere")
        pages = self.env["inventory.writeoff.verify"].with_user(self.auditor)
        with self.assertRaises(AccessError):
            pages.create({"company_id": other.id}).action_verify()

    def test_nightly(self):
        """The auditor is told once; the head leaves the house."""
        self.company.writeoff_head_email = "audit@example.com"
        watch = self.env["inventory.writeoff.log.watch"]
        mails = self.env["mail.mail"]
        activities = self.env["mail.activity"]
        domain = [("user_id", "=", self.auditor.id)]
        known = mails.search([])
        watch._cron_watch()
        self.assertFalse(activities.search(domain))
        mail = mails.search([]) - known
        head = self.seals._get_head_text(self.company)
        self.assertEqual(mail.email_to, "audit@example.com")
        self.assertIn(head, mail.body_html)
        self.assertIn("nothing wrong", mail.body_html)
        event = self.events.search([], limit=1)
        self.assertEqual(event.kind, "head_sent")
        self.assertEqual(json.loads(event.payload), {"head": head})
        self._tamper(EVENT.format("payload = '{}'"))
        self.env.invalidate_all()
        for _night in range(2):
            watch._cron_watch()
        activity = activities.search(domain)
        self.assertEqual(len(activity), 1)
        self.assertRegex(activity.note, f"Event {self.event.id} ")
        self.assertFalse(activities.search([("user_id", "=", self.manager.id)]))

    def test_uninstalling_says_what_is_lost(self):
        told = f"log of {self.events.search_count([])} events: nobody can prove"
        for name, is_told in (
            ("inventory_writeoff", True),
            ("product_expiry", True),
            ("inventory_writeoff_reports", False),
        ):
            module = self.env["ir.module.module"].search([("name", "=", name)])
            wizard = self.env["base.module.uninstall"].create(
                {"module_ids": module.ids}
            )
            self.assertEqual(told in (wizard.writeoff_loss or ""), is_told, name)
