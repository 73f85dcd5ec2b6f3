import hashlib
import json
from datetime import datetime

from psycopg2.errors import RaiseException

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WriteoffCommon
from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestLog(WriteoffCommon):
    """Events are added by one method and stay as they are, for everyone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.events = cls.env["inventory.writeoff.event"]
        cls.tables = ["inventory_writeoff_event", "inventory_writeoff_seal"]

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoff = self._create_writeoff((self.product, 1))

    def _log(self, kind="tested", user=None, **payload):
        events = self.events.with_user(user or self.requester)
        before = events.sudo().search([])
        events._log(kind, {self.writeoff: payload})
        return self.events.search([]) - before

    def test_content(self):
        event = self._log(quantity=2.5, name="Größe")
        self.assertRecordValues(
            event,
            [
                {
                    "kind": "tested",
                    "label": "Tested",
                    "writeoff_id": self.writeoff.id,
                    "company_id": self.company.id,
                    "reference": self.writeoff.name,
                    "user_id": self.requester.id,
                    "user_login": "wo_requester",
                    "user_name": self.requester.name,
                    "is_superuser": False,
                    "payload": '{"name":"Größe","quantity":2.5}',
                }
            ],
        )
        self.assertEqual(self.writeoff.event_ids, event)

    def test_time_is_that_of_the_database(self):
        event = self._log()
        self.env.cr.execute("SELECT now() AT TIME ZONE 'UTC'")
        (now,) = self.env.cr.fetchone()
        event.invalidate_recordset()
        self.assertEqual(event.logged_at, now)

    def test_digest_is_of_the_whole_content(self):
        """It is computed here again, as an auditor would who has the description."""
        event = self._log(why='a "quoted" reason')
        event.invalidate_recordset()
        moment = datetime.isoformat(event.logged_at, timespec="microseconds") + "Z"
        content = {
            "company": self.company.id,
            "kind": "tested",
            "login": "wo_requester",
            "name": self.requester.name,
            "payload": '{"why":"a \\"quoted\\" reason"}',
            "reference": self.writeoff.name,
            "superuser": False,
            "time": moment,
            "user": self.requester.id,
            "writeoff": self.writeoff.id,
        }
        text = json.dumps(
            content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        self.assertEqual(event.sha256, hashlib.sha256(text.encode()).hexdigest())

    def test_superuser_is_told(self):
        self.events.sudo()._log("tested", {self.writeoff: {}})
        self.events.with_user(self.requester).sudo()._log("tested", {self.writeoff: {}})
        events = self.writeoff.event_ids
        self.assertEqual(events.mapped("is_superuser"), [True, True])
        self.assertEqual(events.user_id, self.env.user | self.requester)

    def test_what_json_cannot_hold_is_refused(self):
        with self.assertRaises(ValueError):
            self._log(quantity=float("nan"))

    def test_one_statement_for_a_batch(self):
        writeoffs = self.writeoff + self._create_writeoff((self.product, 2))
        self._log()  # the user and the time are known from here on
        events = self.events.with_user(self.requester)
        # Not what the commit adds: other add-ons may tell browsers of it.
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        events._log("tested", dict.fromkeys(writeoffs, {}))
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_event_of_a_company(self):
        self.events.with_user(self.manager)._log("tested", {self.company: {}})
        event = self.events.search([], limit=1)
        self.assertFalse(event.writeoff_id)
        self.assertEqual(event.company_id, self.company)
        self.assertEqual(event.reference, self.company.name)

    def test_orm_refuses_everyone(self):
        event = self._log()
        users = (
            self.requester,
            self.approver,
            self.senior,
            self.finance,
            self.manager,
            self.auditor,
            self.env.ref("base.user_admin"),
            self.env.ref("base.user_root"),
        )
        calls = {
            "create": lambda event: event.create({"kind": "forged"}),
            "write": lambda event: event.write({"kind": "forged"}),
            "unlink": lambda event: event.unlink(),
            "copy": lambda event: event.copy(),
            "sudo": lambda event: event.sudo().write({"kind": "forged"}),
        }
        for user in users:
            for name, call in calls.items():
                with (
                    self.subTest(user=user.login, call=name),
                    self.assertRaisesRegex(AccessError, "nobody changes it"),
                ):
                    call(event.with_user(user))

    def test_postgresql_refuses(self):
        event = self._log()
        for table in self.tables:
            for statement in (
                f"UPDATE {table} SET company_id = company_id",
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
            ):
                with (
                    self.subTest(statement),
                    mute_logger("odoo.sql_db"),
                    self.assertRaisesRegex(RaiseException, "stay as they are"),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(statement)
        self.assertTrue(event.exists())

    def test_migration_logs_itself(self):
        event = self._log()
        statement = "UPDATE inventory_writeoff_event SET kind = 'renamed'"
        self.events._migrate_rows(statement, "Kinds have other names")
        self.assertEqual(event.kind, "renamed")
        logged = self.events.search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual(logged.kind, "log_changed")
        payload = json.loads(logged.payload)
        self.assertEqual(payload["statement"], statement)
        self.assertEqual(payload["why"], "Kinds have other names")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(RaiseException),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement)

    def test_nothing_updates_rows_behind_the_back(self):
        self.env.cr.execute(
            """
            SELECT table_name, constraint_name
              FROM information_schema.table_constraints
             WHERE table_name IN %(tables)s AND constraint_type = 'FOREIGN KEY'
             UNION ALL
            SELECT table_name, column_name
              FROM information_schema.columns
             WHERE table_name IN %(tables)s AND column_default IS NOT NULL
                   AND column_name != 'id'
            """,
            {"tables": tuple(self.tables)},
        )
        self.assertEqual(self.env.cr.fetchall(), [])
        for table in self.tables:
            model = self.env[table.replace("_", ".")]
            self.assertFalse(model._log_access)
            for field in model._fields.values():
                if field.store:
                    self.assertFalse(field.compute or field.related, field)

    def test_deleted_user_stays_in_the_log(self):
        user = self._create_role_user("leaver", "user")
        event = self._log(user=user)
        user_id = user.id
        user.unlink()
        event.invalidate_recordset()
        self.assertEqual(event.user_id.id, user_id)
        self.assertEqual(event.user_login, "wo_leaver")

    def test_deleted_draft_stays_in_the_log(self):
        event = self._log()
        self.writeoff.unlink()
        self.assertEqual(event.with_user(self.auditor).reference, "New")

    def test_who_reads_what(self):
        mine = self._log()
        self.events._log("tested", {self.company: {}})
        other = self._create_company(name="Elsewhere")
        self.events._log("tested", {other: {}})
        other_requester = self._create_role_user("other_requester", "user")
        of_company = self.events.search([("company_id", "=", self.company.id)])
        for user, events in (
            (self.requester, mine),
            (other_requester, self.events),
            (self.approver, self.events),
            (self.senior, of_company),
            (self.finance, of_company),
            (self.manager, of_company),
            (self.auditor, of_company),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.events.with_user(user).search([]), events)
        with self.assertRaises(AccessError):
            self.events.with_user(self.stock_user).search([])


@tagged("post_install", "-at_install")
class TestLogRpc(WriteoffRpcCommon):
    def test_remote_calls_are_refused(self):
        writeoff = self._create_writeoff((self._create_product("Vase"), 1))
        events = self.env["inventory.writeoff.event"]
        events.with_user(self.requester)._log("tested", {writeoff: {}})
        event = writeoff.event_ids
        model = "inventory.writeoff.event"
        row = {"kind": "forged", "writeoff_id": writeoff.id}
        for user in (self.requester, self.manager, self.env.ref("base.user_admin")):
            for method, *args in (
                ("create", [row]),
                ("write", event.ids, row),
                ("unlink", event.ids),
                ("web_save", [], row, {}),
                ("_log", "forged", {}),
                ("_insert", [row]),
            ):
                with self.subTest(user=user.login, method=method):
                    self.assertRefused(
                        "nobody changes it|Private methods",
                        self._rpc,
                        user,
                        model,
                        method,
                        *args,
                    )
        commands = {"event_ids": [[0, 0, row]]}
        self.assertRefused(
            "recorded by its buttons",
            self._rpc_on,
            self.requester,
            writeoff,
            "write",
            commands,
        )
        self.assertEqual(writeoff.event_ids, event)
